// SPDX-License-Identifier: BSD-2-Clause
/* ESTABLISHED, from either end, and the way into the accept queue. */
#include "base/hash.h"
#include "tracker/state.h"

void life_on_connect(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_connect *f = (const struct fact_connect *)h;
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && c->state == TCP_STATE_SYN_SENT && h->t < c->t_begin + NS_MS)
		return; /* told twice: the second program and the first */
	life_tell_raw(t, h, &f->s, f->old, f->new);
	if (c) /* the same socket connects again */
		life_tell_close(t, c, h->t, conn_is(c, CONN_CLOSED) ? c->t_state : 0);
	c = life_add(t, &f->s, false);
	if (!c)
		return;
	c->role = ROLE_CLIENT;
	c->state = TCP_STATE_CLOSE;
	c->t_begin = h->t;
	if (h->flags & FACT_F_OWNED)
		life_own(t, c, &f->task);
	life_told(t, life_move(t, c, h->t, f->old, f->new));
}

/* ---- queued before the first transition ---- */

static struct fact_enqueue *early_slot(struct tracker *t, uint64_t child)
{
	return &t->early[hash_u64(child, 6)];
}
_Static_assert(EARLY_MAX == 1 << 6, "early_slot");

/* NULL: none. It stays until it is dropped or another takes its place. */
static struct fact_enqueue *find_early(struct tracker *t, const struct fact_sock *s, uint64_t at)
{
	struct fact_enqueue *q = early_slot(t, s->sk);

	if (!s->sk || q->child != s->sk || (q->child_cookie && q->child_cookie != s->cookie))
		return NULL;
	/* Addresses are used again at once: only a fast open may wait for long. */
	if (!(q->h.flags & FACT_F_FASTOPEN) && at > q->h.t + ENQUEUE_WAIT)
		return NULL;
	return q;
}

struct conn *life_fast_open(struct tracker *t, const struct fact_sock *s)
{
	struct fact_enqueue *q = find_early(t, s, 0);
	struct listener *l;
	struct conn *c;

	if (!q || !(q->h.flags & FACT_F_FASTOPEN) || q->lport != s->lport ||
	    (q->rport && q->rport != s->rport))
		return NULL;
	q->child = 0;
	c = life_add(t, s, false);
	if (!c)
		return NULL;
	c->role = ROLE_SERVER;
	c->flags |= CONN_FASTOPEN | CONN_WAS_QUEUED;
	c->state = TCP_STATE_SYN_RECV;
	c->visited = 1u << TCP_STATE_SYN_RECV;
	c->t_begin = c->t_state = c->t_last = q->h.t;
	l = listener_by_queues(t->listeners, &q->q);
	if (!l)
		return c;
	listener_attach(t->listeners, c, l);
	life_own_as(c, l);
	if (l->alive)
		life_enqueue(t, l, c);
	else
		c->flags |= CONN_LISTENER_GONE;
	return c;
}

/* ---- ESTABLISHED ---- */

static const char *basis(const struct conn *c)
{
	return conn_is(c, CONN_FROM_RTT) ? "rtt" : conn_is(c, CONN_FROM_SYNACK) ? "synack" : "syn";
}

