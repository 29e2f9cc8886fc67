// SPDX-License-Identifier: BSD-2-Clause
/* ESTABLISHED, from either end, and the way into the accept queue. */
#include <stdlib.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/raw.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

#define PENDING_MAX 16

/* ESTABLISHED of an unknown request: it waits for the enqueue, which names its listener. */
struct pending {
	struct fact_established f;
	bool used;
};

struct pending_opens {
	struct pending open[PENDING_MAX];
	unsigned int count;
};

struct pending_opens *pending_new(void)
{
	return calloc(1, sizeof(struct pending_opens));
}

void tracker_on_connect(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_connect *f = (const struct fact_connect *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && c->state == TCP_STATE_SYN_SENT && h->t < c->t_begin + NS_MS)
		return; /* told twice: the second program and the first */
	raw_emit(t, h, &f->s, f->old, f->new);
	if (c) /* the same socket connects again */
		state_end(t, c, h->t, conn_is(c, CONN_CLOSED) ? c->t_state : 0);
	c = tracked_add(t, &f->s, false);
	if (!c)
		return;
	c->role = ROLE_CLIENT;
	c->state = TCP_STATE_CLOSE;
	c->t_begin = h->t;
	if (h->flags & FACT_F_OWNED)
		owner_from_task(t, c, &f->task);
	state_emit(t, state_enter(t, c, h->t, f->old, f->new));
}

/* ---- ESTABLISHED ---- */

static const char *basis(const struct conn *c)
{
	return conn_is(c, CONN_FROM_RTT) ? "rtt" : conn_is(c, CONN_FROM_SYNACK) ? "synack" : "syn";
}

