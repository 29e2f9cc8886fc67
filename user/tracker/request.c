// SPDX-License-Identifier: BSD-2-Clause
/*
 * Half open: the SYN made a request, its SYN-ACK goes out again, it expires; what the listener
 * refused.
 */
#include "tracker/state.h"

#include <string.h>

/* ---- the request: SYN, SYN-ACK again, expiry ---- */

void life_end_request(struct tracker *t, struct conn *c, uint64_t at, enum drop_reason given_up)
{
	struct listener *l = life_listener(t, c);
	const char *why = life_close_reason(c);
	struct event *e;

	/* its timer found nobody to wait for */
	if (given_up == DROP_REQUEST_EXPIRED && l && !l->alive) {
		given_up = DROP_UNKNOWN;
		why = drop_reason_name(DROP_LISTENER_CLOSED);
	}
	if (given_up)
		why = drop_reason_name(given_up);
	e = life_move(t, c, at, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE);
	if (e && why)
		event_set_text(e, F_REASON, why);
	life_told(t, e);
	if (given_up) {
		c->flags |= given_up == DROP_CLIENT_UNREACHABLE ? CONN_UNREACHABLE : CONN_TIMED_OUT;
		life_count_drop(t, given_up, NULL, 1);
		e = line_begin(&t->lines, EVENT_DROP, at);
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
		line_queues(&t->lines, l);
		event_set_text(e, F_REASON, drop_reason_name(given_up));
		event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
		line_tell(&t->lines);
	}
	life_tell_close(t, c, at, at);
}

void life_uncount_request(struct tracker *t, const struct conn *c)
{
	struct listener *l = life_listener(t, c);

	if (l && l->syn_queue)
		l->syn_queue--;
}

struct conn *life_find_request(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c;

	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (conn_is(c, CONN_REQUEST))
			return c;
	return NULL;
}

static void learn_isns(struct conn *c, const struct fact_syn *f)
{
	if (c->isns_known || !f->server_isn)
		return;
	c->client_isn = f->client_isn;
	c->server_isn = f->server_isn;
	c->isns_known = true;
}

/*
 * Whether f is about a request that is known: its SYN-ACK passes another device, or goes out again.
 */
static bool is_known(const struct conn *c, const struct fact_syn *f)
{
	if (c->isns_known)
		return c->server_isn == f->server_isn;
	return f->h.flags & FACT_F_SYNACK; /* found in the tables, where the numbers do not stand */
}

void life_on_syn(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct listener *l = life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = life_find_request(t, &f->s);
	struct event *e;

	if (c && is_known(c, f)) {
		learn_isns(c, f);
		conn_learn_cookie(t->conns, c, f->s.cookie);
		return;
	}
	if (c) { /* it went before, nobody saw how and when: no duration is told */
		c->t_begin = c->t_state = 0;
		life_end_request(t, c, h->t, DROP_UNKNOWN);
	}
	c = life_add(t, &f->s, true);
	if (!c)
		return;
	c->role = ROLE_SERVER;
	c->t_begin = c->t_last = h->t;
	learn_isns(c, f);
	if (h->flags & FACT_F_SYNACK)
		c->flags |= CONN_FROM_SYNACK;
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
	line_tell(&t->lines);
}

static void sent_again(struct tracker *t, struct conn *c, const struct fact_syn *f)
{
	uint32_t attempt = c->synack_retrans + 1u;

	if (attempt < f->attempt)
		attempt = f->attempt;
	c->synack_retrans = attempt < UINT8_MAX ? (uint8_t)attempt : UINT8_MAX;
	c->t_last = f->h.t;
	learn_isns(c, f);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	conn_learn_ends(t->conns, c, &f->s);
	conn_touch(t->conns, c);
}

/*
 * The listener that our SYN was meant for, where it is in the same namespace. A SYN that goes out
 * again to a listener whose queue is full names a client that was refused, though no hook saw the
 * refusal.
 */
