// SPDX-License-Identifier: BSD-2-Clause
/* From what a tally counted to lines, and to rows for those who make something else of it. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "listener/durations.h"
#include "listener/figures.h"
#include "listener/tally_impl.h"

void tally_waiting(const struct tally *t, uint64_t wait_ns, waiting_fn fn, void *ctx)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct tally_entry *row = t->list[i];

		if (!tally_has_gone(t, row) && row->oldest_ns && row->oldest_ns >= wait_ns)
			fn(ctx, row->r.cookie, row->r.listener.netns, row->r.listener.port);
	}
}

void tally_note_lost(struct tally *t, enum fact_lost_where where, uint64_t count)
{
	if (count <= t->lost[where])
		return;
	t->lost_total += count - t->lost[where];
	t->lost[where] = count;
}

void tally_emit_lost(struct tally *t, enum fact_lost_where where, uint64_t count, event_fn emit,
		     void *ctx)
{
	struct event e;

	if (count <= t->lost[where])
		return;
	event_init(&e, EVENT_LOST, t->now);
	event_set(&e, F_COUNT, count - t->lost[where]);
	event_set_enum(&e, F_WHERE, where);
	tally_note_lost(t, where, count);
	event_set(&e, F_TOTAL, t->lost_total);
	emit(ctx, &e);
}

/* The counters as a line has them; `states` is room for the transitions. */
static struct listener_counters counters_of(const struct summary_stats *stats,
					    uint64_t states[TCP_STATE_COUNT])
{
	states[0] = 0;
	for (unsigned int i = 1; i < TCP_STATE_COUNT; i++)
		states[i] = stats->entered[i];
	return (struct listener_counters){
		.synack_retrans = stats->synack_retrans,
		.transitions = states,
	};
}

static struct listener_figures figures_of(const struct tally *t, const struct tally_entry *row)
{
	const struct summary_listener *l = &row->r.listener;
	const struct fact_queues *q = &row->r.listener.q;

	return (struct listener_figures){
		.identity = {.cookie = row->r.cookie,
			     .netns = l->netns,
			     .family = l->family,
			     .addr = l->addr,
			     .ifname = l->ifname,
			     .port = l->port,
			     .pid = l->task.pid,
			     .comm = l->task.pid ? l->task.comm : NULL},
		.queues = {.accept_known = true,
			   .accept = q->accept_queue,
			   .syn_known = true,
			   .syn = q->syn_queue,
			   .backlog_known = true,
			   .backlog = q->backlog,
			   .syn_limit_known = true,
			   .syn_limit = l->syn_limit},
		.peak = (uint32_t)row->peak,
		.somaxconn = l->somaxconn,
		.drops_known = true,
		.drops = q->drops,
		.completed = row->stats.completed,
		.refused = row->refused,
		.closed = tally_has_gone(t, row),
		.accepts_known = true,
		.accepted = row->stats.accepted,
		.verdict = row->verdict,
		.advice = row->advice,
		.since_ns = t->now - t->before,
		.completed_since = row->completed,
		.accepted_since = row->accepted,
	};
}

/*
 * The longest queue since the round before. What the programs noted in the time that the round
 * before fell into counts in both rounds.
 */
static uint32_t recent_peak(const struct tally *t, const struct tally_entry *row)
{
	uint32_t since = (uint32_t)(t->before >> SUMMARY_TIME_BITS);
	uint32_t peak = row->r.listener.q.accept_queue;

	for (unsigned int i = 0; i < SUMMARY_TIMES; i++) {
		const struct summary_peak *p = &row->stats.recent[i];

		if ((int32_t)(p->time - since) >= 0 && p->peak > peak)
			peak = p->peak;
	}
	return peak;
}

/* The counter wraps at 32 bits. A listener that has closed keeps its last value. */
static uint32_t drops_of(const struct tally_entry *row)
{
	const struct summary_listener *l = &row->r.listener;

	return (l->q.sk ? l->q.drops : l->drops) - l->drops_before;
}

/* Looks come every ten seconds while nothing changes. */
#define DIAGNOSIS_NS (25 * NS_S)

static enum diagnosis diagnosis_of(const struct tally *t, const struct tally_entry *row)
{
	bool holds = row->diagnosed && row->verdict != VERDICT_OK &&
		     t->now - row->diagnosed < DIAGNOSIS_NS;

	return holds ? row->diagnosis : DIAGNOSIS_COUNT;
}

