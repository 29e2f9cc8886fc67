// SPDX-License-Identifier: BSD-2-Clause
/*
 * learn.c - what an event says of a listener.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "listener/durations.h"
#include "top/model_impl.h"

static void add_wait(struct entry *entry, uint64_t t, uint64_t ns)
{
	struct waits *waits = model_waits(entry);

	if (!waits)
		return;
	durations_add(model_waits_at(waits, t / NS_S), ns);
	histogram_add(&waits->all, ns);
}

static void add_handshake(struct entry *entry, uint64_t ns)
{
	struct waits *waits = model_waits(entry);

	if (waits)
		histogram_add(&waits->handshake, ns);
}

/* ---- what an event says ---- */

static void learn_address(struct model_listener *l, const struct event *e)
{
	if (event_has(e, F_LADDR) && e->v[F_LADDR].addr && !l->family) {
		l->family = e->family;
		memcpy(l->addr, e->v[F_LADDR].addr, e->family == AF_INET ? 4 : 16);
	}
	if (event_has(e, F_IFNAME))
		snprintf(l->zone, sizeof(l->zone), "%s", event_text(e, F_IFNAME));
	if (event_has(e, F_LPORT))
		l->port = (uint16_t)event_get(e, F_LPORT);
	if (event_has(e, F_NETNS))
		l->netns = (uint32_t)event_get(e, F_NETNS);
}

static void learn_owner(struct model_listener *l, const struct event *e)
{
	if (!event_get(e, F_PID))
		return;
	l->pid = (uint32_t)event_get(e, F_PID);
	snprintf(l->comm, sizeof(l->comm), "%s",
		 event_text(e, F_COMM) ? event_text(e, F_COMM) : "");
}

static void learn_queue(struct model_listener *l, const struct event *e)
{
	struct model_second *second;

	if (event_has(e, F_SYN_QUEUE))
		l->syn_queue = (uint32_t)event_get(e, F_SYN_QUEUE);
	if (event_has(e, F_BACKLOG))
		l->backlog = (uint32_t)event_get(e, F_BACKLOG);
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	l->queue_known = true;
	l->accept_queue = (uint32_t)event_get(e, F_ACCEPT_QUEUE);
	if (l->accept_queue > l->peak)
		l->peak = l->accept_queue;
	second = model_second_at(l, e->t);
	if (second && l->accept_queue > second->peak)
		second->peak = l->accept_queue;
}

static struct model_peer peer_of(const struct event *e)
{
	struct model_peer peer = {.family = e->family, .port = (uint16_t)event_get(e, F_RPORT)};

	if (event_has(e, F_RADDR) && e->v[F_RADDR].addr)
		memcpy(peer.addr, e->v[F_RADDR].addr, e->family == AF_INET ? 4 : 16);
	return peer;
}

/* The listener that a line about itself names. */
static struct entry *of_itself(struct model *m, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	struct entry *entry = cookie ? model_find(m, cookie) : NULL;

	if (!entry && cookie)
		entry = model_add(m, cookie);
	if (entry)
		learn_address(&entry->l, e);
	return entry;
}

static struct entry *of_connection(struct model *m, const struct event *e)
{
	uint64_t cookie = event_get(e, F_LISTENER);

	return cookie ? model_find(m, cookie) : NULL;
}

static uint64_t beyond(uint64_t total, uint64_t told)
{
	return total > told ? total - told : 0;
}

/* After counters alone were read, the tracker's totals lack what they have counted. */
static void resume(struct entry *entry, const struct event *e)
{
	entry->resumed = false;
	entry->more_completed = beyond(entry->l.completed, event_get(e, F_COMPLETED));
	entry->more_accepted = beyond(entry->l.accepted, event_get(e, F_ACCEPTED_COUNT));
	entry->more_refused = beyond(entry->l.refused, event_get(e, F_REFUSED));
}

static void on_listener(struct model *m, const struct event *e)
{
	struct entry *entry = of_itself(m, e);
	struct model_listener *l;

	if (!entry)
		return;
	l = &entry->l;
	if (entry->resumed)
		resume(entry, e);
	l->gone = false;
	learn_owner(l, e);
	learn_queue(l, e);
	if (event_get(e, F_ACCEPT_QUEUE_PEAK) > l->peak)
		l->peak = (uint32_t)event_get(e, F_ACCEPT_QUEUE_PEAK);
	l->completed = event_get(e, F_COMPLETED) + entry->more_completed;
	l->accepted = event_get(e, F_ACCEPTED_COUNT) + entry->more_accepted;
	entry->refused_by_line = event_get(e, F_REFUSED) + entry->more_refused;
	entry->refused_since = 0;
	l->refused = entry->refused_by_line;
	l->judged = event_has(e, F_VERDICT);
	l->verdict = event_enum(e, F_VERDICT);
	snprintf(l->advice, sizeof(l->advice), "%s",
		 event_text(e, F_ADVICE) ? event_text(e, F_ADVICE) : "");
}

