// SPDX-License-Identifier: BSD-2-Clause
/* ESTABLISHED, from either end, and the way into the accept queue. */
#include <stdlib.h>

#include "tracker/accept_queue.h"
#include "tracker/connecting.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"
#include "tracker/translated.h"

/* ---- connect() ---- */

bool open_is_duplicate(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_connect *f = (const struct fact_connect *)h;
	const struct conn *c;

	if (h->kind != FACT_CONNECT)
		return false;
	c = conn_by_cookie(t->conns, f->s.cookie);
	return c && c->state == TCP_STATE_SYN_SENT && h->t < c->t_begin + NS_MS;
}

/*
 * A connection that TCP_REPAIR restores goes through the states of connect(), and no segment
 * passes. Which end it was is not known.
 */
static void repaired_line(struct tracker *t, struct conn *c, const struct fact_hdr *h,
			  unsigned int old_state, unsigned int new_state)
{
	struct event *e = state_enter(t, c, h->t, old_state, new_state);

	c->flags |= CONN_PAST_UNKNOWN;
	event_set_enum(e, F_REASON, CAUSE_REPAIR);
	line_emit(&t->lines);
}

void tracker_on_connect(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_connect *f = (const struct fact_connect *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (open_is_duplicate(t, h))
		return;
	if (c) /* the same socket connects again */
		state_end(t, c, h->t, conn_is(c, CONN_CLOSED) ? c->t_state : 0);
	c = tracked_add(t, &f->s, false);
	if (!c)
		return;
	c->state = TCP_STATE_CLOSE;
	if (h->flags & FACT_F_OWNED)
		owner_from_task(t, c, &f->task);
	if (h->flags & FACT_F_REPAIR) {
		repaired_line(t, c, h, f->old, f->new);
		return;
	}
	conn_has_role(c, ROLE_CLIENT);
	c->t_begin = h->t;
	connecting_begin(t, c);
	state_enter(t, c, h->t, f->old, f->new);
	line_emit(&t->lines);
}

/* ---- ESTABLISHED: what both ends share ---- */

static enum basis basis(const struct conn *c)
{
	if (conn_is(c, CONN_FROM_RTT))
		return BASIS_RTT;
	return conn_is(c, CONN_FROM_SYNACK) ? BASIS_SYNACK : BASIS_SYN;
}

static void client_established_line(struct tracker *t, struct event *e, const struct conn *c)
{
	line_isns(&t->lines, c);
	if (c->t_begin && e->t >= c->t_begin)
		event_set(e, F_CONNECT_NS, e->t - c->t_begin);
	translated_line(t, c);
	line_emit(&t->lines);
}

static void server_established_line(struct tracker *t, struct event *e, const struct conn *c,
				    const struct fact_established *f, bool queued)
{
	const struct listener *l = listener_of(t, c);

	line_isns(&t->lines, c);
	if (c->t_begin && e->t >= c->t_begin) {
		event_set(e, F_HANDSHAKE_NS, e->t - c->t_begin);
		event_set_enum(e, F_BASIS, basis(c));
	}
	event_set(e, F_SYNACK_RETRANS, f->retrans);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_DEFERS))
		event_set(e, F_DEFER_ACCEPT, true);
	if (queued)
		event_set(e, F_QUEUED, true);
	line_queues(&t->lines, l);
	/* A fast open's child was queued at its SYN: the figures it copied are of then. */
	if (c->stage != STAGE_ACCEPTED && !conn_is(c, CONN_FASTOPEN)) {
		event_set(e, F_ACCEPT_QUEUE, l ? l->accept_queue : f->accept_queue + 1);
		event_set(e, F_BACKLOG, f->backlog);
	}
	line_emit(&t->lines);
}

/*
 * A request older than the tracer: its SYN was not seen, but the kernel measured the time from
 * SYN-ACK to ACK itself (tcp_synack_rtt_meas). Not where the SYN-ACK went out again, nor without a
 * request.
 */
static void derive_begin(struct conn *c, const struct fact_established *f)
{
	bool known = c->t_begin && f->h.t >= c->t_begin;

	if (known || c->role != ROLE_SERVER || !conn_is(c, CONN_PREEXISTING) ||
	    conn_is(c, CONN_SYNCOOKIE | CONN_FASTOPEN) || f->retrans || !f->srtt_us)
		return;
	c->t_begin = c->t_state = f->h.t - (uint64_t)f->srtt_us * 1000;
	c->flags |= CONN_FROM_RTT;
}

