// SPDX-License-Identifier: BSD-2-Clause
#include "listener/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "event/vocabulary.h"
#include "listener/durations.h"

#define BUCKETS	   4096u /* a power of two, several times the listeners there can be */
#define GONE_MAX   1024u
#define ADVICE_MAX 256

struct row {
	struct summary_reading r;
	struct summary_stats stats;
	uint64_t drops;	  /* while tracing */
	uint32_t counted; /* of sk_drops, what has been dealt with */
	uint64_t peak;
	uint64_t round; /* when it was last read */
	bool full_before, syn_full_before;

	/* this round */
	uint64_t completed, accepted, refused, wait_p50;
	uint64_t undecided;    /* refused in earlier rounds, see verdict_undecided() */
	uint32_t queue_before; /* length of the accept queue in the round before */
	/* ns: connections wait and none has been taken since; 0 none waits */
	uint64_t queue_since;
	uint64_t last_accept; /* ns: or since it is known */
	enum verdict verdict;
	char advice[ADVICE_MAX];
	uint64_t states[TCP_STATE_COUNT];
	struct row *next;
};

struct tally {
	struct verdict_limits limits;
	uint64_t now, before, round;
	struct row *bucket[BUCKETS];
	struct row **list; /* in the order they came */
	size_t count, room, gone;
	struct summary_stats nobody;
	struct summary_stats forgotten; /* what rows that were let go had counted */
	uint64_t drops[DROP_REASON_COUNT];
	uint64_t lost[FACT_LOST_PLACES], lost_total;
};

/* ---- counters ---- */

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

/* One that was not read this round has gone too: it had done nothing, and left no trace. */
static bool has_gone(const struct tally *t, const struct row *row)
{
	return !listens(row) || row->round != t->round;
}

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
 * Which limit was exceeded: the kernel's counter does not tell. Of the accept queue each time that
 * it was filled is counted, of the SYN queue we see both ends of the round. DROP_UNKNOWN: none, so
 * nobody was refused; the counter also moves for a segment that is no use to a listener (a RST, a
 * SYN that comes again to its request).
 */
static enum drop_reason why_refused(const struct row *row, bool filled, bool syn_full)
{
	if (filled || row->full_before)
		return DROP_ACCEPT_QUEUE_FULL;
	return syn_full || row->syn_full_before ? DROP_SYN_QUEUE_FULL : DROP_UNKNOWN;
}

