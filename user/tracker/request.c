// SPDX-License-Identifier: BSD-2-Clause
/*
 * Half open: the SYN made a request, its SYN-ACK goes out again, it expires; what the listener
 * refused.
 */
#include <string.h>

#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

/* ---- the request: SYN, SYN-ACK again, expiry ---- */

void request_end(struct tracker *t, struct conn *c, uint64_t at, enum drop_reason given_up)
{
	struct listener *l = listener_of(t, c);
	const char *why = state_close_reason(c);
	struct event *e;

	/* its timer found nobody to wait for */
	if (given_up == DROP_REQUEST_EXPIRED && l && !l->alive) {
		given_up = DROP_UNKNOWN;
		why = drop_reason_name(DROP_LISTENER_CLOSED);
	}
	if (given_up)
		why = drop_reason_name(given_up);
	e = state_enter(t, c, at, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE);
	if (e && why)
		event_set_text(e, F_REASON, why);
	state_emit(t, e);
	if (given_up) {
		c->flags |= given_up == DROP_CLIENT_UNREACHABLE ? CONN_UNREACHABLE : CONN_TIMED_OUT;
		figures_count_refusal(t, given_up, NULL, 1);
		e = line_begin(&t->lines, EVENT_DROP, at);
		line_conn(&t->lines, c, l);
		line_isns(&t->lines, c);
		line_queues(&t->lines, l);
		event_set_text(e, F_REASON, drop_reason_name(given_up));
		event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
		line_emit(&t->lines);
	}
	state_end(t, c, at, at);
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

void tracker_on_syn(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct listener *l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = identity_find_request(t, &f->s);
	struct event *e;

	if (c && is_known(c, f)) {
		learn_isns(c, f);
		conn_learn_cookie(t->conns, c, f->s.cookie);
		return;
	}
	if (c) { /* it went before, nobody saw how and when: no duration is told */
		c->t_begin = c->t_state = 0;
		request_end(t, c, h->t, DROP_UNKNOWN);
	}
	c = tracked_add(t, &f->s, true);
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
	owner_from_listener(c, l);
	e = state_enter(t, c, h->t, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);
	if (!e)
		return;
	event_set_text(e, F_BASIS, h->flags & FACT_F_SYNACK ? "synack" : "syn");
	line_isns(&t->lines, c);
	line_queues(&t->lines, l);
	line_emit(&t->lines);
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

void tracker_on_retransmit(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	bool ours = f->s.state == TCP_STATE_SYN_SENT;
	/* a fast open has its socket before the handshake is over */
	bool child = f->s.state == TCP_STATE_SYN_RECV;
	struct listener *l = ours ? NULL : figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = ours || child ? identity_find(t, &f->s) : identity_find_request(t, &f->s);
	struct event *e;

	/*
	 * Another request of the same client: the one that we know has gone unseen, nobody knows
	 * when.
	 */
	if (c && !ours && !child && c->isns_known && f->server_isn &&
	    c->server_isn != f->server_isn) {
		c->t_begin = c->t_state = 0;
		request_end(t, c, h->t, DROP_UNKNOWN);
		c = NULL;
	}
	if (!c && child)
		c = identity_fast_open(t, &f->s);
	if (!c && !ours && !child) {
		/* Older than the tracer, or its SYN was lost: its begin is not known. */
		c = tracked_add(t, &f->s, true);
		if (!c)
			return;
		c->role = ROLE_SERVER;
		c->state = TCP_STATE_SYN_RECV;
		c->flags |= CONN_PAST_UNKNOWN | (t->walked ? 0 : CONN_PREEXISTING);
		listener_attach(t->listeners, c, l);
		owner_from_listener(c, l);
	}
	if (c)
		sent_again(t, c, f);
	e = line_begin(&t->lines, EVENT_RETRANSMIT, h->t);
	if (c)
		line_conn(&t->lines, c, listener_of(t, c));
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
		if (l && figures_full_queue(l) != DROP_UNKNOWN)
			event_set_text(e, F_REASON, drop_reason_name(figures_full_queue(l)));
		else
			l = NULL;
	}
	line_queues(&t->lines, l);
	line_emit(&t->lines);
}

void tracker_on_expired(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct conn *c = identity_find_request(t, &f->s);
	struct listener *l;

	/*
	 * The figures are of after its end, but the counter will move for it yet (tcp_listendrop in
	 * tcp_req_err).
	 */
	l = listener_by_queues(t->listeners, &f->q);
	if (l && h->flags & FACT_F_UNREACHABLE)
		l->named_drops++;
	figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (!c)
		return;
	learn_isns(c, f);
	request_end(t, c, h->t,
		    h->flags & FACT_F_UNREACHABLE ? DROP_CLIENT_UNREACHABLE : DROP_REQUEST_EXPIRED);
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
void request_expire(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;
	bool patient = !c->synack_retrans || conn_is(c, CONN_ACK_REFUSED);
	unsigned int doublings = patient ? 5 : c->synack_retrans < 7 ? c->synack_retrans : 7;
	uint64_t overdue = (NS_S << doublings) * 2 + NS_S / 2;
	bool expired;

	if (!c->t_last || t->t_now < c->t_last + overdue)
		return;
	c->t_begin = c->t_state = 0;
	figures_uncount_request(t, c);
	expired = c->synack_retrans && !tracker_exact(t, KNOW_REQUEST_EXPIRED);
	request_end(t, c, t->t_now, expired ? DROP_REQUEST_EXPIRED : DROP_UNKNOWN);
}