/* queued: a server's connection is in the accept queue now. */
static void establish(struct tracker *t, const struct fact_established *f, struct conn *c,
		      bool queued)
{
	struct listener *l = c->role == ROLE_SERVER ? listener_of(t, c) : NULL;
	uint64_t at = f->h.t, handshake;
	struct event *e;

	if (conn_is(c, CONN_REQUEST))
		tracked_promote(t, c);
	derive_begin(c, f);
	if (c->state == TCP_STATE_SYN_SENT)
		connecting_end(t, c);
	if (f->h.flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	e = state_enter(t, c, at, f->old, f->new);
	c->t_established = at;
	if (l) {
		bool timed = c->t_begin && at >= c->t_begin;

		handshake = at - c->t_begin;
		listener_completed(l, timed ? &handshake : NULL, conn_is(c, CONN_SYNCOOKIE));
	}
	if (c->role == ROLE_SERVER)
		server_established_line(t, e, c, f, queued);
	else
		client_established_line(t, e, c);
}

/* ---- ESTABLISHED: a server's end ---- */

/*
 * A child that is not in the table: its request is not known. Where the listener sends SYN cookies,
 * and the child is not older than the tracer, it never had one.
 */
static struct conn *child_without_request(struct tracker *t, const struct fact_established *f,
					  const struct fact_enqueue *q)
{
	bool cookies =
		q && q->q.cookie_stamp && !f->retrans && !tracker_absent(t, KNOW_SYN_RECV_BEGIN);
	bool older = f->h.t < t->t_first + (uint64_t)f->srtt_us * 1000;
	struct conn *c = tracked_add(t, &f->s, false);

	if (!c)
		return NULL;
	c->state = TCP_STATE_SYN_RECV;
	c->visited = 1u << TCP_STATE_SYN_RECV;
	if (older)
		tracked_existed_before(t, c);
	else if (cookies)
		c->flags |= CONN_SYNCOOKIE;
	else
		tracked_adopted(t, c);
	return c;
}

/*
 * The client's end of a child without request was ESTABLISHED before the child was known, so it
 * found no other end then.
 */
static void count_with_client(struct tracker *t, const struct conn *c)
{
	struct conn *client = conn_is(c, CONN_PEER_TRACED) ? NULL : conn_other_end(t->conns, c);

	if (client && client->t_established && !conn_is(client, CONN_PEER_TRACED))
		tracked_count_once(t, client);
}

static void learn_child(struct tracker *t, struct conn *c, const struct fact_established *f,
			const struct fact_enqueue *q)
{
	struct listener *l = q ? listener_by_queues(t->listeners, &q->q) : NULL;

	conn_has_role(c, ROLE_SERVER);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (!c->isns_known) {
		c->client_isn = f->remote_isn;
		c->server_isn = f->local_isn;
		c->isns_known = true;
		translated_server(t, c);
		count_with_client(t, c);
	}
	if (!l && !c->listener)
		l = listener_by_port(t->listeners, &f->s);
	if (l)
		accept_queue_attach(t, c, l);
	if ((f->h.flags | (q ? q->h.flags : 0)) & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	owner_from_listener(c, listener_of(t, c));
	owner_from_pid(t, c, &f->h, f->pid);
}

/*
 * A subflow that joins an MPTCP connection is never queued (tcp_check_req(), drop_req). That is
 * known by the enqueue that does not follow.
 */
static bool joins_mptcp(const struct tracker *t, const struct fact_established *f,
			const struct conn *c, const struct fact_enqueue *q)
{
	return f->h.flags & FACT_F_MPTCP && t->enqueue_seen && !q &&
	       !(c && (c->stage == STAGE_QUEUED || c->stage == STAGE_ACCEPTED));
}

/* q: its enqueue, where that came first and the child was not known by it; else NULL. */
static void passive_established(struct tracker *t, const struct fact_established *f, struct conn *c,
				const struct fact_enqueue *q)
{
	bool had_request = c, length_known;
	bool taken = f->h.flags & FACT_F_HAS_SOCKET || joins_mptcp(t, f, c, q);
	struct listener *l;

	if (!c)
		c = child_without_request(t, f, q);
	if (!c)
		return;
	learn_child(t, c, f, q);
	l = listener_of(t, c);
	/* Its enqueue brought the listener's figures; else the child's copy is the latest. */
	length_known = q || c->stage == STAGE_QUEUED || c->stage == STAGE_ACCEPTED ||
		       conn_is(c, CONN_FASTOPEN);
	/*
	 * A descriptor holds it already: another CPU accepted it, or it joins an MPTCP connection
	 * and is never queued.
	 */
	if (taken && c->stage != STAGE_ACCEPTED)
		accept_queue_accepted_unseen(t, c);
	else if (l)
		accept_queue_add(t, l, c);
	if (l && !length_known) {
		if (had_request)
			figures_uncount_request(t, c);
		if (!taken)
			listener_grew(l, f->accept_queue + 1, f->backlog);
	}
	establish(t, f, c, c->stage != STAGE_ACCEPTED && !taken);
}

/* ---- ESTABLISHED: a client's end ---- */

static void learn_client(struct tracker *t, struct conn *c, const struct fact_established *f)
{
	conn_learn_ends(t->conns, c, &f->s);
	conn_has_role(c, ROLE_CLIENT);
	c->client_isn = f->local_isn;
	c->server_isn = f->remote_isn;
	c->isns_known = true;
	owner_from_pid(t, c, &f->h, f->pid);
}

static void active_established(struct tracker *t, const struct fact_established *f)
{
	/* A socket whose connect() failed may connect again: so ended_lately() is not asked. */
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && c->state == TCP_STATE_ESTABLISHED)
		return; /* a duplicate */
	if (!c)
		c = identity_adopt(t, &f->s, f->old);
	if (!c)
		return;
	if (f->h.flags & FACT_F_REPAIR) {
		conn_learn_ends(t->conns, c, &f->s);
		repaired_line(t, c, &f->h, f->old, f->new);
		return;
	}
	accept_queue_attach(t, c, NULL);
	learn_client(t, c, f);
	if (!conn_is(c, CONN_PEER_TRACED) &&
	    (conn_other_end(t->conns, c) || translated_client(t, c)))
		tracked_count_once(t, c);
	establish(t, f, c, false);
}

/* ---- ESTABLISHED before its enqueue ---- */

/*
 * A child without request whose listener only its enqueue names, or an MPTCP subflow: has it one?
 * Which of the two comes first depends on the hook that sees the enqueue. The facts behind it wait
 * with it (held.h).
 */
struct child {
	struct fact_established f;
	bool waits;
};

struct child *child_new(void)
{
	return calloc(1, sizeof(struct child));
}

bool open_waits(const struct tracker *t)
{
	return t->child->waits;
}

static void child_goes_on(struct tracker *t, const struct fact_enqueue *q)
{
	t->child->waits = false;
	passive_established(t, &t->child->f, identity_match_request(t, &t->child->f), q);
}

void open_give_up(struct tracker *t)
{
	if (t->child->waits)
		child_goes_on(t, NULL);
}

static bool is_enqueue_of(const struct fact_established *child, const struct fact_hdr *h)
{
	const struct fact_enqueue *f = (const struct fact_enqueue *)h;

	return h->kind == FACT_ENQUEUE && ((f->child && child->s.sk == f->child) ||
					   (f->child_cookie && child->s.cookie == f->child_cookie));
}

/* Its enqueue would have come before any of these. */
static bool is_later_of(const struct fact_established *child, const struct fact_hdr *h)
{
	const struct fact_sock *s = h->kind == FACT_STATE    ? &((const struct fact_state *)h)->s
				    : h->kind == FACT_CLOSED ? &((const struct fact_closed *)h)->s
				    : h->kind == FACT_ACCEPT ? &((const struct fact_accept *)h)->s
							     : NULL;

	return s && s->cookie == child->s.cookie;
}

enum open_end open_ends_by(const struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_established *f = &t->child->f;

	if (is_enqueue_of(f, h))
		return OPEN_QUEUED;
	return is_later_of(f, h) || h->t > f->h.t + ENQUEUE_WAIT ? OPEN_GIVEN_UP : OPEN_WAITS;
}

/* ---- the facts ---- */

void tracker_on_established(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_established *f = (const struct fact_established *)h;
	struct fact_enqueue q;
	struct conn *c;

	if (f->old == TCP_STATE_SYN_SENT) {
		active_established(t, f);
		return;
	}
	c = identity_match_request(t, f);
	if (c && c->state == TCP_STATE_ESTABLISHED)
		return; /* a duplicate */
	if (!c)
		c = identity_fast_open(t, &f->s);
	if (c && c->role == ROLE_CLIENT) { /* simultaneous open: SYN_SENT, SYN_RECV, ESTABLISHED */
		learn_client(t, c, f);
		tracked_meet_peer(t, c);
		establish(t, f, c, false);
	} else if (early_take(t, &f->s, h->t, &q)) {
		passive_established(t, f, c, &q);
	} else if ((c && !joins_mptcp(t, f, c, NULL)) || tracker_absent(t, KNOW_ENQUEUE)) {
		passive_established(t, f, c, NULL);
	} else {
		*t->child = (struct child){.f = *f, .waits = true};
	}
}

void tracker_on_enqueue(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_enqueue *f = (const struct fact_enqueue *)h;
	struct listener *l = figures_observe(t, h, &f->q, f->netns, f->lport);
	struct conn *c;

	t->enqueue_seen = true;
	if (t->child->waits) {
		child_goes_on(t, f);
		return;
	}
	c = conn_by_cookie(t->conns, f->child_cookie);
	if (!c)
		early_remember(t, f);
	if (!c || !l)
		return;
	if (h->flags & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	if (h->flags & FACT_F_FASTOPEN)
		c->flags |= CONN_FASTOPEN;
	/* Its request, or the child in the queue, migrated to another listener of SO_REUSEPORT. */
	if (c->listener != l->id && c->t_established)
		listener_completed_elsewhere(listener_of(t, c), l);
	accept_queue_attach(t, c, l);
	accept_queue_add(t, l, c);
	owner_from_listener(c, l);
}
