// SPDX-License-Identifier: BSD-2-Clause
#include "why/doing.h"

#include <string.h>

static bool asleep(const struct why_thread *t)
{
	return t->state & (STATE_INTERRUPTIBLE | STATE_UNINTERRUPTIBLE | STATE_STOPPED |
			   STATE_TRACED | STATE_FROZEN);
}

static bool has_frame(const struct why_thread *t, const char *begin)
{
	for (unsigned int i = 0; i < t->frames; i++) {
		if (!strncmp(t->frame[i], begin, strlen(begin)))
			return true;
	}
	return false;
}

static enum call_kind kind_of(const struct doing *d)
{
	const struct why_thread *t = d->now;
	enum call_kind kind = CALL_OTHER;

	if (d->call)
		return d->call->kind;
	for (unsigned int i = 0; kind == CALL_OTHER && i < t->frames; i++)
		kind = call_kind_of_frame(t->frame[i]);
	return kind;
}

/* An eventfd and the like, read without epoll, are a way to wait for events. */
static enum doing_what what_io(const struct why_object *on)
{
	switch ((enum why_object_kind)on->kind) {
	case WHY_OBJECT_TCP:
	case WHY_OBJECT_INET:
	case WHY_OBJECT_UNIX:
	case WHY_OBJECT_SOCKET:
	case WHY_OBJECT_PIPE:
		return DOING_PEER;
	case WHY_OBJECT_FILE:
		return DOING_FILE;
	case WHY_OBJECT_ANON:
		return DOING_EVENTS;
	case WHY_OBJECT_NONE:
		break;
	}
	return DOING_UNKNOWN;
}

static enum doing_what what_asleep(const struct doing *d)
{
	static const enum doing_what by_kind[] = {
		[CALL_OTHER] = DOING_UNKNOWN, [CALL_ACCEPT] = DOING_ACCEPT,
		[CALL_EVENTS] = DOING_EVENTS, [CALL_IO] = DOING_UNKNOWN,
		[CALL_CONNECT] = DOING_PEER,  [CALL_PATH] = DOING_FILE,
		[CALL_LOCK] = DOING_LOCK,     [CALL_FILE_LOCK] = DOING_LOCK,
		[CALL_SLEEP] = DOING_SLEEP,   [CALL_SIGNALS] = DOING_SIGNALS,
		[CALL_CHILD] = DOING_CHILD,
	};
	enum call_kind kind = kind_of(d);

	return kind == CALL_IO ? what_io(&d->now->on) : by_kind[kind];
}

static enum doing_what what_of(const struct doing *d)
{
	const struct why_thread *t = d->now;
	enum doing_what what;

	if (t->state & STATE_EXIT)
		return DOING_DEAD;
	if (t->flags & WHY_THREAD_KERNEL)
		return DOING_KERNEL;
	if (t->state & STATE_TRACED)
		return DOING_TRACED;
	if (t->state & STATE_STOPPED)
		return DOING_STOPPED;
	if (t->state & STATE_FROZEN || t->flags & WHY_THREAD_FROZEN)
		return DOING_FROZEN;
	if (has_frame(t, "mem_cgroup_handle_over_high") ||
	    has_frame(t, "__mem_cgroup_handle_over_high"))
		return DOING_HELD_BACK;
	if (!asleep(t))
		return t->flags & WHY_THREAD_ON_CPU ? DOING_RUN : DOING_READY;
	what = what_asleep(d);
	if (t->state & STATE_UNINTERRUPTIBLE && !(t->state & STATE_NOLOAD) && what != DOING_FILE &&
	    what != DOING_CHILD)
		return DOING_DEEP;
	return what;
}

