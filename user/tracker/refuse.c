// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/refuse.h"

#include <stdlib.h>
#include <string.h>

#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"

/* ---- requests that our own RST ended ---- */

#define RESET_REQUESTS_MAX 16

struct reset_request {
	struct fact_sock s;
	uint64_t t;
};

/* The latest; from `next` on the oldest. */
struct reset_requests {
	struct reset_request request[RESET_REQUESTS_MAX];
	unsigned int next;
};

struct reset_requests *reset_requests_new(void)
{
	return calloc(1, sizeof(struct reset_requests));
}

void refuse_remember_reset(struct tracker *t, const struct fact_sock *s, uint64_t at)
{
	struct reset_requests *r = t->reset_requests;

	r->request[r->next] = (struct reset_request){.s = *s, .t = at};
	r->next = (r->next + 1) % RESET_REQUESTS_MAX;
}

/* With tcp_abort_on_overflow the kernel sends the RST first, and then drops the segment. */
static bool request_was_reset(const struct tracker *t, const struct fact_sock *s, uint64_t at)
{
	for (int i = 0; i < RESET_REQUESTS_MAX; i++) {
		const struct reset_request *r = &t->reset_requests->request[i];

		if (r->t && at < r->t + NS_MS && r->s.netns == s->netns && r->s.lport == s->lport &&
		    r->s.rport == s->rport && !memcmp(r->s.raddr, s->raddr, sizeof(s->raddr)) &&
		    !memcmp(r->s.laddr, s->laddr, sizeof(s->laddr)))
			return true;
	}
	return false;
}

/* ---- a refused segment ---- */

static unsigned int segments_of(const struct fact_drop *f)
{
	return f->segments ? f->segments : 1;
}

/*
 * By how much the listener's own counter (sk_drops) moves for this refusal. A final ACK that finds
 * the queue full counts once because no child is made (tcp_listendrop in tcp_v4_syn_recv_sock), and
 * each of its segments counts again because nobody took it (discard_and_relse in tcp_v4_rcv). It
 * has several where the client, believing to be connected, has sent data that GRO put into one
 * packet. A segment that is discarded counts once.
 */
static unsigned int counted_as(const struct fact_drop *f)
{
	if (f->reason == FACT_DROP_COOKIE_INVALID || f->reason == FACT_DROP_LISTENER_CLOSED ||
	    f->reason == FACT_DROP_NETFILTER || f->reason == FACT_DROP_CONNECTION)
		return 0;
	if (drop_is_discard((enum drop_reason)f->reason))
		return segments_of(f);
	if (f->h.flags & (FACT_F_SEGMENT_SYN | FACT_F_SYNCOOKIE))
		return 1;
	return 1 + segments_of(f);
}

/*
 * The listener that refused, with its figures of that moment. The refusal is counted as named
 * before the figures are read: sk_drops, which comes with them, has it already, or soon will.
 */
static struct listener *refusing_listener(struct tracker *t, const struct fact_drop *f,
					  const struct conn *request)
{
	struct listener *l;

	if (f->q.sk)
		l = listener_by_queues(t->listeners, &f->q);
	else if (request && request->listener)
		l = listener_of(t, request);
	else
		l = listener_by_port(t->listeners, &f->s);
	if (l)
		l->named_drops += counted_as(f) + !!(f->h.flags & FACT_F_SYN_CAME);
	return f->q.sk ? figures_observe(t, &f->h, &f->q, f->s.netns, f->s.lport) : l;
}

struct refusal {
	const struct conn *request; /* NULL: none is known */
	const struct listener *l;   /* NULL: not known */
	enum drop_reason reason;
	bool believes; /* the client's connect() has returned: it believes to be connected */
};

/* enum skb_drop_reason, without SKB_DROP_REASON_. NULL: unknown. */
static const char *kernel_discard_reason(unsigned int discard)
{
	static const char *const names[FACT_DISCARDS] = {
		[FACT_DISCARD_TCP_MD5NOTFOUND] = "TCP_MD5NOTFOUND",
		[FACT_DISCARD_TCP_MD5UNEXPECTED] = "TCP_MD5UNEXPECTED",
		[FACT_DISCARD_TCP_MD5FAILURE] = "TCP_MD5FAILURE",
		[FACT_DISCARD_TCP_AUTH_HDR] = "TCP_AUTH_HDR",
		[FACT_DISCARD_TCP_AONOTFOUND] = "TCP_AONOTFOUND",
		[FACT_DISCARD_TCP_AOUNEXPECTED] = "TCP_AOUNEXPECTED",
		[FACT_DISCARD_TCP_AOKEYNOTFOUND] = "TCP_AOKEYNOTFOUND",
		[FACT_DISCARD_TCP_AOFAILURE] = "TCP_AOFAILURE",
		[FACT_DISCARD_SOCKET_FILTER] = "SOCKET_FILTER",
		[FACT_DISCARD_XFRM_POLICY] = "XFRM_POLICY",
		[FACT_DISCARD_TCP_MINTTL] = "TCP_MINTTL",
		[FACT_DISCARD_NETFILTER_DROP] = "NETFILTER_DROP",
		[FACT_DISCARD_TCP_INVALID_SYN] = "TCP_INVALID_SYN",
	};

	return discard < FACT_DISCARDS ? names[discard] : NULL;
}

