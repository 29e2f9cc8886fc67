// SPDX-License-Identifier: BSD-2-Clause
/* The listener: its limits, its counters, its verdict, its end. */
#include <string.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/raw.h"
#include "tracker/tracked.h"

/* ---- the listener ---- */

static void learn_addr(struct listener *l, const struct fact_sock *s)
{
	l->family = s->family;
	memcpy(l->addr, s->laddr, sizeof(l->addr));
	l->addr_known = true;
}

void tracker_on_listen(struct tracker *t, const struct fact_hdr *h)
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
	figures_unnamed_refusals(t, l, h->t, listener_update(l, &f->q));
	if (again) {
		e = line_begin(&t->lines, EVENT_LISTENER, h->t);
		figures_put(t, l);
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
	line_emit(&t->lines);
}

static void end_listener(struct tracker *t, struct listener *l, uint64_t at)
{
	struct event *e;

	figures_emit_accept_errors(t, l, at, NULL);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, TCP_STATE_LISTEN);
		event_set(e, F_NEW, TCP_STATE_CLOSE);
		if (l->t_state)
			event_set(e, F_IN_OLD_NS, at - l->t_state);
		line_listener(&t->lines, l);
		line_queues(&t->lines, l);
		line_emit(&t->lines);
	}
	accept_queue_flush(t, l, at);
	listener_died(t->listeners, l);
}

void listen_closed(struct tracker *t, const struct fact_closed *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	struct event *e;

	raw_emit(t, &f->h, &f->s, f->old, f->new);
	if (l ? !l->alive : ended_lately(t, f->s.cookie))
		return; /* told twice */
	ended_remember(t, f->s.cookie);
	if (l) {
		learn_addr(l, &f->s);
		end_listener(t, l, f->h.t);
	} else if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, f->h.t);
		event_set(e, F_OLD, f->old);
		event_set(e, F_NEW, f->new);
		event_set_text(e, F_ROLE, "listener");
		line_ends(&t->lines, &f->s);
		line_emit(&t->lines);
	}
}

void listen_lost(struct tracker *t, struct listener *l, uint64_t at)
{
	l->t_state = 0;
	end_listener(t, l, at);
}

static uint64_t rate(uint64_t count, uint64_t ns)
{
	return ns ? (uint64_t)((double)count * 1e9 / (double)ns + 0.5) : 0;
}

void listen_judge(void *ctx, struct listener *l)
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
		figures_emit_accept_errors(t, l, at, NULL);
	listener_window_close(t->conns, l, at, &in);
	l->verdict = verdict_judge(&in, &t->config.verdict);
	due = t->config.interval_ns && since >= t->config.interval_ns;
	if (l->verdict == before && !due)
		return;
	e = line_begin(&t->lines, EVENT_LISTENER, at);
	figures_put(t, l);
	event_set(e, F_COMPLETED_RATE, rate(l->completed - l->line_completed, since));
	if (!tracker_absent(t, KNOW_ACCEPT))
		event_set(e, F_ACCEPTED_RATE, rate(l->accepted - l->line_accepted, since));
	verdict_advice(l->verdict, &in, advice, sizeof(advice));
	if (advice[0])
		event_set_text(e, F_ADVICE, advice);
	line_emit(&t->lines);
	l->line_t = at;
	l->line_completed = l->completed;
	l->line_accepted = l->accepted;
}
