// SPDX-License-Identifier: BSD-2-Clause
/*
 * feed.c - the way of a record: from the rings into the recording and the stream, and from there to
 * the output.
 *
 * Everything that the stream is to know goes through live_feed() or feed_sorted(), so a recording
 * holds exactly what the tracker saw.
 */
#include <time.h>

#include "kernel/clock.h"
#include "kernel/snapshot.h"
#include "run/live.h"
#include "run/loss.h"

/* So many records may wait for an older one that is not complete yet. */
#define AHEAD_MAX 16384
/* How many comparisons follow a loss: what differs in two of them is put right. */
#define REPAIR_ROUNDS 3
/* Between two readings of the listeners' queues. */
#define LISTENERS_NS NS_S
/*
 * Without --verify a loss is made good no sooner than so long after the one before: reading long
 * tables costs more than it is worth.
 */
#define REPAIR_EVERY_NS (10 * NS_S)
/* While what they hold is thrown away, the rings are emptied so often. */
#define SKIP_NS NS_S

static void record(struct live *l, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = bytes;

	/* Of the filter's sockets; others bring only where their owner runs. */
	l->anything |= fact->kind == FACT_EXISTING || fact->kind == FACT_LISTEN;
	place_guest_record(l->place, bytes, size);
	if (l->recording && !l->recording_error)
		l->recording_error = recording_write(l->recording, bytes, size);
}

int live_feed(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	record(l, bytes, size);
	stream_record(l->stream, bytes, size);
	return 0;
}

/* From the rings, which hand over in order. */
static int feed_sorted(void *ctx, const void *bytes, size_t size)
{
	struct live *l = ctx;

	record(l, bytes, size);
	stream_record_sorted(l->stream, bytes, size);
	return 0;
}

void live_tick(struct live *l, uint64_t t)
{
	const struct fact_hdr tick = {.t = t, .size = sizeof(tick), .kind = FACT_TICK};

	l->last_tick = t;
	live_feed(l, &tick, sizeof(tick));
}

void live_lost(struct live *l, uint64_t t)
{
	uint64_t now[FACT_LOST_PLACES] = {0};
	/* What is missing is missing behind what has been handed over. */
	uint64_t place = source_kernel_complete_until(l->source);

	if (source_kernel_lost(l->source, now) < 0)
		return;
	for (unsigned int i = 0; i < FACT_LOST_PLACES; i++) {
		const struct fact_lost lost = {
			.h = {.t = place ? place : t, .size = sizeof(lost), .kind = FACT_LOST},
			.count = now[i] - l->lost[i],
			.where = i,
		};

		if (now[i] <= l->lost[i])
			continue;
		l->lost[i] = now[i];
		live_feed(l, &lost, sizeof(lost));
		l->loss = true;
	}
	if (!l->loss || (l->next_verify && !l->options->verify))
		return; /* or a repair is under way: another comes after it */
	l->loss = false;
	l->repair = REPAIR_ROUNDS;
	if (!l->options->verify)
		l->next_verify = l->repaired + REPAIR_EVERY_NS > t + VERIFY_NS
					 ? l->repaired + REPAIR_EVERY_NS
					 : t + VERIFY_NS;
}

/*
 * The queues and refusals of listeners that no event tells of: where nothing is let in, nothing
 * happens that a hook could see. On a machine with very many open files less often, so that it
 * costs 1 % of a CPU at most; 5 % where a verdict would rest on a length that may be old.
 */
void live_listeners(struct live *l, uint64_t now)
{
	uint64_t every = l->options->interval_ns && l->options->interval_ns < LISTENERS_NS
				 ? l->options->interval_ns
				 : LISTENERS_NS;
	uint64_t took = clock_cpu_ns(); /* on a busy machine others take the CPU in between */

	source_kernel_listeners(l->source, live_feed, l);
	took = clock_cpu_ns() - took;
	l->next_listeners = now + (took * 100 > every ? took * 100 : every);
	l->listeners_free = now + took * 20;
}

void live_unread(struct live *l, uint64_t count)
{
	const struct fact_lost lost = {
		.h = {.t = clock_now_ns(), .size = sizeof(lost), .kind = FACT_LOST},
		.count = count,
		.where = FACT_LOST_RING,
	};

	if (!count)
		return;
	run_complain("%llu fact%s not read before the end, because sockstate gets too little CPU "
		     "time: counted as lost",
		     (unsigned long long)count, count == 1 ? " was" : "s were");
	l->loss_named = true;
	live_feed(l, &lost, sizeof(lost));
}

/* A command that has a view of its own judges losses itself. */
static void name_loss(struct live *l)
{
	struct stream_loss loss = stream_loss(l->stream);

	if (!loss.total || l->loss_named || l->place->guest)
		return;
	l->loss_named = true;
	loss_complain(loss.where, l->options);
}