static void emit_established(struct tracker *t, const struct fact_established *f, struct conn *c)
{
	struct listener *l = listener_of(t, c);
	uint64_t at = f->h.t;
	bool server = c->role == ROLE_SERVER;
	bool timed = c->t_begin && at >= c->t_begin;
	struct event *e;

	if (conn_is(c, CONN_REQUEST))
		tracked_promote(t, c);
	if (server && !timed && conn_is(c, CONN_PREEXISTING) &&
	    !conn_is(c, CONN_SYNCOOKIE | CONN_FASTOPEN) && !f->retrans && f->srtt_us) {
		/* A request older than the tracer: the kernel measured SYN-ACK to ACK itself. */
		c->t_begin = c->t_state = at - (uint64_t)f->srtt_us * 1000;
		c->flags |= CONN_FROM_RTT;
		timed = true;
	}
	if (f->h.flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	e = state_enter(t, c, at, f->old, f->new);
	c->t_established = at;
	if (server && l) {
		uint64_t handshake = timed ? at - c->t_begin : 0;

		listener_completed(l, timed ? &handshake : NULL, conn_is(c, CONN_SYNCOOKIE));
	}
	if (!e)
		return;
	line_isns(&t->lines, c);
	if (!server) {
		if (timed)
			event_set(e, F_CONNECT_NS, at - c->t_begin);
		line_emit(&t->lines);
		return;
	}
	if (timed) {
		event_set(e, F_HANDSHAKE_NS, at - c->t_begin);
		event_set_text(e, F_BASIS, basis(c));
	}
	event_set(e, F_SYNACK_RETRANS, f->retrans);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (!conn_is(c, CONN_ACCEPTED) && !(f->h.flags & FACT_F_HAS_SOCKET))
		event_set(e, F_QUEUED, true);
	line_queues(&t->lines, l);
	if (!conn_is(c, CONN_ACCEPTED | CONN_FASTOPEN)) {
		event_set(e, F_ACCEPT_QUEUE, l ? l->accept_queue : f->accept_queue + 1);
		event_set(e, F_BACKLOG, f->backlog);
	}
	line_emit(&t->lines);
}

static void queue(struct tracker *t, struct conn *c, struct listener *l)
{
	if (l && !conn_is(c, CONN_ACCEPTED | CONN_QUEUED | CONN_ACCEPT_UNSEEN))
		accept_queue_add(t, l, c);
}

/*
 * Children of no request come to be known late: their client's end was established before, and
 * found no other end.
 */
static void client_counted(struct tracker *t, const struct conn *c)
{
	struct conn *client = conn_is(c, CONN_PEER_TRACED) ? NULL : conn_other_end(t->conns, c);

	if (!client || !client->t_established || conn_is(client, CONN_PEER_TRACED))
		return;
	client->flags |= CONN_PEER_TRACED;
	t->connections--; /* one connection, both ends traced */
}

/*
 * A passive open: its request is known, or (q: what the enqueue told) its listener is all we have.
 */
static void passive_established(struct tracker *t, const struct fact_established *f, struct conn *c,
				const struct fact_enqueue *q)
{
	struct listener *l = q ? listener_by_queues(t->listeners, &q->q) : NULL;
	bool known = c, counted, taken = f->h.flags & FACT_F_HAS_SOCKET;

	if (!c) {
		c = tracked_add(t, &f->s, false);
		if (!c)
			return;
		c->state = TCP_STATE_SYN_RECV;
		c->visited = 1u << TCP_STATE_SYN_RECV;
	}
	c->role = ROLE_SERVER;
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (!c->isns_known) {
		c->client_isn = f->remote_isn;
		c->server_isn = f->local_isn;
		c->isns_known = true;
		client_counted(t, c);
	}
	if (l)
		accept_queue_attach(t, c, l);
	else if (!c->listener)
		accept_queue_attach(t, c, listener_by_port(t->listeners, &f->s));
	l = listener_of(t, c);
	if (!known) {
		bool cookie = f->h.flags & FACT_F_SYNCOOKIE ||
			      (q && q->h.flags & FACT_F_SYNCOOKIE) ||
			      (q && q->q.cookie_stamp && !f->retrans &&
			       !tracker_absent(t, KNOW_SYN_RECV_BEGIN));
		bool older = f->h.t < t->t_first + (uint64_t)f->srtt_us * 1000;

		/*
		 * The begin is not known. Where cookies are sent, and it is not older than us,
		 * there was none.
		 */
		c->flags |= older ? CONN_PREEXISTING : cookie ? CONN_SYNCOOKIE : 0;
	}
	if ((f->h.flags | (q ? q->h.flags : 0)) & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	owner_from_listener(c, l);
	owner_from_pid(t, c, &f->h, f->pid);
	/*
	 * With its enqueue came the listener's figures; else the child's copy of them is the
	 * latest.
	 */
	counted = q || conn_is(c, CONN_QUEUED | CONN_ACCEPTED | CONN_FASTOPEN);
	/*
	 * Somebody has it already: another CPU accepted it, or it joins an MPTCP connection and is
	 * never queued.
	 */
	if (taken && conn_is(c, CONN_QUEUED) && !conn_is(c, CONN_CLOSED))
		accept_queue_accepted_unseen(t, c, f->h.t);
	else if (taken && !conn_is(c, CONN_ACCEPTED))
		c->flags |= CONN_WAS_QUEUED | CONN_ACCEPT_UNSEEN;
	queue(t, c, l);
	if (l && !counted) {
		if (known)
			figures_uncount_request(t, c);
		if (!taken)
			listener_grew(l, f->accept_queue + 1, f->backlog);
	}
	emit_established(t, f, c);
}

static void active_established(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && c->state == TCP_STATE_ESTABLISHED)
		return; /* told twice */
	if (!c)
		c = identity_adopt(t, &f->s, f->old);
	if (!c)
		return;
	accept_queue_attach(t, c, NULL);
	conn_learn_ends(t->conns, c, &f->s);
	c->role = ROLE_CLIENT;
	c->client_isn = f->local_isn;
	c->server_isn = f->remote_isn;
	c->isns_known = true;
	owner_from_pid(t, c, &f->h, f->pid);
	if (!conn_is(c, CONN_PEER_TRACED) && conn_other_end(t->conns, c)) {
		c->flags |= CONN_PEER_TRACED;
		t->connections--; /* one connection, both ends traced */
	}
	emit_established(t, f, c);
}

static void flush_pending(struct tracker *t, struct pending *p, const struct fact_enqueue *q)
{
	p->used = false;
	t->pending->count--;
	passive_established(t, &p->f, NULL, q);
}

void open_flush_pending(struct tracker *t, uint64_t at)
{
	for (int i = 0; t->pending->count && i < PENDING_MAX; i++)
		if (t->pending->open[i].used && t->pending->open[i].f.h.t <= at)
			flush_pending(t, &t->pending->open[i], NULL);
}

static bool is_pending(const struct tracker *t, const struct fact_established *f)
{
	for (int i = 0; t->pending->count && i < PENDING_MAX; i++)
		if (t->pending->open[i].used && t->pending->open[i].f.s.cookie == f->s.cookie)
			return true;
	return false;
}

void tracker_on_established(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_established *f = (const struct fact_established *)h;
	struct fact_enqueue q;
	struct conn *c;

	raw_emit(t, h, &f->s, f->old, f->new);
	if (f->old == TCP_STATE_SYN_SENT) {
		active_established(t, f);
		return;
	}
	c = identity_match_request(t, f);
	if (c ? c->state == TCP_STATE_ESTABLISHED : is_pending(t, f))
		return; /* told twice: the second program and the first */
	if (!c)
		c = identity_fast_open(t, &f->s);
	if (c && c->role == ROLE_CLIENT) { /* simultaneous open: SYN_SENT, SYN_RECV, ESTABLISHED */
		conn_learn_ends(t->conns, c, &f->s);
		c->client_isn = f->local_isn;
		c->server_isn = f->remote_isn;
		c->isns_known = true;
		owner_from_pid(t, c, h, f->pid);
		emit_established(t, f, c);
		return;
	}
	if (early_take(t, &f->s, h->t, &q)) {
		passive_established(t, f, c, &q);
		return;
	}
	if (!c && !tracker_absent(t, KNOW_ENQUEUE)) {
		for (int i = 0; i < PENDING_MAX; i++) {
			if (t->pending->open[i].used)
				continue;
			t->pending->open[i] = (struct pending){.f = *f, .used = true};
			t->pending->count++;
			return;
		}
	}
	passive_established(t, f, c, NULL);
}

void tracker_on_enqueue(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_enqueue *f = (const struct fact_enqueue *)h;
	struct listener *l = figures_observe(t, h, &f->q, f->netns, f->lport);
	struct conn *c;

	for (int i = 0; t->pending->count && i < PENDING_MAX; i++) {
		struct pending *p = &t->pending->open[i];

		if (p->used && ((f->child && p->f.s.sk == f->child) ||
				(f->child_cookie && p->f.s.cookie == f->child_cookie))) {
			flush_pending(t, p, f);
			return;
		}
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
	if (c->listener != l->id && c->t_established)
		listener_completed_elsewhere(listener_of(t, c), l);
	/* the request migrated to another of SO_REUSEPORT */
	if (c->listener != l->id && conn_is(c, CONN_QUEUED)) {
		listener_dequeue(t->listeners, t->conns, c);
		accept_queue_add(t, l, c);
	}
	listener_attach(t->listeners, c, l);
	owner_from_listener(c, l);
	queue(t, c, l);
}
