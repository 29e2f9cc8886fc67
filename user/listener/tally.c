// SPDX-License-Identifier: BSD-2-Clause
#include "listener/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "event/vocabulary.h"
#include "listener/durations.h"
#include "listener/figures.h"

#define BUCKETS	   4096u /* of the hash table: a power of two, several times SUMMARY_LISTENERS */
#define GONE_MAX   1024u /* listeners that have gone, and are kept for the summary */
#define ADVICE_MAX 256

/* A listener. */
struct row {
	struct summary_reading r; /* as last read */
	struct summary_stats stats;
	uint64_t refused;			/* while tracing */
	uint64_t refused_by[DROP_REASON_COUNT]; /* the same, by reason */
	uint32_t counted; /* how much of sk_drops has been explained, as refused or otherwise */
	uint64_t peak;	  /* of the accept queue */
	uint64_t round;	  /* when it was last read */
	bool full_before, syn_full_before; /* a queue was full when it was last read */

	/* what it did in the last round */
	uint64_t completed, accepted, refused_now, wait_p50;
	struct quantiles handshake, accept_wait;
	uint64_t undecided;    /* refused in earlier rounds, see verdict_undecided() */
	uint32_t queue_before; /* length of the accept queue in the round before */
	/* ns: connections have waited since, without an accept(); 0: none waits */
	uint64_t queue_since;
	uint64_t last_accept; /* ns: the last round with an accept(), or when it became known */
	enum verdict verdict;
	char advice[ADVICE_MAX];
	struct row *next; /* in its hash bucket */
};

struct tally {
	struct verdict_limits limits;
	uint64_t now, before; /* ns: when this round began, and the one before */
	uint64_t round;
	struct row *bucket[BUCKETS];
	struct row **list; /* in the order in which they became known */
	size_t count, room;
	struct summary_stats nobody;	/* of sockets without a known listener */
	struct summary_stats forgotten; /* of listeners that are no longer kept */
	uint64_t drops[DROP_REASON_COUNT];
	uint64_t lost[FACT_LOST_PLACES], lost_total;
};

/* ---- counters ---- */

/* Each place keeps the later time, and of one time the longer queue. */
static void sum_peaks(struct summary_peak *sum, const struct summary_peak *one)
{
	for (unsigned int i = 0; i < SUMMARY_TIMES; i++) {
		if ((int32_t)(one[i].time - sum[i].time) > 0)
			sum[i] = one[i];
		else if (one[i].time == sum[i].time && one[i].peak > sum[i].peak)
			sum[i].peak = one[i].peak;
	}
}

void tally_sum(struct summary_stats *sum, const struct summary_stats *one)
{
	sum->completed += one->completed;
	sum->accepted += one->accepted;
	sum->synack_retrans += one->synack_retrans;
	sum->discarded += one->discarded;
	sum->filled += one->filled;
	if (one->peak > sum->peak)
		sum->peak = one->peak;
	for (unsigned int i = 0; i < SUMMARY_STATES; i++)
		sum->entered[i] += one->entered[i];
	sum_peaks(sum->recent, one->recent);
	durations_merge(&sum->handshake, &one->handshake);
	durations_merge(&sum->accept_wait, &one->accept_wait);
}

/* ---- rows ---- */

struct tally *tally_new(const struct verdict_limits *limits, uint64_t now)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->limits = *limits;
	t->now = t->before = now;
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i]);
	free(t->list);
	free(t);
}

static struct row **slot(struct tally *t, uint64_t cookie)
{
	struct row **p = &t->bucket[hash_u64(cookie, 32) & (BUCKETS - 1)];

	while (*p && (*p)->r.cookie != cookie)
		p = &(*p)->next;
	return p;
}

static struct row *row_get(struct tally *t, uint64_t cookie)
{
	struct row **p = slot(t, cookie);
	struct row *row = *p;

	if (row)
		return row;
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct row **list = realloc(t->list, room * sizeof(*list));

		if (!list)
			return NULL;
		t->list = list;
		t->room = room;
	}
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->r.cookie = cookie;
	row->last_accept = t->before;
	t->list[t->count++] = *p = row;
	return row;
}

static bool listens(const struct row *row)
{
	return row->r.listener.q.sk;
}

/*
 * It does not listen any more. If it never had a connection, the kernel side forgets it at once,
 * and it is just not read again.
 */
static bool has_gone(const struct tally *t, const struct row *row)
{
	return !listens(row) || row->round != t->round;
}

