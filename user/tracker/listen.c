// SPDX-License-Identifier: BSD-2-Clause
/* The listener: listen(), its end, its verdict. */
#include <string.h>

#include "listener/durations.h"
#include "tracker/accept_queue.h"
#include "tracker/failed_calls.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/tracked.h"

/* ---- listen() ---- */

static void learn_addr(struct listener *l, const struct fact_sock *s)
{
	l->family = s->family;
	l->ifindex = s->ifindex;
	memcpy(l->addr, s->laddr, sizeof(l->addr));
	l->addr_known = true;
}

static void learn_listen(struct tracker *t, struct listener *l, const struct fact_listen *f)
{
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	learn_addr(l, &f->s);
	owner_of_listener(t, l, &f->task);
	l->opener = f->task.pid;
	l->somaxconn = f->somaxconn;
	l->asked_known = f->asked_known;
	l->backlog_asked = f->backlog_asked;
}

static void transition_line(struct tracker *t, uint64_t at, const struct listener *l,
			    unsigned int old_state, unsigned int new_state)
{
	struct event *e = line_begin(&t->lines, EVENT_STATE, at);

	event_set(e, F_OLD, old_state);
	event_set(e, F_NEW, new_state);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
}

static void listen_line(struct tracker *t, const struct fact_listen *f, const struct listener *l)
{
	struct event *e = &t->lines.e;

	if (f->h.flags & FACT_F_AGAIN) {
		figures_line(t, l, f->h.t);
	} else {
		transition_line(t, f->h.t, l, f->old, f->new);
		line_as_fired(&t->lines);
	}
	if (l->asked_known)
		event_set(e, F_BACKLOG_ASKED, l->backlog_asked);
	if (l->somaxconn)
		event_set(e, F_SOMAXCONN, l->somaxconn);
	if (f->h.flags & FACT_F_MPTCP)
		event_set(e, F_MPTCP, true);
	line_emit(&t->lines);
}

/* Some programs call listen() again and again: news is a new limit, or another process. */
static bool says_more(const struct listener *l, const struct fact_listen *f)
{
	return !l->asked_known || !f->asked_known || l->backlog_asked != f->backlog_asked ||
	       l->backlog != f->q.backlog || l->opener != f->task.pid;
}

static void listen_failed(struct tracker *t, const struct fact_listen *f)
{
	failed_call(t, f->h.t,
		    &(struct failed_call){.type = EVENT_LISTEN_ERROR,
					  .s = f->s,
					  .task = f->task,
					  .err = f->err,
					  .asked_known = f->asked_known,
					  .backlog_asked = f->backlog_asked});
}

void tracker_on_listen(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_listen *f = (const struct fact_listen *)h;
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	bool again = h->flags & FACT_F_AGAIN, news;

	if (f->err) {
		listen_failed(t, f);
		return;
	}
	if (l && !l->alive) /* it listens again after a shutdown(): that is another listener */
		l = NULL;
	if (l && l->t_state && !again)
		return; /* a duplicate */
	if (!l)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport, h->t);
	if (!l)
		return;
	news = !again || says_more(l, f);
	learn_listen(t, l, f);
	if (!again)
		l->t_state = h->t;
	figures_unnamed_refusals(t, l, h->t, listener_update(l, h->t, &f->q));
	if (news)
		listen_line(t, f, l);
}

/* ---- the end ---- */

static void end_listener(struct tracker *t, struct listener *l, uint64_t at)
{
	figures_emit_accept_errors(t, l, at, NULL);
	transition_line(t, at, l, TCP_STATE_LISTEN, TCP_STATE_CLOSE);
	if (l->t_state)
		event_set(&t->lines.e, F_IN_OLD_NS, at - l->t_state);
	line_emit(&t->lines);
	accept_queue_flush(t, l, at);
	listener_died(t->listeners, l);
}

static void unknown_closed_line(struct tracker *t, const struct fact_closed *f)
{
	struct event *e = line_begin(&t->lines, EVENT_STATE, f->h.t);

	event_set(e, F_OLD, f->old);
	event_set(e, F_NEW, f->new);
	event_set_enum(e, F_ROLE, ROLE_LISTENER);
	line_ends(&t->lines, &f->s);
	line_emit(&t->lines);
}

void listen_closed(struct tracker *t, const struct fact_closed *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);

	if (l ? !l->alive : ended_lately(t, f->s.cookie))
		return; /* a duplicate */
	ended_remember(t, f->s.cookie, NULL);
	if (l) {
		learn_addr(l, &f->s);
		end_listener(t, l, f->h.t);
	} else {
		unknown_closed_line(t, f);
	}
}

void listen_lost(struct tracker *t, struct listener *l, uint64_t at)
{
	l->t_state = 0;
	end_listener(t, l, at);
}

/* ---- the verdict ---- */

static void spreads_of(const struct listener *l, struct spread *handshake, struct spread *wait)
{
	const struct listener_since *since = l->since;

	durations_quantiles(since ? &since->handshake : NULL, &handshake->since);
	durations_quantiles(since ? &since->accept_wait : NULL, &wait->since);
	histogram_spread(l->handshake, handshake->shorter);
	histogram_spread(l->accept_wait, wait->shorter);
}

static void verdict_line(struct tracker *t, struct listener *l, uint64_t at,
			 const struct verdict_input *in)
{
	struct listener_figures figures = figures_of(t, l);
	struct spread handshake, accept_wait;
	char advice[256];

	spreads_of(l, &handshake, &accept_wait);
	figures.handshake = &handshake;
	figures.accept_wait = &accept_wait;
	figures.oldest_wait_ns = listener_oldest_wait(t->conns, l, at, &figures.oldest_at_least);
	verdict_advice(l->verdict, in, advice, sizeof(advice));
	figures.advice = advice;
	figures.since_ns = at - l->line_t;
	figures.completed_since = l->completed - l->line_completed;
	figures.accepted_since = l->accepted - l->line_accepted;
	listener_figures_put(&figures, line_begin(&t->lines, EVENT_LISTENER, at));
	line_emit(&t->lines);
	l->line_t = at;
	l->line_completed = l->completed;
	l->line_accepted = l->accepted;
	if (l->since)
		*l->since = (struct listener_since){0};
}

/*
 * Accepts that no hook sees are reported once as soon as they are certain, and later with the other
 * figures. A process that is starved may report its accept() late.
 */
static bool unseen_is_news(struct listener *l, uint64_t at)
{
	if (!l->unseen || !l->unseen_t || at < l->unseen_t + UNSEEN_WAIT)
		return false;
	l->unseen_t = 0;
	return true;
}

void listen_judge(void *ctx, struct listener *l)
{
	struct tracker *t = ctx;
	enum verdict before = l->verdict;
	struct verdict_input in;
	uint64_t at = t->t_now;
	bool due;

	if (!l->alive)
		return;
	if (l->error_t && at >= l->error_t + ERROR_EVERY)
		figures_emit_accept_errors(t, l, at, NULL);
	owner_inherit_listener(l);
	listener_window_close(t->conns, l, at, &in);
	l->verdict = verdict_judge(&in, &t->config.verdict);
	if (verdict_undecided(&in, &t->config.verdict))
		l->window.refused = in.refused;
	due = t->config.interval_ns && at - l->line_t >= t->config.interval_ns;
	if (unseen_is_news(l, at) || due || l->verdict != before)
		verdict_line(t, l, at, &in);
}