static uint64_t minus(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

unsigned int doing_percent(uint64_t part_ns, uint64_t between_ns)
{
	return between_ns ? (unsigned int)(part_ns * 100 / between_ns) : 0;
}

/* t is of CLOCK_MONOTONIC. Unsigned, as a damaged recording may hold any number. */
static uint64_t scheduler_clock(const struct look *look, uint64_t t)
{
	return t - (uint64_t)look->clock_offset;
}

/* run_delay grows when a wait for a CPU is over: one that goes on is since queued_at. */
static uint64_t waited_until(const struct look *look, const struct why_thread *t)
{
	uint64_t waits = t->queued_at && look->clock_known
				 ? minus(scheduler_clock(look, t->t), t->queued_at)
				 : 0;

	return t->delay_ns + waits;
}

/*
 * throttled_time grows when a throttling ends (unthrottle_cfs_rq()), nr_throttled at the end of
 * each period that finds one (do_sched_cfs_period_timer()). So where only the second grew one
 * throttling has lasted from the first of these ends to the last, at least.
 */
static uint64_t throttled_between(const struct why_thread *before, const struct why_thread *now,
				  uint64_t between)
{
	uint64_t ended = minus(now->throttled_ns, before->throttled_ns);
	uint64_t periods = minus(now->throttled, before->throttled), lasted;

	if (ended || periods < 2 || __builtin_mul_overflow(periods - 1, now->period_ns, &lasted))
		return ended;
	return lasted < between ? lasted : between;
}

static void compare(struct doing *d, const struct look *look)
{
	const struct why_thread *now = d->now, *before = d->before;

	d->between_ns = minus(now->t, before->t);
	d->ran_ns = minus(now->ran_ns, before->ran_ns);
	d->waited_ns = minus(waited_until(look, now), waited_until(look, before));
	if (d->waited_ns > d->between_ns)
		d->waited_ns = d->between_ns;
	d->throttled_ns = throttled_between(before, now, d->between_ns);
	d->same = asleep(now) && asleep(before) && now->switches == before->switches &&
		  now->state == before->state && now->call == before->call;
	if (d->same && look->clock_known && now->stopped_at) {
		uint64_t slept = minus(scheduler_clock(look, now->t), now->stopped_at);

		/* The clocks differ by less than the reader takes to get its CPU. */
		d->since_ns = slept > d->between_ns ? slept : d->between_ns;
	}
}

/*
 * A thread that was asleep or not in either look, by chance: what it did in between decides. Most
 * of the time on a CPU is running, most of it without one is waiting for one. Who is back in a wait
 * for events of other files had all the time that it wanted: the master of a server, for one.
 */
static void weigh_time(struct doing *d)
{
	bool moves = d->what == DOING_RUN || d->what == DOING_READY || !d->same;

	if (d->what == DOING_EVENTS && !d->watches)
		return;
	if (!moves || d->what == DOING_DEAD || d->what == DOING_KERNEL || d->what >= DOING_FROZEN)
		return;
	if (doing_percent(d->waited_ns, d->between_ns) >= 50)
		d->what = DOING_READY;
	else if (doing_percent(d->ran_ns, d->between_ns) >= 50)
		d->what = DOING_RUN;
}

const struct why_other *doing_polled(const struct doing *d, const struct look *look)
{
	for (size_t i = 0; i < look->others.count; i++) {
		const struct why_other *o = &look->others.at[i];

		if (o->flags & WHY_OTHER_POLLED && o->poller == d->now->task.tid &&
		    o->task.pid == d->now->task.pid)
			return o;
	}
	return NULL;
}

/*
 * poll() of one connection, or of a pipe that another process has, is a read with a time limit, as
 * libpq and Python's sockets do it.
 */
static bool polls_peer(const struct doing *d, const struct look *look)
{
	const struct why_other *other = d->watches ? NULL : doing_polled(d, look);

	if (!other || d->what != DOING_EVENTS || !d->call || d->call->takes_fd)
		return false;
	if (other->on.kind == WHY_OBJECT_TCP || other->on.kind == WHY_OBJECT_INET)
		return other->on.s.rport;
	return other->on.kind == WHY_OBJECT_UNIX;
}

void doing_fill(struct doing *d, const struct look *look, const struct why_thread *now,
		const struct why_thread *before, bool watches)
{
	*d = (struct doing){.now = now, .before = before, .watches = watches};
	if (now->flags & WHY_THREAD_CALL && !(now->flags & WHY_THREAD_COMPAT))
		d->call = call_find(now->call);
	d->what = what_of(d);
	if (polls_peer(d, look))
		d->what = DOING_PEER;
	if (!before)
		return;
	compare(d, look);
	weigh_time(d);
}

bool doing_keeps_from_accept(enum doing_what what)
{
	switch (what) {
	case DOING_SLEEP:
	case DOING_READY:
	case DOING_RUN:
	case DOING_CHILD:
	case DOING_PEER:
	case DOING_FILE:
	case DOING_DEEP:
	case DOING_HELD_BACK:
	case DOING_FROZEN:
	case DOING_TRACED:
	case DOING_STOPPED:
		return true;
	case DOING_UNKNOWN:
	case DOING_DEAD:
	case DOING_KERNEL:
	case DOING_SIGNALS:
	case DOING_EVENTS:
	case DOING_LOCK:
	case DOING_ACCEPT:
		break;
	}
	return false;
}

/*
 * The first thread of a process is most often the one with the event loop, and a thread that waits
 * for a lock, a signal or events most often one that waits for work.
 */
int doing_weight(const struct doing *d)
{
	int weight = (int)d->what * 4;

	if (d->what == DOING_DEAD || d->what == DOING_KERNEL)
		return 0;
	if (d->now->task.pid == d->now->task.tid) {
		if (doing_keeps_from_accept(d->what) || d->what == DOING_LOCK)
			weight += 30;
		else if (d->what == DOING_EVENTS)
			weight += 12; /* an event loop tells more than a thread that sleeps */
	}
	if (d->watches)
		weight += 200;
	if (d->did_watch)
		weight += 400;
	if (d->accepted)
		weight += 1000;
	return weight;
}