/* Keeps at most GONE_MAX listeners that have gone: the latest. */
static void forget_oldest(struct tally *t)
{
	size_t kept = 0, over = 0;

	for (size_t i = 0; i < t->count; i++)
		over += has_gone(t, t->list[i]);
	over = over > GONE_MAX ? over - GONE_MAX : 0;
	for (size_t i = 0; i < t->count; i++) {
		struct row *row = t->list[i];

		if (over && has_gone(t, row)) {
			over--;
			tally_sum(&t->forgotten, &row->stats);
			*slot(t, row->r.cookie) = row->next;
			free(row);
			continue;
		}
		t->list[kept++] = row;
	}
	t->count = kept;
}

void tally_begin(struct tally *t, uint64_t now)
{
	if (t->round)
		forget_oldest(t);
	t->round++;
	t->before = t->now;
	t->now = now;
}

/*
 * Which queue was full when sk_drops rose. The counter itself does not tell. The programs count how
 * often the accept queue was filled; the SYN queue is known at both ends of the round.
 * DROP_UNKNOWN: neither was full, so nobody was refused. The counter also rises for segments that
 * no listener takes: a RST, or a SYN that is sent again to its request.
 */
static enum drop_reason why_refused(const struct row *row, bool filled, bool syn_full)
{
	if (filled || row->full_before)
		return DROP_ACCEPT_QUEUE_FULL;
	return syn_full || row->syn_full_before ? DROP_SYN_QUEUE_FULL : DROP_UNKNOWN;
}

/*
 * How much sk_drops has risen beyond what was counted before and beyond discarded segments.
 * counter: its rise since the beginning. The discarded segments are read a moment later than the
 * counter and may be ahead of it; then the result is 0, and the next round has the rest. Both
 * numbers wrap at 32 bits.
 */
static uint32_t counted_since(const struct row *row, uint32_t counter)
{
	int32_t more = (int32_t)(counter - (uint32_t)row->stats.discarded - row->counted);

	return more > 0 ? (uint32_t)more : 0;
}

static void judge(struct tally *t, struct row *row)
{
	const struct fact_queues *q = &row->r.listener.q;
	struct verdict_input in;

	if (row->accepted)
		row->last_accept = t->now;
	if (!q->accept_queue)
		row->queue_since = 0;
	else if (!row->queue_since || row->accepted)
		row->queue_since = t->now;
	in = (struct verdict_input){
		.accept_queue = q->accept_queue,
		.backlog = q->backlog,
		.syn_queue = q->syn_queue,
		.syn_young = q->syn_young,
		.somaxconn = row->r.listener.somaxconn,
		.refused = row->refused_now + row->undecided,
		.shrank = q->accept_queue < row->queue_before,
		.completed = row->completed,
		.accepted = row->accepted,
		.wait_p50_ns = row->wait_p50,
		/* They have waited at least that long: no accept() took one since. */
		.oldest_wait_ns = row->queue_since ? t->now - row->queue_since : 0,
		.since_accept_ns = t->now - row->last_accept,
	};
	row->verdict = verdict_judge(&in, &t->limits);
	row->undecided = verdict_undecided(&in, &t->limits) ? in.refused : 0;
	row->queue_before = q->accept_queue;
	verdict_advice(row->verdict, &in, row->advice, sizeof(row->advice));
}

static void quantiles_since(struct quantiles *q, const struct durations *now,
			    const struct durations *before)
{
	struct durations since;

	durations_since(&since, now, before);
	durations_quantiles(&since, q);
}

int tally_listener(struct tally *t, const struct summary_reading *r,
		   const struct summary_stats *stats)
{
	const struct fact_queues *q = &r->listener.q;
	struct row *row = row_get(t, r->cookie);
	bool full, syn_full, filled = false;
	enum drop_reason why;
	uint32_t more;

	if (!row)
		return -ENOMEM;
	row->round = t->round;
	row->completed = row->accepted = row->wait_p50 = 0;
	row->handshake = row->accept_wait = (struct quantiles){0};
	if (stats) {
		quantiles_since(&row->handshake, &stats->handshake, &row->stats.handshake);
		quantiles_since(&row->accept_wait, &stats->accept_wait, &row->stats.accept_wait);
		row->completed = stats->completed - row->stats.completed;
		row->accepted = stats->accepted - row->stats.accepted;
		filled = stats->filled > row->stats.filled;
		row->wait_p50 =
			durations_median_since(&stats->accept_wait, &row->stats.accept_wait);
		row->stats = *stats;
	}
	more = counted_since(row,
			     (q->sk ? q->drops : r->listener.drops) - r->listener.drops_before);
	full = q->sk && q->accept_queue > q->backlog;
	syn_full = q->sk && q->backlog && q->syn_queue >= q->backlog;
	why = why_refused(row, full || filled, syn_full);
	row->counted += more;
	row->refused_now = why == DROP_UNKNOWN ? 0 : more;
	row->refused += row->refused_now;
	row->refused_by[why] += row->refused_now;
	t->drops[why] += row->refused_now;
	row->full_before = full;
	row->syn_full_before = syn_full;
	row->r = *r;
	if (row->stats.peak > row->peak)
		row->peak = row->stats.peak;
	if (q->accept_queue > row->peak)
		row->peak = q->accept_queue;
	judge(t, row);
	return 0;
}