static void on_completed(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	struct model_second *second;

	if (!entry)
		return;
	learn_queue(&entry->l, e);
	entry->l.completed++;
	second = model_second_at(&entry->l, e->t);
	if (second)
		second->arrivals++;
	if (event_has(e, F_HANDSHAKE_NS))
		add_handshake(entry, event_get(e, F_HANDSHAKE_NS));
}

static void on_state(struct model *m, const struct event *e)
{
	struct entry *entry;

	if (event_get(e, F_RAW))
		return;
	if (event_enum(e, F_ROLE) == ROLE_LISTENER) {
		entry = of_itself(m, e);
		if (!entry)
			return;
		entry->l.gone = event_get(e, F_NEW) != TCP_STATE_LISTEN;
		if (entry->l.gone) {
			entry->l.accept_queue = entry->l.syn_queue = 0;
			model_forget_gone(m);
			return;
		}
		learn_owner(&entry->l, e);
		learn_queue(&entry->l, e);
	} else if (event_get(e, F_NEW) == TCP_STATE_ESTABLISHED &&
		   event_enum(e, F_ROLE) == ROLE_SERVER) {
		on_completed(m, e);
	}
}

static void on_accept(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	struct model_second *second;
	struct model_accept *a;

	if (!entry)
		return;
	learn_queue(&entry->l, e);
	entry->l.accepted++;
	second = model_second_at(&entry->l, e->t);
	if (second)
		second->accepts++;
	if (event_wait_measured(e))
		add_wait(entry, e->t, event_get(e, F_ACCEPT_WAIT_NS));
	a = &entry->l.accepts[entry->l.accepts_count++ % MODEL_LATEST];
	*a = (struct model_accept){
		.t = e->t,
		.peer = peer_of(e),
		.wait_known = event_wait_measured(e),
		.wait_ns = event_get(e, F_ACCEPT_WAIT_NS),
		.pid = (uint32_t)event_get(e, F_PID),
		.fd = event_has(e, F_FD) ? e->v[F_FD].i : -1,
	};
	snprintf(a->comm, sizeof(a->comm), "%s",
		 event_text(e, F_COMM) ? event_text(e, F_COMM) : "");
}

static void on_drop(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	uint64_t count = event_has(e, F_COUNT) ? event_get(e, F_COUNT) : 1;
	unsigned int reason = event_enum(e, F_DROP_REASON);
	struct model_second *second;

	if (!entry && event_enum(e, F_ROLE) == ROLE_LISTENER)
		entry = of_itself(m, e);
	if (!entry)
		return;
	learn_queue(&entry->l, e);
	if (!drop_is_refusal(reason))
		return;
	entry->refused_since += count;
	entry->l.refused = entry->refused_by_line + entry->refused_since;
	second = model_second_at(&entry->l, e->t);
	if (second)
		second->refused += (uint32_t)count;
	entry->l.refusals[entry->l.refusals_count++ % MODEL_LATEST] = (struct model_refusal){
		.t = e->t,
		.count = count,
		.peer = peer_of(e),
		.reason = reason,
		.segment = event_enum(e, F_SEGMENT),
		.believes = event_get(e, F_CLIENT_BELIEVES),
	};
}

static void on_socket(struct model *m, const struct event *e)
{
	struct entry *entry;

	if (event_get(e, F_SOCKET_STATE) != TCP_STATE_LISTEN)
		return;
	entry = of_itself(m, e);
	if (!entry)
		return;
	learn_owner(&entry->l, e);
	learn_queue(&entry->l, e);
}

static void on_why(struct model *m, const struct event *e)
{
	struct entry *entry = of_itself(m, e);

	if (!entry)
		return;
	entry->l.looked = true;
	entry->l.look_t = e->t;
	entry->l.diagnosis = event_enum(e, F_DIAGNOSIS);
	snprintf(entry->l.sentence, sizeof(entry->l.sentence), "%s",
		 event_text(e, F_SENTENCE) ? event_text(e, F_SENTENCE) : "");
}

static void on_lost(struct model *m, const struct event *e)
{
	const uint64_t total = event_get(e, F_TOTAL);

	if (!m->counts_only && total > m->lost_total)
		m->lost += total - m->lost_total;
	m->lost_total = total;
}

void model_event(struct model *m, const struct event *e)
{
	static void (*const handlers[EVENT_TYPE_COUNT])(struct model *, const struct event *) = {
		[EVENT_SOCKET] = on_socket,	[EVENT_STATE] = on_state,
		[EVENT_ACCEPT] = on_accept,	[EVENT_DROP] = on_drop,
		[EVENT_LISTENER] = on_listener, [EVENT_WHY] = on_why,
		[EVENT_LOST] = on_lost,
	};

	m->events++;
	if (e->t > m->now)
		m->now = e->t;
	if (m->counts_only && e->type != EVENT_LOST && e->type != EVENT_WHY)
		return;
	if (e->type < EVENT_TYPE_COUNT && handlers[e->type])
		handlers[e->type](m, e);
}
