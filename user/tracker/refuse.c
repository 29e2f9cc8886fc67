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

/*
 * By how much the listener's own counter (sk_drops) moves for this refusal. A final ACK that finds
 * the queue full counts once because no child is made (tcp_listendrop in tcp_v4_syn_recv_sock), and
 * each of its segments counts again because nobody took it (discard_and_relse in tcp_v4_rcv). It
 * has several where the client, believing to be connected, has sent data that GRO put into one
 * packet. A segment that is discarded counts once.
 */
static unsigned int counted_as(const struct fact_drop *f)
{
	if (drop_is_discard((enum drop_reason)f->reason))
		return f->segments ? f->segments : 1;
	if (f->reason == FACT_DROP_COOKIE_INVALID || f->reason == FACT_DROP_LISTENER_CLOSED)
		return 0;
	if (f->h.flags & (FACT_F_SEGMENT_SYN | FACT_F_SYNCOOKIE))
		return 1;
	return 1 + (f->segments ? f->segments : 1);
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
		l->named_drops += counted_as(f);
	return f->q.sk ? figures_observe(t, &f->h, &f->q, f->s.netns, f->s.lport) : l;
}

struct refusal {
	const struct conn *request; /* NULL: none is known */
	const struct listener *l;   /* NULL: not known */
	enum drop_reason reason;
	bool believes; /* the client's connect() has returned: it believes to be connected */
};

static void drop_line(struct tracker *t, const struct fact_drop *f, const struct refusal *r)
{
	struct event *e = line_begin(&t->lines, EVENT_DROP, f->h.t);
	bool syn = f->h.flags & FACT_F_SEGMENT_SYN;

	if (r->request) {
		line_conn(&t->lines, r->request, r->l);
		line_isns(&t->lines, r->request);
	} else {
		line_ends(&t->lines, &f->s);
		line_refused(&t->lines, r->l);
		if (syn)
			event_set(e, F_CLIENT_ISN, f->client_seq);
	}
	event_set(e, F_COUNT, drop_is_discard(r->reason) ? counted_as(f) : 1);
	event_set_enum(e, F_SEGMENT, syn ? SEGMENT_SYN : SEGMENT_ACK);
	if (r->reason != DROP_UNKNOWN)
		event_set_enum(e, F_DROP_REASON, r->reason);
	if (r->believes)
		event_set(e, F_CLIENT_BELIEVES, true);
	if (f->h.flags & FACT_F_SYNCOOKIE)
		event_set(e, F_SYNCOOKIE, true);
	line_queues(&t->lines, r->l);
	if (r->l && r->l->drops_known)
		event_set(e, F_DROPS_TOTAL, r->l->drops);
	line_emit(&t->lines);
}

void tracker_on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;
	bool syn = h->flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : identity_find_request(t, &f->s);
	struct listener *l = refusing_listener(t, f, c);
	struct refusal r = {
		.request = c,
		.l = l,
		.reason = (enum drop_reason)f->reason,
		/* A client that our RST has reached knows better. */
		.believes = !syn && h->flags & FACT_F_ACKED &&
			    (c || !request_was_reset(t, &f->s, h->t)),
	};

	if (r.reason == DROP_UNKNOWN && l)
		r.reason = figures_full_queue(l);
	if (drop_is_discard(r.reason))
		t->drops[r.reason] += counted_as(f); /* the listener has not refused anybody */
	else
		figures_count_refusal(t, r.reason, l, 1);
	if (c && r.believes)
		c->flags |= CONN_ACK_REFUSED;
	drop_line(t, f, &r);
}
