// SPDX-License-Identifier: BSD-2-Clause
/* The listener: its limits, its counters, its verdict, its end. */
#include "tracker/state.h"

#include <string.h>

/* ---- refusals ---- */

void life_count_drop(struct tracker *t, enum drop_reason reason, struct listener *l, uint64_t count)
{
	t->drops[reason] += count;
	if (l)
		listener_refused(l, count);
}

enum drop_reason life_full_queue(const struct listener *l)
{
	if (l->accept_full)
		return DROP_ACCEPT_QUEUE_FULL;
	return l->syn_full ? DROP_SYN_QUEUE_FULL : DROP_UNKNOWN;
}

/*
 * The listener's own counter has risen by more than was told one by one: SYNs were refused that no
 * hook saw. Which queue was full follows from its figures; the clients stay unnamed. If none was,
 * nobody was refused: the counter also moves for a SYN that comes again to its request, and for an
 * ACK that waits for data (TCP_DEFER_ACCEPT).
 */
void life_unnamed_drops(struct tracker *t, struct listener *l, uint64_t at, uint64_t count)
{
	enum drop_reason reason = life_full_queue(l);
	struct event *e;

	if (!count || reason == DROP_UNKNOWN)
		return;
	/*
	 * Where each is named, those that are not yet will be: another CPU counted before it sent
	 * its fact.
	 */
	if (life_exact(t, KNOW_SYN_DROP) && life_exact(t, KNOW_ACK_DROP))
		return;
	life_count_drop(t, reason, l, count);
	e = line_begin(&t->lines, EVENT_DROP, at);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	event_set(e, F_COUNT, count);
	/*
	 * Where cookies were sent it may be an ACK that carried one: no tracepoint tells of those.
	 */
	if (!life_absent(t, KNOW_ACK_DROP) && !l->cookie_stamp)
		event_set_text(e, F_SEGMENT, "syn");
	event_set_text(e, F_REASON, drop_reason_name(reason));
	event_set(e, F_DROPS_TOTAL, l->drops);
	line_tell(&t->lines);
}

static void set_figures(struct tracker *t, const struct listener *l)
{
	struct event *e = &t->lines.e;

	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	event_set(e, F_ACCEPT_QUEUE_PEAK, l->peak);
	if (l->drops_known)
		event_set(e, F_DROPS_TOTAL, l->drops);
	event_set(e, F_REFUSED, l->refused);
	event_set(e, F_COMPLETED, l->completed);
	if (!life_absent(t, KNOW_ACCEPT))
		event_set(e, F_ACCEPTED_COUNT, l->accepted);
	event_set_text(e, F_VERDICT, verdict_name(l->verdict));
}

/*
 * More wait, as we have it, than the kernel says, and not for a moment: the oldest have been taken,
 * unseen.
 */
static void missed_accepts(struct tracker *t, struct listener *l, uint64_t at,
			   uint32_t accept_queue)
{
	struct conn *c;

	if (l->queued <= accept_queue) {
		l->excess_t = 0;
		return;
	}
	if (!l->excess_t)
		l->excess_t = at;
	if (at < l->excess_t + ACCEPT_WAIT)
		return;
	for (uint32_t more = l->queued - accept_queue; more; more--) {
		c = conn_get(t->conns, l->queue_oldest);
		if (!c || (c->t_established ? c->t_established : c->t_last) + ACCEPT_WAIT > at)
			return;
		life_taken_unseen(t, c, at);
	}
}

void life_refresh(struct tracker *t, struct listener *l, uint64_t at, const struct fact_queues *q)
{
	bool relisten = l->alive && l->queues_known && l->backlog != q->backlog;

	missed_accepts(t, l, at, q->accept_queue);
	l->figures_t = at;
	life_unnamed_drops(t, l, at, listener_update(l, q));
	if (!relisten)
		return;
	/* listen() was called again, where no hook tells of it. */
	l->asked_known = false;
	line_begin(&t->lines, EVENT_LISTENER, at);
	set_figures(t, l);
	line_tell(&t->lines);
}

/* The listener that a hook names, with its figures of that moment. NULL: the hook named none. */
struct listener *life_observe(struct tracker *t, const struct fact_hdr *h,
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
	life_refresh(t, l, h->t, q);
	return l;
}

/* ---- the listener ---- */

static void learn_addr(struct listener *l, const struct fact_sock *s)
{
	l->family = s->family;
	memcpy(l->addr, s->laddr, sizeof(l->addr));
	l->addr_known = true;
}