/* What was discarded had not come as far as the queues, whatever segment it was. */
static enum segment segment_of(const struct fact_drop *f, enum drop_reason reason)
{
	if (f->h.flags & FACT_F_SYNACK)
		return SEGMENT_SYNACK;
	if (drop_is_discard(reason))
		return SEGMENT_OTHER;
	return f->h.flags & FACT_F_SEGMENT_SYN ? SEGMENT_SYN : SEGMENT_ACK;
}

static void drop_line(struct tracker *t, const struct fact_drop *f, const struct refusal *r)
{
	struct event *e = line_begin(&t->lines, EVENT_DROP, f->h.t);
	const char *kernel = kernel_discard_reason(f->discard);

	if (r->request) {
		line_conn(&t->lines, r->request, r->l);
		line_isns(&t->lines, r->request);
	} else {
		line_ends(&t->lines, &f->s);
		line_refused(&t->lines, r->l);
		if (f->h.flags & FACT_F_SEGMENT_SYN)
			event_set(e, F_CLIENT_ISN, f->client_seq);
	}
	event_set(e, F_COUNT, drop_is_discard(r->reason) ? segments_of(f) : 1);
	event_set_enum(e, F_SEGMENT, segment_of(f, r->reason));
	if (r->reason != DROP_UNKNOWN)
		event_set_enum(e, F_DROP_REASON, r->reason);
	if (kernel)
		event_set_text(e, F_KERNEL_REASON, kernel);
	if (r->believes)
		event_set(e, F_CLIENT_BELIEVES, true);
	if (f->h.flags & FACT_F_SYNCOOKIE)
		event_set(e, F_SYNCOOKIE, true);
	line_queues(&t->lines, r->l);
	if (r->l && r->l->drops_known)
		event_set(e, F_DROPS_TOTAL, r->l->drops);
	line_emit(&t->lines);
}

/* Our SYN-ACK did not leave. Its request is told by that, where it is older than the tracer. */
static struct conn *request_of_synack(struct tracker *t, const struct fact_drop *f, struct conn *c,
				      struct listener *l)
{
	if (!c)
		c = identity_adopt_request(t, &f->s, l);
	if (!c)
		return NULL;
	c->t_last = f->h.t;
	conn_learn_cookie(t->conns, c, f->s.cookie);
	conn_touch(t->conns, c);
	return c;
}

static void dropped_at_listener(struct tracker *t, const struct fact_drop *f)
{
	bool syn = f->h.flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : identity_find_request(t, &f->s);
	struct listener *l = refusing_listener(t, f, c);
	struct refusal r = {
		.l = l,
		.reason = (enum drop_reason)f->reason,
		/* A client that our RST has reached knows better. */
		.believes = !syn && f->h.flags & FACT_F_ACKED &&
			    (c || !request_was_reset(t, &f->s, f->h.t)),
	};

	if (f->h.flags & FACT_F_SYNACK)
		c = request_of_synack(t, f, c, l);
	r.request = c;
	/* Of several with that port it is not known whose it was. */
	if (r.reason == DROP_NETFILTER && !l && !listener_at_port(t->listeners, &f->s))
		return;
	if (r.reason == DROP_UNKNOWN && l)
		r.reason = figures_full_queue(l);
	if (drop_is_discard(r.reason))
		t->drops[r.reason] += segments_of(f); /* the listener has not refused anybody */
	else
		figures_count_refusal(t, r.reason, l, 1);
	if (c && r.believes)
		c->flags |= CONN_ACK_REFUSED;
	drop_line(t, f, &r);
	if (c && f->h.flags & FACT_F_GIVEN_UP) {
		figures_uncount_request(t, c);
		request_end(t, c, f->h.t, DROP_REQUEST_EXPIRED);
	}
}

/* It is counted. For a line it has to be known which end that is. */
static void syn_at_connection(struct tracker *t, const struct fact_drop *f)
{
	bool connection = f->s.state != TCP_STATE_LISTEN && f->s.state != TCP_STATE_NEW_SYN_RECV;
	struct conn *c = conn_of_fact(t, &f->s, connection ? f->s.state : 0);
	const char *kernel = kernel_discard_reason(f->discard);
	struct event *e;

	t->drops[DROP_CONNECTION] += segments_of(f);
	if (!c || !c->role)
		return;
	conn_touch(t->conns, c);
	e = line_begin(&t->lines, EVENT_DROP, f->h.t);
	line_conn(&t->lines, c, listener_of(t, c));
	line_isns(&t->lines, c);
	event_set(e, F_COUNT, segments_of(f));
	event_set_enum(e, F_SEGMENT, SEGMENT_SYN);
	event_set_enum(e, F_DROP_REASON, DROP_CONNECTION);
	if (kernel)
		event_set_text(e, F_KERNEL_REASON, kernel);
	line_emit(&t->lines);
}

void tracker_on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;

	if (f->reason == FACT_DROP_CONNECTION)
		syn_at_connection(t, f);
	else
		dropped_at_listener(t, f);
}