static struct listener *asked_listener(struct tracker *t, const struct fact_sock *ours)
{
	struct fact_sock theirs = *ours;

	theirs.lport = ours->rport;
	theirs.rport = ours->lport;
	memcpy(theirs.laddr, ours->raddr, sizeof(theirs.laddr));
	memcpy(theirs.raddr, ours->laddr, sizeof(theirs.raddr));
	return listener_by_port(t->listeners, &theirs);
}

void life_on_retransmit(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	bool ours = f->s.state == TCP_STATE_SYN_SENT;
	/* a fast open has its socket before the handshake is over */
	bool child = f->s.state == TCP_STATE_SYN_RECV;
	struct listener *l = ours ? NULL : life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = ours || child ? life_find(t, &f->s) : life_find_request(t, &f->s);
	struct event *e;

	/*
	 * Another request of the same client: the one that we know has gone unseen, nobody knows
	 * when.
	 */
	if (c && !ours && !child && c->isns_known && f->server_isn &&
	    c->server_isn != f->server_isn) {
		c->t_begin = c->t_state = 0;
		life_end_request(t, c, h->t, DROP_UNKNOWN);
		c = NULL;
	}
	if (!c && child)
		c = life_fast_open(t, &f->s);
	if (!c && !ours && !child) {
		/* Older than the tracer, or its SYN was lost: its begin is not known. */
		c = life_add(t, &f->s, true);
		if (!c)
			return;
		c->role = ROLE_SERVER;
		c->state = TCP_STATE_SYN_RECV;
		c->flags |= CONN_PAST_UNKNOWN | (t->walked ? 0 : CONN_PREEXISTING);
		listener_attach(t->listeners, c, l);
		life_own_as(c, l);
	}
	if (c)
		sent_again(t, c, f);
	e = line_begin(&t->lines, EVENT_RETRANSMIT, h->t);
	if (c)
		line_conn(&t->lines, c, life_listener(t, c));
	else
		line_ends(&t->lines, &f->s);
	event_set_text(e, F_WHAT, ours ? "syn" : "synack");
	event_set(e, F_ATTEMPT, c ? c->synack_retrans : f->attempt);
	if (c && !ours) {
		line_isns(&t->lines, c);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
	}
	if (ours) {
		l = asked_listener(t, &f->s);
		if (l && life_full_queue(l) != DROP_UNKNOWN)
			event_set_text(e, F_REASON, drop_reason_name(life_full_queue(l)));
		else
			l = NULL;
	}
	line_queues(&t->lines, l);
	line_tell(&t->lines);
}

void life_on_expired(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct conn *c = life_find_request(t, &f->s);
	struct listener *l;

	/*
	 * The figures are of after its end, but the counter will move for it yet (tcp_listendrop in
	 * tcp_req_err).
	 */
	l = listener_by_queues(t->listeners, &f->q);
	if (l && h->flags & FACT_F_UNREACHABLE)
		l->named_drops++;
	life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (!c)
		return;
	learn_isns(c, f);
	life_end_request(t, c, h->t,
			 h->flags & FACT_F_UNREACHABLE ? DROP_CLIENT_UNREACHABLE
						       : DROP_REQUEST_EXPIRED);
}

/*
 * By how much the listener's own counter (sk_drops) moves for such a refusal: a final ACK that
 * finds the queue full is counted where its child is not made (tcp_listendrop in
 * tcp_v4_syn_recv_sock), and then each of its segments as one that nobody wanted (discard_and_relse
 * in tcp_v4_rcv): data that the client sends, believing to be connected, comes as several in one
 * packet.
 */
static unsigned int counted_as(const struct fact_drop *f)
{
	if (f->reason == FACT_DROP_COOKIE_INVALID || f->reason == FACT_DROP_LISTENER_CLOSED)
		return 0;
	if (f->h.flags & (FACT_F_SEGMENT_SYN | FACT_F_SYNCOOKIE))
		return 1;
	return 1 + (f->segments ? f->segments : 1);
}

