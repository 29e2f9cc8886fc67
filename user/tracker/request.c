// SPDX-License-Identifier: BSD-2-Clause
/* Half open: a SYN makes a request, its SYN-ACK goes out again, it expires. */
#include <string.h>

#include "tracker/connecting.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"
#include "tracker/translated.h"

/* ---- the end of a request ---- */

static void given_up_line(struct tracker *t, const struct conn *c, uint64_t at,
			  enum drop_reason given_up)
{
	const struct listener *l = listener_of(t, c);
	struct event *e = line_begin(&t->lines, EVENT_DROP, at);

	line_conn(&t->lines, c, l);
	line_isns(&t->lines, c);
	line_queues(&t->lines, l);
	event_set(e, F_COUNT, 1);
	event_set_enum(e, F_DROP_REASON, given_up);
	event_set(e, F_SYNACK_RETRANS, c->synack_retrans);
	if (conn_is(c, CONN_ACK_REFUSED))
		event_set(e, F_CLIENT_BELIEVES, true);
	line_emit(&t->lines);
}

void request_end(struct tracker *t, struct conn *c, uint64_t at, enum drop_reason given_up)
{
	const struct listener *l = listener_of(t, c);
	enum cause why = state_cause(c);
	struct event *e;

	/* Its timer found the listener closed, and ended it for that (reqsk_timer_handler). */
	if (given_up == DROP_REQUEST_EXPIRED && l && !l->alive) {
		given_up = DROP_UNKNOWN;
		why = CAUSE_LISTENER_CLOSED;
	}
	if (given_up)
		why = given_up == DROP_CLIENT_UNREACHABLE ? CAUSE_CLIENT_UNREACHABLE
							  : CAUSE_REQUEST_EXPIRED;
	e = state_enter(t, c, at, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE);
	if (why)
		event_set_enum(e, F_REASON, why);
	line_emit(&t->lines);
	if (given_up) {
		conn_ended_by(c, given_up == DROP_CLIENT_UNREACHABLE ? END_UNREACHABLE
								     : END_TIMED_OUT);
		figures_count_refusal(t, given_up, NULL, 1);
		given_up_line(t, c, at, given_up);
	}
	state_end(t, c, at, at);
}

/* Another request took its place. How and when it ended was not seen: no duration is known. */
static void end_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	c->t_begin = c->t_state = 0;
	request_end(t, c, at, DROP_UNKNOWN);
}

/* ---- SYN ---- */

static void learn_isns(struct tracker *t, struct conn *c, const struct fact_syn *f)
{
	if (c->isns_known || !f->server_isn)
		return;
	c->client_isn = f->client_isn;
	c->server_isn = f->server_isn;
	c->isns_known = true;
	translated_server(t, c);
}

/* Whether f is about the request c: its SYN-ACK passes one more device, or goes out again. */
static bool is_same_request(const struct conn *c, const struct fact_syn *f)
{
	if (c->isns_known)
		return c->server_isn == f->server_isn;
	/* c was found in the kernel's tables, which do not hold the numbers. */
	return f->h.flags & FACT_F_SYNACK;
}

static void request_line(struct tracker *t, struct event *e, const struct conn *c)
{
	event_set_enum(e, F_BASIS, conn_is(c, CONN_FROM_SYNACK) ? BASIS_SYNACK : BASIS_SYN);
	line_isns(&t->lines, c);
	line_queues(&t->lines, listener_of(t, c));
	line_emit(&t->lines);
}

void tracker_on_syn(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	struct listener *l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	struct conn *c = identity_find_request(t, &f->s);

	if (c && is_same_request(c, f)) {
		learn_isns(t, c, f);
		conn_learn_cookie(t->conns, c, f->s.cookie);
		return;
	}
	if (c)
		end_unseen(t, c, h->t);
	c = tracked_add(t, &f->s, true);
	if (!c)
		return;
	conn_has_role(c, ROLE_SERVER);
	c->t_begin = c->t_last = h->t;
	learn_isns(t, c, f);
	if (h->flags & FACT_F_SYNACK)
		c->flags |= CONN_FROM_SYNACK;
	if (h->flags & FACT_F_MPTCP)
		c->flags |= CONN_MPTCP;
	if (h->flags & FACT_F_DEFERS)
		c->flags |= CONN_DEFERS;
	if (l)
		l->defers = h->flags & FACT_F_DEFERS;
	listener_attach(t->listeners, c, l);
	owner_from_listener(c, l);
	request_line(t, state_enter(t, c, h->t, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV), c);
}

/* ---- SYN or SYN-ACK, sent again ---- */

/* Who sent again: it decides what the fact is about. */
enum sender {
	SENDER_CLIENT,	/* our SYN */
	SENDER_REQUEST, /* a SYN-ACK */
	SENDER_CHILD,	/* a SYN-ACK of a fast open, which has a socket before its handshake ends */
};

static enum sender sender_of(const struct fact_syn *f)
{
	if (f->s.state == TCP_STATE_SYN_SENT)
		return SENDER_CLIENT;
	return f->s.state == TCP_STATE_SYN_RECV ? SENDER_CHILD : SENDER_REQUEST;
}

/* The connection or request that sent again. NULL: not known, or no memory. */
static struct conn *sending_conn(struct tracker *t, const struct fact_syn *f, struct listener *l)
{
	enum sender sender = sender_of(f);
	struct conn *c;

