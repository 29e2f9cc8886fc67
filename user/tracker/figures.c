// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/figures.h"

#include "base/errnos.h"
#include "tracker/accept_queue.h"

enum drop_reason figures_full_queue(const struct listener *l)
{
	if (l->accept_full)
		return DROP_ACCEPT_QUEUE_FULL;
	return l->syn_full ? DROP_SYN_QUEUE_FULL : DROP_UNKNOWN;
}

/* waited: how long a connection had waited in the queue when others were refused; ns. */
static void count_refusal(struct tracker *t, enum drop_reason reason, struct listener *l,
			  uint64_t count, uint64_t waited)
{
	t->drops[reason] += count;
	if (l)
		listener_refused(l, count, waited, waited >= t->config.verdict.slow_ns);
}

void figures_count_refusal(struct tracker *t, enum drop_reason reason, struct listener *l,
			   uint64_t count)
{
	count_refusal(t, reason, l, count,
		      l ? listener_oldest_wait(t->conns, l, t->t_now, NULL) : 0);
}

/*
 * When they were refused is not known, only that the kernel's counter was read since. They count as
 * refused while the program was slow if a connection that was taken in this window had waited long.
 */
static void count_unnamed(struct tracker *t, enum drop_reason reason, struct listener *l,
			  uint64_t count)
{
	uint64_t waited = listener_oldest_wait(t->conns, l, t->t_now, NULL);

	if (l->window.waits.max > waited)
		waited = l->window.waits.max;
	count_refusal(t, reason, l, count, waited);
}

/* Which queue was full follows from the figures; the clients stay unnamed. */
static void unnamed_line(struct tracker *t, const struct listener *l, uint64_t at, uint64_t count,
			 enum drop_reason reason)
{
	struct event *e = line_begin(&t->lines, EVENT_DROP, at);

	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	event_set(e, F_COUNT, count);
	/*
	 * A listener that sent SYN cookies may have refused an ACK with one: no tracepoint sees it.
	 */
	if (!tracker_absent(t, KNOW_ACK_DROP) && !l->cookie_stamp)
		event_set_enum(e, F_SEGMENT, SEGMENT_SYN);
	event_set_enum(e, F_DROP_REASON, reason);
	event_set(e, F_DROPS_TOTAL, l->drops);
	line_emit(&t->lines);
}

/*
 * If no queue was full nobody was refused: the counter also rises for a SYN that comes again to its
 * request, and for an ACK while the listener waits for data (TCP_DEFER_ACCEPT).
 */
void figures_unnamed_refusals(struct tracker *t, struct listener *l, uint64_t at, uint64_t count)
{
	enum drop_reason reason = figures_full_queue(l);

	if (!count || reason == DROP_UNKNOWN)
		return;
	/*
	 * Where hooks name every refusal, the fact is still to come: another CPU counts before it
	 * sends.
	 */
	if (tracker_exact(t, KNOW_SYN_DROP) && tracker_exact(t, KNOW_ACK_DROP))
		return;
	count_unnamed(t, reason, l, count);
	unnamed_line(t, l, at, count, reason);
}

struct listener_figures figures_of(const struct tracker *t, const struct listener *l)
{
	return (struct listener_figures){
		.identity = line_identity_of(&t->lines, l),
		.queues = line_queues_of(l),
		.peak = l->peak,
		.drops_known = l->drops_known,
		.drops = l->drops,
		.cookies_sent = l->cookies_sent,
		.completed = l->completed,
		.refused = l->refused,
		.closed = !l->alive,
		.accepts_known = !tracker_absent(t, KNOW_ACCEPT),
		.accepted = l->accepted + l->unseen,
		.unseen = l->unseen,
		.departed = l->departed,
		.verdict = l->verdict,
	};
}

void figures_line(struct tracker *t, const struct listener *l, uint64_t at)
{
	struct listener_figures figures = figures_of(t, l);

	listener_figures_put(&figures, line_begin(&t->lines, EVENT_LISTENER, at));
}

void figures_refresh(struct tracker *t, struct listener *l, uint64_t at,
		     const struct fact_queues *q)
{
	bool relisten = l->alive && l->queues_known && l->backlog != q->backlog;

	accept_queue_reconcile(t, l, at, q->accept_queue);
	figures_unnamed_refusals(t, l, at, listener_update(l, at, q));
	if (!relisten)
		return;
	/* listen() was called again and no hook saw it: what was asked for is not known. */
	l->asked_known = false;
	figures_line(t, l, at);
	line_emit(&t->lines);
}

struct listener *figures_observe(struct tracker *t, const struct fact_hdr *h,
				 const struct fact_queues *q, uint32_t netns, uint16_t port)
{
	struct listener *l;

	if (!q->sk && !q->cookie)
		return NULL;
	l = listener_by_queues(t->listeners, q);
	if (!l)
		l = listener_add(t->listeners, q->cookie, q->sk, netns, port, h->t);
	if (!l)
		return NULL;
	listener_learn(t->listeners, l, q->cookie, q->sk);
	figures_refresh(t, l, h->t, q);
	return l;
}

static void accept_error_line(struct tracker *t, const struct listener *l, uint64_t at,
			      const struct listener_error *err, const struct fact_task *task)
{
	struct event *e = line_begin(&t->lines, EVENT_ACCEPT_ERROR, at);

	line_listener(&t->lines, l);
	if (task)
		line_task(&t->lines, task);
	event_set_text(e, F_ERRNO, errno_name(err->err));
	event_set(e, F_COUNT, err->unreported);
	line_queues(&t->lines, l);
	line_emit(&t->lines);
}

void figures_emit_accept_errors(struct tracker *t, struct listener *l, uint64_t at,
				const struct fact_task *task)
{
	for (int i = 0; i < LISTENER_ERRNOS; i++) {
		struct listener_error *err = &l->errors[i];

		if (!err->unreported)
			continue;
		accept_error_line(t, l, at, err, task);
		err->unreported = 0;
	}
	l->error_t = at;
}

void figures_uncount_request(struct tracker *t, const struct conn *c)
{
	struct listener *l = listener_of(t, c);

	if (l && l->syn_queue)
		l->syn_queue--;
}