void live_flush(struct live *l)
{
	name_loss(l);
	run_flush_pending(l->view, &l->write_error);
}

void live_collect(struct live *l)
{
	source_kernel_poll(l->source, live_feed, l);
}

static int throw_away(void *ctx, const void *bytes, size_t size)
{
	(void)bytes, (void)size;
	++*(uint64_t *)ctx;
	return 0;
}

/* The stream goes on with what does not come from the rings: listeners' queues, and looks. */
static int skip(struct live *l, int timeout_ms)
{
	struct fact_lost lost = {
		.h = {.size = sizeof(lost), .kind = FACT_LOST},
		.where = FACT_LOST_RING,
	};
	uint64_t now = clock_now_ns(), count = 0;
	int read;

	if (now < l->next_skip) {
		nanosleep(&(struct timespec){.tv_nsec = timeout_ms * (long)NS_MS}, NULL);
		return 0;
	}
	l->next_skip = now + SKIP_NS;
	do
		read = source_kernel_poll(l->source, throw_away, &count);
	while (read > 0 && source_kernel_complete_until(l->source) < now);
	live_lost(l, now);
	lost.h.t = source_kernel_complete_until(l->source);
	lost.count = count;
	if (count)
		live_feed(l, &lost, sizeof(lost));
	live_tick(l, lost.h.t);
	return read < 0 ? read : 0;
}

void live_skip(struct live *l, bool on)
{
	l->next_skip = 0;
	if (l->skipping && !on)
		skip(l, 0); /* what is lost later is lost from what is read again */
	l->skipping = on;
	l->loss = false;
	l->repair = on ? 0 : REPAIR_ROUNDS;
	l->next_verify = on ? 0 : clock_now_ns();
}

bool live_settled(const struct live *l)
{
	return !l->skipping && !l->loss && !l->repair;
}

static void turn(struct live *l, bool on)
{
	stream_thin(l->stream, on);
	if (!on || l->thinning_named)
		return;
	l->thinning_named = true;
	run_complain("more comes than is read: connections that begin now are counted%s, until it "
		     "is less; --overload keep prints all",
		     l->options->overload == OVERLOAD_POLICY_THIN ? ", and printed if notable"
								  : "");
}

/*
 * Whether more comes than is read. From wherever the rings are read, and not among the chores: one
 * that reads long tables meanwhile takes a while itself.
 */
static void look_for_overload(struct live *l, uint64_t now)
{
	uint64_t tenths = (now - l->overload_t) / TICK_NS, lost = l->lost[FACT_LOST_RING];
	uint64_t cpu = clock_cpu_ns();
	const struct overload_evidence e = {
		.read = l->read / (tenths ? tenths : 1),
		.lost = lost - l->lost_before,
		.left_percent = l->left,
	};
	enum overload_change change;

	advice_look(&l->advice, &e, l->read, now - l->overload_t, cpu - l->cpu);
	l->overload_t = now;
	l->cpu = cpu;
	l->read = 0;
	l->lost_before = lost;
	l->left = 100;
	if (!stream_may_thin(l->stream))
		return;
	change = overload_look(&l->overload, &e);
	if (change != OVERLOAD_STAYS)
		turn(l, change == OVERLOAD_BEGINS);
}

int live_drain(struct live *l, int timeout_ms)
{
	unsigned int left;
	uint64_t complete, begun, now;
	int read;

	if (l->skipping)
		return skip(l, timeout_ms);
	read = timeout_ms ? source_kernel_wait(l->source, timeout_ms) : 0;
	begun = clock_now_ns();
	/* Before the lines in which something is missing. */
	if (source_kernel_were_full(l->source))
		live_lost(l, clock_now_ns());
	if (!read)
		read = source_kernel_poll(l->source, feed_sorted, l);
	l->read += read > 0 ? (uint64_t)read : 0;
	complete = source_kernel_complete_until(l->source);
	if (complete > l->last_tick &&
	    (read > 0 || stream_waiting(l->stream) || complete - l->last_tick >= TICK_NS))
		live_tick(l, complete);
	if (stream_waiting(l->stream) < AHEAD_MAX)
		source_kernel_poll_ahead(l->source, live_feed, l);
	live_flush(l);
	left = source_kernel_fill(l->source);
	now = clock_now_ns();
	/* What was left before an output that waited for its reader proves nothing. */
	if (left < l->left || now - begun >= TICK_NS)
		l->left = left;
	if (l->overload_t && now - l->overload_t >= TICK_NS) {
		live_lost(l, now);
		look_for_overload(l, now);
	}
	return read;
}