	if (sender != SENDER_REQUEST) {
		c = identity_find(t, &f->s);
		return c || sender == SENDER_CLIENT ? c : identity_fast_open(t, &f->s);
	}
	c = identity_find_request(t, &f->s);
	if (c && c->isns_known && f->server_isn && c->server_isn != f->server_isn) {
		end_unseen(t, c, f->h.t);
		c = NULL;
	}
	return c ? c : identity_adopt_request(t, &f->s, l);
}

static void learn_retransmit(struct tracker *t, struct conn *c, const struct fact_syn *f)
{
	uint32_t attempt = c->synack_retrans + 1u;

	if (attempt < f->attempt)
		attempt = f->attempt;
	c->synack_retrans = attempt < UINT8_MAX ? (uint8_t)attempt : UINT8_MAX;
	c->t_last = f->h.t;
	learn_isns(t, c, f);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	conn_learn_ends(t->conns, c, &f->s);
	conn_touch(t->conns, c);
}

static void syn_again_line(struct tracker *t, const struct fact_syn *f, struct conn *c)
{
	struct listener *l = c ? connecting_refused(t, c) : NULL;
	struct event *e = line_begin(&t->lines, EVENT_RETRANSMIT, f->h.t);

	if (c)
		line_conn(&t->lines, c, listener_of(t, c));
	else
		line_ends(&t->lines, &f->s);
	event_set_enum(e, F_WHAT, RESENT_SYN);
	event_set(e, F_ATTEMPT, c ? c->synack_retrans : f->attempt);
	if (l)
		event_set_enum(e, F_DROP_REASON, figures_full_queue(l));
	line_queues(&t->lines, l);
	line_emit(&t->lines);
}

static void synack_again_line(struct tracker *t, const struct fact_syn *f, const struct conn *c,
			      const struct listener *l)
{
	struct event *e = line_begin(&t->lines, EVENT_RETRANSMIT, f->h.t);

	if (c) {
		line_conn(&t->lines, c, listener_of(t, c));
		line_isns(&t->lines, c);
		if (conn_is(c, CONN_ACK_REFUSED))
			event_set(e, F_CLIENT_BELIEVES, true);
	} else {
		line_ends(&t->lines, &f->s);
	}
	event_set_enum(e, F_WHAT, RESENT_SYNACK);
	event_set(e, F_ATTEMPT, c ? c->synack_retrans : f->attempt);
	line_queues(&t->lines, l);
	line_emit(&t->lines);
}

void tracker_on_retransmit(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	enum sender sender = sender_of(f);
	struct listener *l = NULL;
	struct conn *c;

	/* The listener's counter moves for it after the figures were read: nobody was refused. */
	if (h->flags & FACT_F_SYN_CAME && (l = listener_by_queues(t->listeners, &f->q)))
		l->named_drops++;
	if (sender != SENDER_CLIENT)
		l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	c = sending_conn(t, f, l);
	if (!c && sender == SENDER_REQUEST)
		return;
	if (c)
		learn_retransmit(t, c, f);
	if (sender == SENDER_CLIENT)
		syn_again_line(t, f, c);
	else
		synack_again_line(t, f, c, l);
}

/* ---- expiry ---- */

void tracker_on_expired(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_syn *f = (const struct fact_syn *)h;
	bool unreachable = h->flags & FACT_F_UNREACHABLE;
	struct listener *l = listener_by_queues(t->listeners, &f->q);
	struct conn *c = identity_find_request(t, &f->s);

	/*
	 * The figures were read after the request ended, but before its listener's counter moves
	 * for it (tcp_listendrop in tcp_req_err): that refusal has its name here.
	 */
	if (l && unreachable)
		l->named_drops++;
	figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (!c)
		return;
	learn_isns(t, c, f);
	request_end(t, c, h->t, unreachable ? DROP_CLIENT_UNREACHABLE : DROP_REQUEST_EXPIRED);
}

/*
 * How long after its last SYN-ACK a request must be gone. The timer doubles from one second (RFC
 * 6298 5.5). Two kinds stay silently for as long as the kernel's five attempts take together: one
 * that has sent no SYN-ACK again may wait for data (TCP_DEFER_ACCEPT), and one whose final ACK was
 * refused stays while there is no route to the client (reqsk_timer_handler, `acked`).
 */
static uint64_t overdue_after(const struct conn *c)
{
	bool silent = !c->synack_retrans || conn_is(c, CONN_ACK_REFUSED);
	unsigned int doublings = silent ? 5 : c->synack_retrans < 7 ? c->synack_retrans : 7;

	return (NS_S << doublings) * 2 + NS_S / 2;
}

/*
 * Where a hook sees every expiry, a request that is overdue ended in another way (the client's
 * RST). Elsewhere this is how expiry is derived, unless it may have waited for data. When it ended
 * is not known, so no duration is either.
 */
void request_expire(void *ctx, struct conn *c)
{
	struct tracker *t = ctx;
	const struct listener *l = listener_of(t, c);
	/* Of a listener that closed meanwhile the request may have ended before, or by that. */
	bool expired =
		c->synack_retrans && !tracker_exact(t, KNOW_REQUEST_EXPIRED) && !(l && !l->alive);

	if (!c->t_last || t->t_now < c->t_last + overdue_after(c))
		return;
	c->t_begin = c->t_state = 0;
	figures_uncount_request(t, c);
	request_end(t, c, t->t_now, expired ? DROP_REQUEST_EXPIRED : DROP_UNKNOWN);
}