void life_on_listen(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_listen *f = (const struct fact_listen *)h;
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	bool again = h->flags & FACT_F_AGAIN;
	struct event *e;

	if (l && !l->alive) /* it listens again after a shutdown: another life */
		l = NULL;
	if (l && l->t_state && !again)
		return; /* told twice: the second program and the first */
	if (!l)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport, h->t);
	if (!l)
		return;
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	learn_addr(l, &f->s);
	if (f->task.pid) {
		l->pid = f->task.pid;
		l->name = names_id(t->names, f->task.comm);
		names_learn(t->names, l->pid, l->name);
	}
	l->somaxconn = f->somaxconn;
	l->asked_known = f->asked_known;
	l->backlog_asked = f->backlog_asked;
	life_unnamed_drops(t, l, h->t, listener_update(l, &f->q));
	if (again) {
		e = line_begin(&t->lines, EVENT_LISTENER, h->t);
		set_figures(t, l);
	} else {
		l->t_state = h->t;
		e = line_begin(&t->lines, EVENT_STATE, h->t);
		event_set(e, F_OLD, f->old);
		event_set(e, F_NEW, f->new);
		line_listener(&t->lines, l);
		line_queues(&t->lines, l);
		/* as it fired, of either side; who called listen(), with what, is known besides */
		if (t->config.raw) {
			event_set(e, F_RAW, true);
			t->lines.muted = false;
		}
	}
	if (l->asked_known)
		event_set(e, F_BACKLOG_ASKED, l->backlog_asked);
	if (l->somaxconn)
		event_set(e, F_SOMAXCONN, l->somaxconn);
	if (h->flags & FACT_F_MPTCP)
		event_set(e, F_MPTCP, true);
	line_tell(&t->lines);
}

/*
 * Corpses that nobody will take out any more: they ended as they did. Living children are closed
 * one by one and have facts of their own.
 */
static void bury(struct tracker *t, struct listener *l, uint64_t at)
{
	struct conn *c, *next;

	for (c = conn_get(t->conns, l->queue_oldest); c; c = next) {
		next = conn_get(t->conns, c->queue_newer);
		if (!conn_is(c, CONN_CLOSED)) {
			c->flags |= CONN_LISTENER_GONE;
			continue;
		}
		listener_dequeue(t->listeners, t->conns, c);
		life_tell_close(t, c, at, c->t_state);
	}
}

static void end_listener(struct tracker *t, struct listener *l, uint64_t at)
{
	struct event *e;

	life_accept_errors(t, l, at, NULL);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, TCP_STATE_LISTEN);
		event_set(e, F_NEW, TCP_STATE_CLOSE);
		if (l->t_state)
			event_set(e, F_IN_OLD_NS, at - l->t_state);
		line_listener(&t->lines, l);
		line_queues(&t->lines, l);
		line_tell(&t->lines);
	}
	bury(t, l, at);
	listener_died(t->listeners, l);
}

void life_listener_closed(struct tracker *t, const struct fact_closed *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	struct event *e;

	life_tell_raw(t, &f->h, &f->s, f->old, f->new);
	if (l ? !l->alive : life_ended_lately(t, f->s.cookie))
		return; /* told twice */
	life_remember_ended(t, f->s.cookie);
	if (l) {
		learn_addr(l, &f->s);
		end_listener(t, l, f->h.t);
	} else if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, f->h.t);
		event_set(e, F_OLD, f->old);
		event_set(e, F_NEW, f->new);
		event_set_text(e, F_ROLE, "listener");
		line_ends(&t->lines, &f->s);
		line_tell(&t->lines);
	}
}

void life_listener_lost(struct tracker *t, struct listener *l, uint64_t at)
{
	l->t_state = 0;
	end_listener(t, l, at);
}

static uint64_t rate(uint64_t count, uint64_t ns)
{
	return ns ? (uint64_t)((double)count * 1e9 / (double)ns + 0.5) : 0;
}

void life_judge(void *ctx, struct listener *l)
{
	struct tracker *t = ctx;
	uint64_t at = t->t_now, since = at - l->line_t;
	struct verdict_input in;
	enum verdict before = l->verdict;
	char advice[256];
	struct event *e;
	bool due;

	if (!l->alive)
		return;
	if (l->error_t && at >= l->error_t + ERROR_EVERY)
		life_accept_errors(t, l, at, NULL);
	listener_window_close(t->conns, l, at, &in);
	l->verdict = verdict_judge(&in, &t->config.verdict);
	due = t->config.interval_ns && since >= t->config.interval_ns;
	if (l->verdict == before && !due)
		return;
	e = line_begin(&t->lines, EVENT_LISTENER, at);
	set_figures(t, l);
	event_set(e, F_COMPLETED_RATE, rate(l->completed - l->line_completed, since));
	if (!life_absent(t, KNOW_ACCEPT))
		event_set(e, F_ACCEPTED_RATE, rate(l->accepted - l->line_accepted, since));
	verdict_advice(l->verdict, &in, advice, sizeof(advice));
	if (advice[0])
		event_set_text(e, F_ADVICE, advice);
	line_tell(&t->lines);
	l->line_t = at;
	l->line_completed = l->completed;
	l->line_accepted = l->accepted;
}
