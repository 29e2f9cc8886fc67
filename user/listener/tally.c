// SPDX-License-Identifier: BSD-2-Clause
#include "listener/tally_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "listener/durations.h"

#define GONE_MAX 1024u /* listeners that have gone, and are kept for the summary */

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

static struct tally_entry **slot(struct tally *t, uint64_t cookie)
{
	struct tally_entry **p = &t->bucket[hash_u64(cookie, 32) & (TALLY_BUCKETS - 1)];

	while (*p && (*p)->r.cookie != cookie)
		p = &(*p)->next;
	return p;
}

static struct tally_entry *row_get(struct tally *t, uint64_t cookie)
{
	struct tally_entry **p = slot(t, cookie);
	struct tally_entry *row = *p;

	if (row)
		return row;
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct tally_entry **list = realloc(t->list, room * sizeof(*list));

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

/* Keeps at most GONE_MAX listeners that have gone: the latest. */
static void forget_oldest(struct tally *t)
{
	size_t kept = 0, over = 0;

	for (size_t i = 0; i < t->count; i++)
		over += tally_has_gone(t, t->list[i]);
	over = over > GONE_MAX ? over - GONE_MAX : 0;
	for (size_t i = 0; i < t->count; i++) {
		struct tally_entry *row = t->list[i];

		if (over && tally_has_gone(t, row)) {
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
	t->besides = (struct tally_besides){0};
}

void tally_besides(struct tally *t, const struct tally_besides *besides)
{
	t->besides = *besides;
	rare_of(&t->nobody_rare, besides->rare, besides->rare_count, 0);
}

/*
 * Which queue was full when sk_drops rose. The counter itself does not tell. The programs count how
 * often the accept queue was filled; the SYN queue is known at both ends of the round.
 * DROP_UNKNOWN: neither was full, so nobody was refused. The counter also rises for segments that
 * no listener takes: a RST, or a SYN that is sent again to its request.
 */
static enum drop_reason why_refused(const struct tally_entry *row, bool filled, bool syn_full)
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
static uint32_t counted_since(const struct tally_entry *row, uint32_t counter)
{
	int32_t more = (int32_t)(counter - (uint32_t)row->stats.discarded - row->counted);

	return more > 0 ? (uint32_t)more : 0;
}

/* 0 where nobody waits. Where the waits themselves are not known, no accept() took one since. */
static uint64_t oldest_wait(const struct tally *t, const struct tally_entry *row)
{
	uint64_t since = queued_since(t->besides.waits, t->besides.wait_count, row->r.cookie,
				      row->r.listener.q.accept_queue);

	since = since ? since : row->queue_since;
	return since && since < t->now ? t->now - since : 0;
}

static void judge(struct tally *t, struct tally_entry *row)
{
	const struct fact_queues *q = &row->r.listener.q;
	struct verdict_input in;

	if (row->accepted)
		row->last_accept = t->now;
	if (!q->accept_queue)
		row->queue_since = 0;
	else if (!row->queue_since || row->accepted)
		row->queue_since = t->now;
	row->oldest_ns = oldest_wait(t, row);
	in = (struct verdict_input){
		.accept_queue = q->accept_queue,
		.backlog = q->backlog,
		.syn_queue = q->syn_queue,
		.syn_young = q->syn_young,
		.somaxconn = row->r.listener.somaxconn,
		.defers = row->r.listener.defers,
		.refused = row->refused_now + row->undecided,
		.shrank = q->accept_queue < row->queue_before,
		.completed = row->completed,
		.accepted = row->accepted,
		.fd_errors = row->fd_errors,
		.syncookies = row->syncookies,
		.wait_p50_ns = row->wait_p50,
		.oldest_wait_ns = row->oldest_ns,
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

bool tally_wants_place(struct tally *t, uint64_t cookie)
{
	const struct tally_entry *row = *slot(t, cookie);

	return row && !row->placed;
}

void tally_place(struct tally *t, uint64_t cookie, const struct summary_place *place)
{
	struct tally_entry *row = *slot(t, cookie);

	if (!row)
		return;
	owner_place_read(&row->place, place);
	row->placed = true;
}

void tally_why(struct tally *t, uint64_t cookie, enum diagnosis diagnosis)
{
	struct tally_entry *row = *slot(t, cookie);

	if (!row)
		return;
	row->diagnosis = diagnosis;
	row->diagnosed = t->now;
}

static uint64_t fd_errors(const struct rare_counts *r)
{
	return rare_get(r, SUMMARY_ACCEPT_ERROR, EMFILE) +
	       rare_get(r, SUMMARY_ACCEPT_ERROR, ENFILE);
}

/* Counters go on as long as the kernel side knows the listener. */
static void count_rare(const struct tally *t, struct tally_entry *row)
{
	struct rare_counts now;

	rare_of(&now, t->besides.rare, t->besides.rare_count, row->r.cookie);
	row->fd_errors = fd_errors(&now) - fd_errors(&row->rare);
	row->syncookies = rare_get(&now, SUMMARY_COOKIE_SENT, 0) -
			  rare_get(&row->rare, SUMMARY_COOKIE_SENT, 0);
	row->rare = now;
}

int tally_listener(struct tally *t, const struct summary_reading *r,
		   const struct summary_stats *stats)
{
	const struct fact_queues *q = &r->listener.q;
	struct tally_entry *row = row_get(t, r->cookie);
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
	count_rare(t, row);
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

const struct rare_counts *tally_nobody_rare(const struct tally *t)
{
	return &t->nobody_rare;
}

void tally_nobody(struct tally *t, const struct summary_stats *stats)
{
	t->nobody = *stats;
}