static void tell_established(struct tracker *t, const struct fact_established *f, struct conn *c)
{
	struct listener *l = life_listener(t, c);
	uint64_t at = f->h.t;
	bool server = c->role == ROLE_SERVER;
	bool timed = c->t_begin && at >= c->t_begin;
	struct event *e;

	if (conn_is(c, CONN_REQUEST))
		life_promote(t, c);
	if (server && !timed && conn_is(c, CONN_PREEXISTING) &&
	    !conn_is(c, CONN_SYNCOOKIE | CONN_FASTOPEN) && !f->retrans && f->srtt_us) {
		/* A request older than the tracer: the kernel measured SYN-ACK to ACK itself. */
		c->t_begin = c->t_state = at - (uint64_t)f->srtt_us * 1000;
		c->flags |= CONN_FROM_RTT;
		timed = true;
	}
	if (f->h.flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	e = life_move(t, c, at, f->old, f->new);
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
		line_tell(&t->lines);
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
	line_tell(&t->lines);
}

static void queue(struct tracker *t, struct conn *c, struct listener *l)
{
	if (l && !conn_is(c, CONN_ACCEPTED | CONN_QUEUED | CONN_ACCEPT_UNSEEN))
		life_enqueue(t, l, c);
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
		c = life_add(t, &f->s, false);
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
		life_attach(t, c, l);
	else if (!c->listener)
		life_attach(t, c, listener_by_port(t->listeners, &f->s));
	l = life_listener(t, c);
	if (!known) {
		bool cookie = f->h.flags & FACT_F_SYNCOOKIE ||
			      (q && q->h.flags & FACT_F_SYNCOOKIE) ||
			      (q && q->q.cookie_stamp && !f->retrans &&
			       !life_absent(t, KNOW_SYN_RECV_BEGIN));
		bool older = f->h.t < t->t_first + (uint64_t)f->srtt_us * 1000;

		/*
		 * The begin is not known. Where cookies are sent, and it is not older than us,
		 * there was none.
		 */
		c->flags |= older ? CONN_PREEXISTING : cookie ? CONN_SYNCOOKIE : 0;
	}
	if ((f->h.flags | (q ? q->h.flags : 0)) & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	life_own_as(c, l);
	life_own_pid(t, c, &f->h, f->pid);
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
		life_taken_unseen(t, c, f->h.t);
	else if (taken && !conn_is(c, CONN_ACCEPTED))
		c->flags |= CONN_WAS_QUEUED | CONN_ACCEPT_UNSEEN;
	queue(t, c, l);
	if (l && !counted) {
		if (known)
			life_uncount_request(t, c);
		if (!taken)
			listener_grew(l, f->accept_queue + 1, f->backlog);
	}
	tell_established(t, f, c);
}

static void active_established(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c && c->state == TCP_STATE_ESTABLISHED)
		return; /* told twice */
	if (!c)
		c = life_adopt(t, &f->s, f->old);
	if (!c)
		return;
	life_attach(t, c, NULL);
	conn_learn_ends(t->conns, c, &f->s);
	c->role = ROLE_CLIENT;
	c->client_isn = f->local_isn;
	c->server_isn = f->remote_isn;
	c->isns_known = true;
	life_own_pid(t, c, &f->h, f->pid);
	if (!conn_is(c, CONN_PEER_TRACED) && conn_other_end(t->conns, c)) {
		c->flags |= CONN_PEER_TRACED;
		t->connections--; /* one connection, both ends traced */
	}
	tell_established(t, f, c);
}

static void flush_pending(struct tracker *t, struct pending *p, const struct fact_enqueue *q)
{
	p->used = false;
	t->pending_count--;
	passive_established(t, &p->f, NULL, q);
}

void life_flush_pending(struct tracker *t, uint64_t at)
{
	for (int i = 0; t->pending_count && i < PENDING_MAX; i++)
		if (t->pending[i].used && t->pending[i].f.h.t <= at)
			flush_pending(t, &t->pending[i], NULL);
}

static struct conn *matching_request(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c)
		return c;
	for (c = conn_by_ends(t->conns, &f->s); c; c = conn_by_ends_next(t->conns, &f->s, c))
		if ((conn_is(c, CONN_REQUEST) || c->state == TCP_STATE_SYN_RECV) &&
		    (!c->isns_known || c->server_isn == f->local_isn))
			return c;
	return NULL;
}

static bool is_pending(const struct tracker *t, const struct fact_established *f)
{
	for (int i = 0; t->pending_count && i < PENDING_MAX; i++)
		if (t->pending[i].used && t->pending[i].f.s.cookie == f->s.cookie)
			return true;
	return false;
}

void life_on_established(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_established *f = (const struct fact_established *)h;
	struct fact_enqueue *early;
	struct conn *c;

	life_tell_raw(t, h, &f->s, f->old, f->new);
	if (f->old == TCP_STATE_SYN_SENT) {
		active_established(t, f);
		return;
	}
	c = matching_request(t, f);
	if (c ? c->state == TCP_STATE_ESTABLISHED : is_pending(t, f))
		return; /* told twice: the second program and the first */
	if (!c)
		c = life_fast_open(t, &f->s);
	if (c && c->role == ROLE_CLIENT) { /* simultaneous open: SYN_SENT, SYN_RECV, ESTABLISHED */
		conn_learn_ends(t->conns, c, &f->s);
		c->client_isn = f->local_isn;
		c->server_isn = f->remote_isn;
		c->isns_known = true;
		life_own_pid(t, c, h, f->pid);
		tell_established(t, f, c);
		return;
	}
	early = find_early(t, &f->s, h->t);
	if (early) {
		struct fact_enqueue q = *early;

		early->child = 0;
		passive_established(t, f, c, &q);
		return;
	}
	if (!c && !life_absent(t, KNOW_ENQUEUE)) {
		for (int i = 0; i < PENDING_MAX; i++) {
			if (t->pending[i].used)
				continue;
			t->pending[i] = (struct pending){.f = *f, .used = true};
			t->pending_count++;
			return;
		}
	}
	passive_established(t, f, c, NULL);
}

void life_on_enqueue(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_enqueue *f = (const struct fact_enqueue *)h;
	struct listener *l = life_observe(t, h, &f->q, f->netns, f->lport);
	struct conn *c;

	for (int i = 0; t->pending_count && i < PENDING_MAX; i++) {
		struct pending *p = &t->pending[i];

		if (p->used && ((f->child && p->f.s.sk == f->child) ||
				(f->child_cookie && p->f.s.cookie == f->child_cookie))) {
			flush_pending(t, p, f);
			return;
		}
	}
	c = conn_by_cookie(t->conns, f->child_cookie);
	if (!c && f->child)
		*early_slot(t, f->child) = *f;
	if (!c || !l)
		return;
	if (h->flags & FACT_F_SYNCOOKIE)
		c->flags |= CONN_SYNCOOKIE;
	if (h->flags & FACT_F_FASTOPEN)
		c->flags |= CONN_FASTOPEN;
	if (c->listener != l->id && c->t_established)
		listener_completed_elsewhere(life_listener(t, c), l);
	/* the request migrated to another of SO_REUSEPORT */
	if (c->listener != l->id && conn_is(c, CONN_QUEUED)) {
		listener_dequeue(t->listeners, t->conns, c);
		life_enqueue(t, l, c);
	}
	listener_attach(t->listeners, c, l);
	life_own_as(c, l);
	queue(t, c, l);
}