/*
 * counter: by how much sk_drops has moved since the beginning. 0 also where what is discarded was
 * read later than it: the next round makes up for that. Both numbers may pass 32 bits.
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
		.refused = row->refused + row->undecided,
		.shrank = q->accept_queue < row->queue_before,
		.completed = row->completed,
		.accepted = row->accepted,
		.wait_p50_ns = row->wait_p50,
		/* At least: some wait, and none has been taken since. */
		.oldest_wait_ns = row->queue_since ? t->now - row->queue_since : 0,
		.since_accept_ns = t->now - row->last_accept,
	};
	row->verdict = verdict_judge(&in, &t->limits);
	row->undecided = verdict_undecided(&in, &t->limits) ? in.refused : 0;
	row->queue_before = q->accept_queue;
	verdict_advice(row->verdict, &in, row->advice, sizeof(row->advice));
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
	if (stats) {
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
	row->refused = why == DROP_UNKNOWN ? 0 : more;
	row->drops += row->refused;
	t->drops[why] += row->refused;
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

/* ---- lines ---- */

void tally_lost(struct tally *t, enum fact_lost_where where, uint64_t count, event_fn emit,
		void *ctx)
{
	struct event e;

	if (count <= t->lost[where])
		return;
	event_init(&e, EVENT_LOST, t->now);
	event_set(&e, F_COUNT, count - t->lost[where]);
	event_set_enum(&e, F_WHERE, where);
	t->lost_total += count - t->lost[where];
	t->lost[where] = count;
	event_set(&e, F_TOTAL, t->lost_total);
	emit(ctx, &e);
}

static uint64_t per_second(const struct tally *t, uint64_t count)
{
	uint64_t ns = t->now - t->before;

	return ns ? (uint64_t)((double)count * 1e9 / (double)ns + 0.5) : 0;
}

static void set_states(struct event *e, uint64_t *states, const struct summary_stats *stats)
{
	memset(states, 0, TCP_STATE_COUNT * sizeof(states[0]));
	for (unsigned int i = 1; i < TCP_STATE_COUNT; i++)
		states[i] = stats->entered[i];
	event_field(e, F_TRANSITIONS)->states = states;
}

static void tell_row(struct tally *t, struct row *row, event_fn emit, void *ctx)
{
	const struct summary_listener *l = &row->r.listener;
	const struct fact_queues *q = &row->r.listener.q;
	struct event e;

	event_init(&e, EVENT_LISTENER, t->now);
	e.family = l->family;
	event_set_enum(&e, F_ROLE, ROLE_LISTENER);
	event_set(&e, F_COOKIE, row->r.cookie);
	event_set(&e, F_NETNS, l->netns);
	event_set_enum(&e, F_FAMILY, family_of(l->family));
	event_field(&e, F_LADDR)->addr = l->addr;
	event_set(&e, F_LPORT, l->port);
	if (l->task.pid) {
		event_set(&e, F_PID, l->task.pid);
		event_set_text(&e, F_COMM, l->task.comm);
	}
	event_set_enum(&e, F_BASIS, BASIS_RTT);
	event_set(&e, F_SYNACK_RETRANS, row->stats.synack_retrans);
	event_set(&e, F_ACCEPT_QUEUE, q->accept_queue);
	event_set(&e, F_BACKLOG, q->backlog);
	event_set(&e, F_ACCEPT_QUEUE_LIMIT, (uint64_t)q->backlog + 1);
	if (l->somaxconn)
		event_set(&e, F_SOMAXCONN, l->somaxconn);
	event_set(&e, F_SYN_QUEUE, q->syn_queue);
	event_set(&e, F_ACCEPT_QUEUE_PEAK, row->peak);
	event_set(&e, F_DROPS_TOTAL, q->drops);
	event_set(&e, F_REFUSED, row->drops);
	event_set(&e, F_COMPLETED, row->stats.completed);
	event_set(&e, F_ACCEPTED_COUNT, row->stats.accepted);
	event_set(&e, F_COMPLETED_RATE, per_second(t, row->completed));
	event_set(&e, F_ACCEPTED_RATE, per_second(t, row->accepted));
	set_states(&e, row->states, &row->stats);
	event_set_enum(&e, F_VERDICT, row->verdict);
	if (row->advice[0])
		event_set_text(&e, F_ADVICE, row->advice);
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

/* A sorted copy; NULL when out of memory or empty. */
static struct row **by_traffic(const struct tally *t)
{
	struct row **sorted = t->count ? malloc(t->count * sizeof(struct row *)) : NULL;

	if (!sorted)
		return NULL;
	memcpy(sorted, t->list, t->count * sizeof(struct row *));
	qsort(sorted, t->count, sizeof(struct row *), busier);
	return sorted;
}

void tally_tell(struct tally *t, event_fn emit, void *ctx)
{
	struct row **sorted = by_traffic(t);

	for (size_t i = 0; sorted && i < t->count; i++) {
		if (!has_gone(t, sorted[i]))
			tell_row(t, sorted[i], emit, ctx);
	}
	free(sorted);
}

static void summarize(const struct row *row, struct listener_summary *s)
{
	const struct summary_listener *l = &row->r.listener;

	*s = (struct listener_summary){
		.cookie = row->r.cookie,
		.netns = l->netns,
		.family = l->family,
		.port = l->port,
		.completed = row->stats.completed,
		.accepted = row->stats.accepted,
		.drops = row->drops,
	};
	memcpy(s->addr, l->addr, sizeof(s->addr));
	durations_quantiles(&row->stats.handshake, &s->handshake);
	durations_quantiles(&row->stats.accept_wait, &s->accept_wait);
}

void tally_summary(struct tally *t, event_fn emit, void *ctx)
{
	struct listener_summary *list = calloc(t->count ? t->count : 1, sizeof(*list));
	struct row **sorted = by_traffic(t);
	struct listener_summaries all = {.list = list};
	struct summary_stats sum = t->forgotten;
	uint64_t states[TCP_STATE_COUNT], queued = 0;
	struct event e;

	tally_sum(&sum, &t->nobody);
	for (size_t i = 0; i < t->count; i++) {
		tally_sum(&sum, &t->list[i]->stats);
		if (!has_gone(t, t->list[i]))
			queued += t->list[i]->r.listener.q.accept_queue;
	}
	for (size_t i = 0; list && sorted && i < t->count; i++)
		summarize(sorted[i], &list[all.count++]);
	event_init(&e, EVENT_SUMMARY, t->now);
	event_set(&e, F_CONNECTIONS, sum.completed);
	event_set(&e, F_ACCEPTED_COUNT, sum.accepted);
	event_set(&e, F_STILL_QUEUED, queued);
	event_set_enum(&e, F_BASIS, BASIS_RTT);
	event_set(&e, F_SYNACK_RETRANS, sum.synack_retrans);
	event_field(&e, F_DROPS)->drops = t->drops;
	event_set(&e, F_LOST, t->lost_total);
	set_states(&e, states, &sum);
	if (list && (sorted || !t->count))
		event_field(&e, F_LISTENERS)->listeners = &all;
	emit(ctx, &e);
	free(sorted);
	free(list);
}
