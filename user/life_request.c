// SPDX-License-Identifier: BSD-2-Clause
/* Half open: the SYN made a request, its SYN-ACK goes out again, it expires; what the listener refused. */
#include "life.h"

/* ---- the request: SYN, SYN-ACK again, expiry ---- */

/* A request that is no more. how: why its line says so, NULL unknown. */
void life_end_request(struct tracker *t, struct conn *c, uint64_t at, bool expired)
{
	struct listener *l = life_listener(t, c);
	struct event *e = life_move(t, c, at, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE);

	if (e && expired)
		event_set_text(e, F_REASON, drop_reason_name(DROP_REQUEST_EXPIRED));
	life_told(t, e);
	if (l && l->syn_queue)
		l->syn_queue--;
	if (expired) {
		c->flags |= CONN_TIMED_OUT;
		life_count_drop(t, DROP_REQUEST_EXPIRED, NULL, 1);
		e = line_begin(&t->lines, EVENT_DROP, at);
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
		line_queues(&t->lines, l);
		event_set_text(e, F_REASON, drop_reason_name(DROP_REQUEST_EXPIRED));
		event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
		line_tell(&t->lines);
	}
	life_tell_close(t, c, at, at);
}

struct conn *life_find_request(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c;

	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (conn_is(c, CONN_REQUEST))
			return c;
	return NULL;
}

void life_on_syn(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct listener *l = life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	bool fastopen = h->flags & FACT_F_FASTOPEN;
	struct conn *c = life_find_request(t, &f->s);
	struct event *e;

	if (c && c->isns_known && c->server_isn == f->server_isn)
		return; /* the same SYN-ACK on its way through another device */
	if (c)
		life_end_request(t, c, h->t, false);
	if (fastopen && life_find(t, &f->s))
		return;
	c = life_add(t, &f->s, !fastopen);
	if (!c)
		return;
	t->connections++;
	c->role = ROLE_SERVER;
	c->t_begin = c->t_last = h->t;
	c->client_isn = f->client_isn;
	c->server_isn = f->server_isn;
	c->isns_known = true;
	if (fastopen)
		c->flags |= CONN_FASTOPEN;
	if (h->flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	listener_attach(t->listeners, c, l);
	life_own_as(c, l);
	e = life_move(t, c, h->t, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);
	if (!e)
		return;
	event_set_text(e, F_BASIS, h->flags & FACT_F_SYNACK ? "synack" : "syn");
	line_isns(&t->lines, c);
	line_queues(&t->lines, l);
	if (fastopen)
		event_set(e, F_FASTOPEN, true);
	line_tell(&t->lines);
}

void life_on_retransmit(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	bool ours = f->s.state == TCP_STATE_SYN_SENT;
	struct listener *l = ours ? NULL : life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = ours ? life_find(t, &f->s) : life_find_request(t, &f->s);
	uint32_t attempt = f->attempt;
	struct event *e;

	if (!c && !ours) {
		/* Older than the tracer: its begin is not known. */
		c = life_add(t, &f->s, true);
		if (!c)
			return;
		c->role = ROLE_SERVER;
		c->state = TCP_STATE_SYN_RECV;
		c->flags |= CONN_PREEXISTING;
		listener_attach(t->listeners, c, l);
		life_own_as(c, l);
	}
	if (c) {
		c->t_last = h->t;
		if (c->synack_retrans < UINT8_MAX)
			c->synack_retrans++;
		if (attempt < c->synack_retrans)
			attempt = c->synack_retrans;
		if (!c->isns_known && f->server_isn) {
			c->client_isn = f->client_isn;
			c->server_isn = f->server_isn;
			c->isns_known = true;
		}
		conn_touch(t->conns, c);
	}
	e = line_begin(&t->lines, EVENT_RETRANSMIT, h->t);
	if (c)
		line_conn(&t->lines, c, life_listener(t, c));
	else
		line_ends(&t->lines, &f->s);
	event_set_text(e, F_WHAT, ours ? "syn" : "synack");
	event_set(e, F_ATTEMPT, attempt);
	if (c && !ours) {
		line_isns(&t->lines, c);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
	}
	line_queues(&t->lines, l);
	line_tell(&t->lines);
}

void life_on_expired(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct conn *c = life_find_request(t, &f->s);

	life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (c)
		life_end_request(t, c, h->t, true);
}

void life_on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;
	bool syn = h->flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : life_find_request(t, &f->s);
	struct listener *l = NULL;
	struct event *e;

	if (f->q.sk) {
		l = listener_by_queues(t->listeners, &f->q);
		if (l)
			l->named_drops++; /* the counter that comes with this fact has it already */
		l = life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	} else {
		l = c && c->listener ? life_listener(t, c) : listener_by_port(t->listeners, &f->s);
		if (l)
			l->named_drops++;
	}
	life_count_drop(t, (enum drop_reason)f->reason, l, 1);
	if (c && f->reason == FACT_DROP_ACCEPT_QUEUE_FULL)
		c->flags |= CONN_ACK_REFUSED;
	e = line_begin(&t->lines, EVENT_DROP, h->t);
	if (c) {
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
	} else {
		line_ends(&t->lines, &f->s);
		event_set_text(e, F_ROLE, "server");
		if (l && l->cookie)
			event_set(e, F_LISTENER, l->cookie);
	}
	event_set_text(e, F_SEGMENT, syn ? "syn" : "ack");
	if (f->reason != FACT_DROP_UNKNOWN)
		event_set_text(e, F_REASON, drop_reason_name((enum drop_reason)f->reason));
	if (!syn && (h->flags & FACT_F_ACKED || f->reason == FACT_DROP_ACCEPT_QUEUE_FULL))
		event_set(e, F_CLIENT_BELIEVES, true);
	line_queues(&t->lines, l);
	if (l && l->drops_known)
		event_set(e, F_DROPS_TOTAL, l->drops);
	line_tell(&t->lines);
}

/*
 * A request that should have sent its SYN-ACK again long ago is gone. Where the kernel tells of every expiry, it went another
 * way (the client's RST); elsewhere this is how expiry is derived: the timer doubles from one second (RFC 6298 5.5).
 */
void life_expire(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;
	unsigned int doublings = c->synack_retrans < 7 ? c->synack_retrans : 7;
	uint64_t overdue = (SECOND << doublings) * 2 + SECOND / 2;

	if (!conn_is(c, CONN_REQUEST) || !c->t_last || t->t_now < c->t_last + overdue)
		return;
	life_end_request(t, c, t->t_now, !life_exact(t, KNOW_REQUEST_EXPIRED));
}