void tally_nobody(struct tally *t, const struct summary_stats *stats)
{
	t->nobody = *stats;
}

void tally_waiting(const struct tally *t, uint64_t wait_ns, waiting_fn fn, void *ctx)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct row *row = t->list[i];

		if (!has_gone(t, row) && row->queue_since && t->now - row->queue_since >= wait_ns)
			fn(ctx, row->r.cookie, row->r.listener.netns, row->r.listener.port);
	}
}

/* ---- lines ---- */

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

static struct listener_figures figures_of(const struct tally *t, const struct row *row)
{
	const struct summary_listener *l = &row->r.listener;
	const struct fact_queues *q = &row->r.listener.q;

	return (struct listener_figures){
		.identity = {.cookie = row->r.cookie,
			     .netns = l->netns,
			     .family = l->family,
			     .addr = l->addr,
			     .port = l->port,
			     .pid = l->task.pid,
			     .comm = l->task.pid ? l->task.comm : NULL},
		.queues = {.accept_known = true,
			   .accept = q->accept_queue,
			   .syn_known = true,
			   .syn = q->syn_queue,
			   .backlog_known = true,
			   .backlog = q->backlog},
		.peak = (uint32_t)row->peak,
		.somaxconn = l->somaxconn,
		.drops_known = true,
		.drops = q->drops,
		.completed = row->stats.completed,
		.refused = row->refused,
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
static uint32_t recent_peak(const struct tally *t, const struct row *row)
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

void tally_walk(const struct tally *t, void (*fn)(void *ctx, const struct tally_row *row),
		void *ctx)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct row *row = t->list[i];
		const struct tally_row walked = {
			.figures = figures_of(t, row),
			.stats = &row->stats,
			.refused = row->refused_by,
			.recent_peak = recent_peak(t, row),
			.oldest_ns = row->queue_since ? t->now - row->queue_since : 0,
			.listens = !has_gone(t, row),
		};

		fn(ctx, &walked);
	}
}

uint64_t tally_lost(const struct tally *t, enum fact_lost_where where)
{
	return t->lost[where];
}

static void emit_row(const struct tally *t, const struct row *row, event_fn emit, void *ctx)
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
	emit(ctx, &e);
}

static int busier(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	if (x->completed != y->completed)
		return x->completed > y->completed ? -1 : 1;
	if (x->stats.completed != y->stats.completed)
		return x->stats.completed > y->stats.completed ? -1 : 1;
	return x->r.cookie < y->r.cookie ? -1 : x->r.cookie > y->r.cookie;
}

/* A copy of the list, the busiest first. NULL when it is empty, or out of memory. */
static struct row **by_traffic(const struct tally *t)
{
	struct row **sorted = t->count ? malloc(t->count * sizeof(struct row *)) : NULL;

	if (!sorted)
		return NULL;
	memcpy(sorted, t->list, t->count * sizeof(struct row *));
	qsort(sorted, t->count, sizeof(struct row *), busier);
	return sorted;
}

void tally_emit_listeners(struct tally *t, event_fn emit, void *ctx)
{
	struct row **sorted = by_traffic(t);

	for (size_t i = 0; sorted && i < t->count; i++) {
		if (!has_gone(t, sorted[i]))
			emit_row(t, sorted[i], emit, ctx);
	}
	free(sorted);
}

static struct listener_summary summary_of(const struct tally *t, const struct row *row)
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
		if (!has_gone(t, t->list[i]))
			*queued += t->list[i]->r.listener.q.accept_queue;
	}
	return sum;
}

void tally_emit_summary(struct tally *t, event_fn emit, void *ctx)
{
	struct listener_summary *list = calloc(t->count ? t->count : 1, sizeof(*list));
	struct row **sorted = by_traffic(t);
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
