// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/whole_run.h"

#include <stdlib.h>

#include "base/units.h"
#include "event/tcp.h"
#include "listener/durations.h"
#include "tracker/figures.h"

struct gathering {
	const struct tracker *t;
	struct whole_run *run;
};

static void gather(void *ctx, struct listener *l)
{
	const struct gathering *g = ctx;
	struct listener_figures figures = figures_of(g->t, l);
	struct listener_summary *s = &g->run->list[g->run->count++];

	*s = listener_figures_summary(&figures);
	histogram_quantiles(l->handshake, &s->handshake);
	histogram_quantiles(l->accept_wait, &s->accept_wait);
	if (l->alive)
		g->run->still_queued += l->queued;
}

static void gather_stuck(void *ctx, struct conn *c)
{
	const struct gathering *g = ctx;
	struct whole_run *run = g->run;
	uint64_t since = c->t_state ? c->t_state : g->t->t_first;
	uint64_t stuck_ns = g->t->t_now - since;
	const struct listener *l = listener_of(g->t, c);
	struct listener_summary *s = NULL;

	if (c->state != TCP_STATE_CLOSE_WAIT || g->t->t_now < since + NS_S ||
	    c->stage == STAGE_QUEUED)
		return;
	run->stuck++;
	if (stuck_ns > run->stuck_ns) {
		run->stuck_ns = stuck_ns;
		run->stuck_pid = c->pid;
		run->stuck_name = c->name;
	}
	for (size_t i = 0; l && l->cookie && i < run->count && !s; i++)
		if (run->list[i].cookie == l->cookie)
			s = &run->list[i];
	if (!s)
		return;
	s->stuck++;
	if (stuck_ns <= s->stuck_ns)
		return;
	s->stuck_ns = stuck_ns;
	s->stuck_pid = c->pid;
}

void whole_run_look(struct whole_run *run, const struct tracker *t)
{
	struct gathering g = {.t = t, .run = run};

	*run = (struct whole_run){
		.list = calloc(listeners_count(t->listeners) + 1, sizeof(*run->list))};
	if (run->list)
		listeners_each(t->listeners, gather, &g);
	conn_each(t->conns, false, gather_stuck, &g);
}

void whole_run_emit(struct whole_run *run, struct tracker *t)
{
	bool accepts_known = !tracker_absent(t, KNOW_ACCEPT);
	struct listener_summaries listeners = {.count = run->count, .list = run->list};
	const struct run_totals totals = {
		.connections = t->connections,
		.before_known = true,
		.before = t->connections_before,
		.doubtful = t->doubtful,
		.accepts_known = accepts_known,
		.accepted = t->accepted + t->unseen,
		.unseen = t->unseen,
		.departed = t->departed,
		.stuck = run->stuck,
		.stuck_ns = run->stuck_ns,
		.stuck_pid = run->stuck_pid,
		.stuck_comm = names_text(t->names, run->stuck_name),
		.still_queued = run->still_queued,
		.never_established = t->never_established,
		.never_accepted_known = accepts_known,
		.never_accepted = t->never_accepted,
		.drops = t->drops,
		.lost = t->lost,
		.listeners = &listeners,
	};

	run_totals_put(&totals, line_begin(&t->lines, EVENT_SUMMARY, t->t_now));
	line_emit(&t->lines);
	free(run->list);
}
