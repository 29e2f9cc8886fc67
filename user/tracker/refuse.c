// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/refuse.h"

#include <stdlib.h>
#include <string.h>

#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"

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

#define RESET_REQUESTS_MAX 16

struct reset_request {
	struct fact_sock s;
	uint64_t t;
};

/* The latest requests that our RST ended; from `next` on the oldest. */
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

/* With tcp_abort_on_overflow the RST comes first, then the segment is given up. */
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

void tracker_on_drop(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_drop *f = (const struct fact_drop *)h;
	enum drop_reason reason = (enum drop_reason)f->reason;
	bool syn = h->flags & FACT_F_SEGMENT_SYN;
	struct conn *c = syn ? NULL : identity_find_request(t, &f->s);
	/* Where our RST has ended the request it knows better. */
	bool believes =
		!syn && h->flags & FACT_F_ACKED && (c || !request_was_reset(t, &f->s, h->t));
	struct listener *l = listener_by_queues(t->listeners, &f->q);
	struct event *e;

	if (!f->q.sk)
		l = c && c->listener ? listener_of(t, c) : listener_by_port(t->listeners, &f->s);
	/*
	 * Named before the figures are looked at: the counter that comes with this fact has it
	 * already, or soon will.
	 */
	if (l)
		l->named_drops += counted_as(f);
	if (f->q.sk)
		l = figures_observe(t, h, &f->q, f->s.netns, f->s.lport);
	if (reason == DROP_UNKNOWN && l)
		reason = figures_full_queue(l);
	figures_count_refusal(t, reason, l, 1);
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
	line_emit(&t->lines);
}