/* With tcp_abort_on_overflow the RST comes first, then the segment is given up. */
static bool request_was_reset(const struct tracker *t, const struct fact_sock *s, uint64_t at)
{
	for (int i = 0; i < RESET_REQUESTS; i++) {
		const struct reset_request *r = &t->reset_requests[i];

		if (r->t && at < r->t + NS_MS && r->s.netns == s->netns && r->s.lport == s->lport &&
		    r->s.rport == s->rport && !memcmp(r->s.raddr, s->raddr, sizeof(s->raddr)) &&
		    !memcmp(r->s.laddr, s->laddr, sizeof(s->laddr)))
			return true;
	}
	return false;
}

void life_on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;
	enum drop_reason reason = (enum drop_reason)f->reason;
	bool syn = h->flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : life_find_request(t, &f->s);
	/* Where our RST has ended the request it knows better. */
	bool believes =
		!syn && h->flags & FACT_F_ACKED && (c || !request_was_reset(t, &f->s, h->t));
	struct listener *l = listener_by_queues(t->listeners, &f->q);
	struct event *e;

	if (!f->q.sk)
		l = c && c->listener ? life_listener(t, c) : listener_by_port(t->listeners, &f->s);
	/*
	 * Named before the figures are looked at: the counter that comes with this fact has it
	 * already, or soon will.
	 */
	if (l)
		l->named_drops += counted_as(f);
	if (f->q.sk)
		l = life_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (reason == DROP_UNKNOWN && l)
		reason = life_full_queue(l);
	life_count_drop(t, reason, l, 1);
	if (c && believes)
		c->flags |= CONN_ACK_REFUSED;
	e = line_begin(&t->lines, EVENT_DROP, h->t);
	if (c) {
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
	} else {
		line_ends(&t->lines, &f->s);
		line_refused(&t->lines, l);
		if (syn)
			event_set(e, F_CLIENT_ISN, f->client_seq);
	}
	event_set_text(e, F_SEGMENT, syn ? "syn" : "ack");
	if (reason != DROP_UNKNOWN)
		event_set_text(e, F_REASON, drop_reason_name(reason));
	if (believes)
		event_set(e, F_CLIENT_BELIEVES, true);
	if (h->flags & FACT_F_SYNCOOKIE)
		event_set(e, F_SYNCOOKIE, true);
	line_queues(&t->lines, l);
	if (l && l->drops_known)
		event_set(e, F_DROPS_TOTAL, l->drops);
	line_tell(&t->lines);
}

/*
 * A request that should have sent its SYN-ACK again long ago is gone. Where the kernel tells of
 * every expiry, it went another way (the client's RST); elsewhere this is how expiry is derived:
 * the timer doubles from one second (RFC 6298 5.5). One that never sent again may also be waiting
 * for data, silently (TCP_DEFER_ACCEPT): it gets all the time that the kernel's five attempts take,
 * and is then not said to have expired. So does one whose final ACK was refused: it stays also
 * while no way to the client is found to send on (reqsk_timer_handler, acked). When exactly it went
 * is not known, so no duration is told.
 */
void life_expire(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;
	bool patient = !c->synack_retrans || conn_is(c, CONN_ACK_REFUSED);
	unsigned int doublings = patient ? 5 : c->synack_retrans < 7 ? c->synack_retrans : 7;
	uint64_t overdue = (NS_S << doublings) * 2 + NS_S / 2;
	bool expired;

	if (!c->t_last || t->t_now < c->t_last + overdue)
		return;
	c->t_begin = c->t_state = 0;
	life_uncount_request(t, c);
	expired = c->synack_retrans && !life_exact(t, KNOW_REQUEST_EXPIRED);
	life_end_request(t, c, t->t_now, expired ? DROP_REQUEST_EXPIRED : DROP_UNKNOWN);
}
