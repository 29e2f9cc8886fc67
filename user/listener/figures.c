// SPDX-License-Identifier: BSD-2-Clause
#include "listener/figures.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"

/* NULL: its address has none, or it is not known. */
static const char *zone_of(const struct listener_identity *id)
{
	return id->ifname && id->ifname[0] && text_is_link_local(id->family, id->addr) ? id->ifname
										       : NULL;
}

void listener_identity_put(const struct listener_identity *id, struct event *e)
{
	event_set_enum(e, F_ROLE, ROLE_LISTENER);
	if (id->cookie)
		event_set(e, F_COOKIE, id->cookie);
	if (id->netns)
		event_set(e, F_NETNS, id->netns);
	if (id->family) {
		e->family = id->family;
		event_set_enum(e, F_FAMILY, family_of(id->family));
		event_field(e, F_LADDR)->addr = id->addr;
	}
	if (zone_of(id))
		event_set_text(e, F_IFNAME, zone_of(id));
	if (id->port)
		event_set(e, F_LPORT, id->port);
	if (id->pid)
		event_set(e, F_PID, id->pid);
	if (id->comm)
		event_set_text(e, F_COMM, id->comm);
}

void listener_queues_put(const struct listener_queues *q, struct event *e)
{
	if (q->accept_known)
		event_set(e, F_ACCEPT_QUEUE, q->accept);
	if (q->syn_known)
		event_set(e, F_SYN_QUEUE, q->syn);
	if (q->backlog_known)
		event_set(e, F_BACKLOG, q->backlog);
}

static void put_counters(const struct listener_counters *c, struct event *e)
{
	/* The programs of --summary time a handshake by the kernel's own sample. */
	event_set_enum(e, F_BASIS, BASIS_RTT);
	event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
	event_field(e, F_TRANSITIONS)->states = c->transitions;
}

static uint64_t per_second(uint64_t count, uint64_t ns)
{
	return (uint64_t)((double)count * (double)NS_S / (double)ns + 0.5);
}

static void put_rates(const struct listener_figures *f, struct event *e)
{
	event_set(e, F_COMPLETED_RATE, per_second(f->completed_since, f->since_ns));
	if (f->accepts_known)
		event_set(e, F_ACCEPTED_RATE, per_second(f->accepted_since, f->since_ns));
}

static void put_spread(const struct spread *s, enum field since, enum field all, struct event *e)
{
	if (!s)
		return;
	if (s->since.count)
		event_field(e, since)->spread = s;
	event_field(e, all)->spread = s;
}

static void put_accepts(struct event *e, uint64_t accepted, uint64_t unseen, uint64_t departed)
{
	event_set(e, F_ACCEPTED_COUNT, accepted);
	if (unseen)
		event_set(e, F_ACCEPTS_UNSEEN, unseen);
	if (departed)
		event_set(e, F_ACCEPTS_DEPARTED, departed);
}

void listener_figures_put(const struct listener_figures *f, struct event *e)
{
	listener_identity_put(&f->identity, e);
	listener_queues_put(&f->queues, e);
	if (f->queues.backlog_known) /* sk_acceptq_is_full(): the queue holds one more */
		event_set(e, F_ACCEPT_QUEUE_LIMIT, (uint64_t)f->queues.backlog + 1);
	if (f->queues.syn_limit_known)
		event_set(e, F_SYN_QUEUE_LIMIT, f->queues.syn_limit);
	event_set(e, F_ACCEPT_QUEUE_PEAK, f->peak);
	if (f->somaxconn)
		event_set(e, F_SOMAXCONN, f->somaxconn);
	if (f->drops_known)
		event_set(e, F_DROPS_TOTAL, f->drops);
	if (f->cookies_sent)
		event_set(e, F_SYNCOOKIES_SENT, f->cookies_sent);
	event_set(e, F_REFUSED, f->refused);
	event_set(e, F_COMPLETED, f->completed);
	if (f->accepts_known)
		put_accepts(e, f->accepted, f->unseen, f->departed);
	if (f->since_ns)
		put_rates(f, e);
	put_spread(f->handshake, F_HANDSHAKE, F_HANDSHAKE_BUCKETS, e);
	if (f->accepts_known)
		put_spread(f->accept_wait, F_ACCEPT_WAIT, F_ACCEPT_WAIT_BUCKETS, e);
	if (f->oldest_wait_ns)
		event_set(e, F_OLDEST_WAIT_NS, f->oldest_wait_ns);
	if (f->oldest_wait_ns && f->oldest_at_least)
		event_set_enum(e, F_WAIT_BASIS, BOUND_AT_LEAST);
	if (f->counters)
		put_counters(f->counters, e);
	event_set_enum(e, F_VERDICT, f->verdict);
	if (f->advice && f->advice[0])
		event_set_text(e, F_ADVICE, f->advice);
}

struct listener_summary listener_figures_summary(const struct listener_figures *f)
{
	struct listener_summary s = {
		.cookie = f->identity.cookie,
		.netns = f->identity.netns,
		.family = f->identity.family,
		.ifname = zone_of(&f->identity),
		.port = f->identity.port,
		.pid = f->identity.pid,
		.comm = f->identity.comm,
		.completed = f->completed,
		.accepted = f->accepted,
		.unseen = f->unseen,
		.departed = f->departed,
		.cookies_sent = f->cookies_sent,
		.closed = f->closed,
		.accept_unseen = !f->accepts_known,
		.drops = f->refused,
	};

	if (f->identity.family)
		memcpy(s.addr, f->identity.addr, sizeof(s.addr));
	return s;
}

void run_totals_put(const struct run_totals *totals, struct event *e)
{
	event_set(e, F_CONNECTIONS, totals->connections);
	if (totals->before_known)
		event_set(e, F_CONNECTIONS_BEFORE, totals->before);
	if (totals->doubtful)
		event_set(e, F_CONNECTIONS_DOUBTFUL, totals->doubtful);
	if (totals->never_established)
		event_set(e, F_NEVER_ESTABLISHED, totals->never_established);
	if (totals->accepts_known) {
		put_accepts(e, totals->accepted, totals->unseen, totals->departed);
		event_set(e, F_STILL_QUEUED, totals->still_queued);
	}
	if (totals->stuck) {
		event_set(e, F_STUCK_CLOSE_WAIT, totals->stuck);
		event_set(e, F_STUCK_CLOSE_WAIT_NS, totals->stuck_ns);
		if (totals->stuck_pid)
			event_set(e, F_STUCK_CLOSE_WAIT_PID, totals->stuck_pid);
		if (totals->stuck_comm)
			event_set_text(e, F_STUCK_CLOSE_WAIT_COMM, totals->stuck_comm);
	}
	if (totals->never_accepted_known)
		event_set(e, F_NEVER_ACCEPTED, totals->never_accepted);
	event_field(e, F_DROPS)->drops = totals->drops;
	event_set(e, F_LOST, totals->lost);
	if (totals->counters)
		put_counters(totals->counters, e);
	if (totals->listeners)
		event_field(e, F_LISTENERS)->listeners = totals->listeners;
}