void tally_walk(const struct tally *t, void (*fn)(void *ctx, const struct tally_row *row),
		void *ctx)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct tally_entry *row = t->list[i];
		const struct tally_row walked = {
			.figures = figures_of(t, row),
			.place = &row->place,
			.stats = &row->stats,
			.refused = row->refused_by,
			.drops = drops_of(row),
			.recent_peak = recent_peak(t, row),
			.oldest_ns = row->oldest_ns,
			.listens = !tally_has_gone(t, row),
			.rare = &row->rare,
			.diagnosis = diagnosis_of(t, row),
		};

		fn(ctx, &walked);
	}
}

uint64_t tally_lost(const struct tally *t, enum fact_lost_where where)
{
	return t->lost[where];
}

static void emit_row(const struct tally *t, const struct tally_entry *row, event_fn emit, void *ctx)
{
	uint64_t states[TCP_STATE_COUNT];
	struct listener_counters counters = counters_of(&row->stats, states);
	struct listener_figures figures = figures_of(t, row);
	struct spread handshake = {.since = row->handshake},
		      accept_wait = {.since = row->accept_wait};
	struct event e;

	figures.counters = &counters;
	durations_spread(&row->stats.handshake, handshake.shorter);
	durations_spread(&row->stats.accept_wait, accept_wait.shorter);
	figures.handshake = &handshake;
	figures.accept_wait = &accept_wait;
	event_init(&e, EVENT_LISTENER, t->now);
	listener_figures_put(&figures, &e);
	owner_place_put(&row->place, &e);
	emit(ctx, &e);
}

static int busier(const void *a, const void *b)
{
	const struct tally_entry *x = *(struct tally_entry *const *)a,
				 *y = *(struct tally_entry *const *)b;

	if (x->completed != y->completed)
		return x->completed > y->completed ? -1 : 1;
	if (x->stats.completed != y->stats.completed)
		return x->stats.completed > y->stats.completed ? -1 : 1;
	return x->r.cookie < y->r.cookie ? -1 : x->r.cookie > y->r.cookie;
}

/* A copy of the list, the busiest first. NULL when it is empty, or out of memory. */
static struct tally_entry **by_traffic(const struct tally *t)
{
	struct tally_entry **sorted =
		t->count ? malloc(t->count * sizeof(struct tally_entry *)) : NULL;

	if (!sorted)
		return NULL;
	memcpy(sorted, t->list, t->count * sizeof(struct tally_entry *));
	qsort(sorted, t->count, sizeof(struct tally_entry *), busier);
	return sorted;
}

void tally_emit_listeners(struct tally *t, event_fn emit, void *ctx)
{
	struct tally_entry **sorted = by_traffic(t);

	for (size_t i = 0; sorted && i < t->count; i++) {
		if (!tally_has_gone(t, sorted[i]))
			emit_row(t, sorted[i], emit, ctx);
	}
	free(sorted);
}

static struct listener_summary summary_of(const struct tally *t, const struct tally_entry *row)
{
	struct listener_figures figures = figures_of(t, row);
	struct listener_summary s = listener_figures_summary(&figures);

	durations_quantiles(&row->stats.handshake, &s.handshake);
	durations_quantiles(&row->stats.accept_wait, &s.accept_wait);
	return s;
}

/* What all sockets did; *queued: how many connections wait for accept() now. */
static struct summary_stats sum_all(const struct tally *t, uint64_t *queued)
{
	struct summary_stats sum = t->forgotten;

	*queued = 0;
	tally_sum(&sum, &t->nobody);
	for (size_t i = 0; i < t->count; i++) {
		tally_sum(&sum, &t->list[i]->stats);
		if (!tally_has_gone(t, t->list[i]))
			*queued += t->list[i]->r.listener.q.accept_queue;
	}
	return sum;
}

void tally_emit_summary(struct tally *t, event_fn emit, void *ctx)
{
	struct listener_summary *list = calloc(t->count ? t->count : 1, sizeof(*list));
	struct tally_entry **sorted = by_traffic(t);
	struct listener_summaries all = {.list = list};
	uint64_t states[TCP_STATE_COUNT], queued;
	struct summary_stats sum = sum_all(t, &queued);
	struct listener_counters counters = counters_of(&sum, states);
	struct run_totals totals = {
		.connections = sum.completed,
		.accepts_known = true,
		.accepted = sum.accepted,
		.still_queued = queued,
		.drops = t->drops,
		.lost = t->lost_total,
		.counters = &counters,
	};
	struct event e;

	for (size_t i = 0; list && sorted && i < t->count; i++)
		list[all.count++] = summary_of(t, sorted[i]);
	if (list && (sorted || !t->count))
		totals.listeners = &all;
	event_init(&e, EVENT_SUMMARY, t->now);
	run_totals_put(&totals, &e);
	emit(ctx, &e);
	free(sorted);
	free(list);
}
