// SPDX-License-Identifier: BSD-2-Clause
#include "why/doing.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"

/*
 * task_struct.__state (include/linux/sched.h); these bits are the same in all kernels since 4.14.
 */
enum {
	STATE_INTERRUPTIBLE = 0x1,
	STATE_UNINTERRUPTIBLE = 0x2,
	STATE_STOPPED = 0x4,
	STATE_TRACED = 0x8,
	STATE_EXIT = 0x10 | 0x20 | 0x80, /* EXIT_DEAD, EXIT_ZOMBIE, TASK_DEAD */
	STATE_NOLOAD = 0x400,
	STATE_FROZEN = 0x8000,
};

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

static void compare(struct doing *d, const struct look *look)
{
	const struct why_thread *now = d->now, *before = d->before;

	d->between_ns = minus(now->t, before->t);
	d->ran_ns = minus(now->ran_ns, before->ran_ns);
	d->waited_ns = minus(now->delay_ns, before->delay_ns);
	/* run_delay grows when the wait is over: one that goes on is since queued_at. */
	if (now->queued_at && look->clock_known) {
		uint64_t waits = minus(scheduler_clock(look, now->t), now->queued_at);

		d->waited_ns += waits < d->between_ns ? waits : d->between_ns;
	}
	d->throttled_ns = minus(now->throttled_ns, before->throttled_ns);
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

/* What a thread in poll() or select() waits for, where one of its files told. */
static const struct why_other *polled(const struct doing *d, const struct look *look)
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
	const struct why_other *other = d->watches ? NULL : polled(d, look);

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

/* ---- what is printed ---- */

const char *doing_cgroup(const struct doing *d)
{
	if (d->what == DOING_FROZEN && d->now->freezer_group[0])
		return d->now->freezer_group;
	if (d->throttled_ns && d->now->quota_group[0])
		return d->now->quota_group;
	return d->now->cgroup_name;
}

static const char *state_word(const struct doing *d)
{
	const struct why_thread *t = d->now;

	if (t->state & STATE_EXIT)
		return "dead";
	if (t->state & STATE_TRACED)
		return "traced";
	if (t->state & STATE_STOPPED)
		return "stopped";
	if (d->what == DOING_FROZEN)
		return "frozen";
	if (t->state & STATE_UNINTERRUPTIBLE)
		return t->state & STATE_NOLOAD ? "idle" : "uninterruptible";
	if (t->state & STATE_INTERRUPTIBLE)
		return "sleeping";
	return t->flags & WHY_THREAD_ON_CPU ? "running" : "runnable";
}

static const char *anon_kind(const char *name)
{
	static const struct {
		const char *name, *kind;
	} kinds[] = {
		{"[eventfd]", "eventfd"},	   {"[timerfd]", "timer"},
		{"[signalfd]", "signalfd"},	   {"[eventpoll]", "epoll instance"},
		{"inotify", "directory watch"},	   {"[io_uring]", "io_uring"},
		{"[fanotify]", "directory watch"}, {"[pidfd]", "process"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(name, kinds[i].name))
			return kinds[i].kind;
	}
	return "anonymous file";
}

static void report_ends(struct why_on *out, const struct fact_sock *s, bool tcp)
{
	out->ends = true;
	out->family = s->family;
	memcpy(out->laddr, s->laddr, sizeof(out->laddr));
	memcpy(out->raddr, s->raddr, sizeof(out->raddr));
	out->lport = s->lport;
	out->rport = s->rport;
	out->state = tcp ? tcp_state_name(s->state) : NULL;
}

static void report_object(struct why_on *out, const struct look *look, const struct why_object *on,
			  uint32_t pid)
{
	const struct why_other *peer = look_peer(look, on, pid);
	const char *path = look_path(look, on);

	switch ((enum why_object_kind)on->kind) {
	case WHY_OBJECT_NONE:
		return;
	case WHY_OBJECT_TCP:
	case WHY_OBJECT_INET:
		out->kind = "socket";
		report_ends(out, &on->s, on->kind == WHY_OBJECT_TCP);
		break;
	case WHY_OBJECT_UNIX:
		out->kind = "unix socket";
		break;
	case WHY_OBJECT_SOCKET:
		out->kind = "socket of another family";
		break;
	case WHY_OBJECT_PIPE:
		out->kind = "pipe";
		break;
	case WHY_OBJECT_FILE:
		out->kind = "file";
		snprintf(out->path, sizeof(out->path), "%s", path ? path : on->name);
		break;
	case WHY_OBJECT_ANON:
		out->kind = anon_kind(on->name);
		break;
	}
	if (peer) {
		out->peer.pid = peer->task.pid;
		memcpy(out->peer.comm, peer->task.comm, sizeof(out->peer.comm));
	}
}

void doing_report(const struct doing *d, const struct look *look, struct why_thread_report *out)
{
	const struct why_thread *t = d->now;
	const struct why_other *other;

	memset(out, 0, sizeof(*out));
	out->pid = t->task.pid;
	out->tid = t->task.tid;
	memcpy(out->comm, t->task.comm, sizeof(out->comm));
	memcpy(out->process, t->process, sizeof(out->process));
	out->state = state_word(d);
	out->fd = -1;
	if (d->what == DOING_DEAD) /* what its registers hold is of its last system call */
		return;
	out->syscall = d->call ? d->call->name : NULL;
	out->fd = d->call && d->call->takes_fd ? (int32_t)t->args[0] : -1;
	out->watches = d->watches;
	out->since_known = d->same && d->since_ns;
	out->since_ns = d->since_ns;
	out->share_known = d->before;
	out->cpu_permille = d->between_ns ? (uint32_t)(d->ran_ns * 1000 / d->between_ns) : 0;
	out->run_delay_ns = d->waited_ns;
	out->tracer.pid = t->tracer;
	out->nice = t->nice;
	out->frames = t->frames;
	memcpy(out->frame, t->frame, sizeof(out->frame));
	if (out->fd >= 0)
		report_object(&out->on, look, &t->on, t->task.pid);
	other = d->call && d->call->kind == CALL_EVENTS && !out->on.kind ? polled(d, look) : NULL;
	if (other) {
		out->fd = other->fd;
		report_object(&out->on, look, &other->on, t->task.pid);
	}
	if (d->what == DOING_LOCK && d->call && d->call->kind == CALL_LOCK)
		out->on.kind = "futex";
}

static void words_object(const struct why_on *on, char *out, size_t size)
{
	char end[TEXT_END_MAX];

	out[0] = '\0';
	if (!on->kind)
		return;
	if (on->ends && on->rport) {
		text_end(end, on->family, on->raddr, on->rport);
		snprintf(out, size, " on %s%s%s%s", end, on->state ? " (" : "",
			 on->state ? on->state : "", on->state ? ")" : "");
	} else if (on->path[0]) {
		snprintf(out, size, " on %s", on->path);
	} else if (why_on_tells(on)) {
		snprintf(out, size, " on %s %s", strchr("aeiou", on->kind[0]) ? "an" : "a",
			 on->kind);
	}
}

void doing_words(const struct doing *d, const struct why_thread_report *r, char *out, size_t size)
{
	char on[400], call[48] = "";
	unsigned int share = doing_percent(d->ran_ns, d->between_ns);
	unsigned int waits = doing_percent(d->waited_ns, d->between_ns);

	words_object(&r->on, on, sizeof(on));
	if (r->syscall)
		snprintf(call, sizeof(call), " in %s()", r->syscall);
	switch (d->what) {
	case DOING_STOPPED:
		snprintf(out, size, "is stopped by a signal");
		break;
	case DOING_TRACED:
		snprintf(out, size, "is stopped by a debugger (process %u)", d->now->tracer);
		break;
	case DOING_FROZEN:
		snprintf(out, size, "is frozen by its cgroup %s", doing_cgroup(d));
		break;
	case DOING_ACCEPT:
		snprintf(out, size, "sleeps%s", call);
		break;
	case DOING_HELD_BACK:
		snprintf(out, size, "is held back by memory.high of its cgroup %s",
			 d->now->cgroup_name);
		break;
	case DOING_DEEP:
		snprintf(out, size, "is in an uninterruptible sleep%s%s%s%s", call,
			 d->now->frames ? ", in the kernel's " : "",
			 d->now->frames ? d->now->frame[0] : "", on);
		break;
	case DOING_FILE:
	case DOING_PEER:
		snprintf(out, size, "is blocked%s%s", call, on);
		break;
	case DOING_CHILD:
		if (d->call && d->call->number >= 0 && (int32_t)d->now->args[0] > 0 &&
		    !strcmp(d->call->name, "wait4"))
			snprintf(out, size, "waits for its child %d to end, in wait4()",
				 (int32_t)d->now->args[0]);
		else
			snprintf(out, size, "waits for a child%s", call);
		break;
	case DOING_RUN:
		if (d->before)
			snprintf(out, size, "is running, %u%% of a CPU", share);
		else
			snprintf(out, size, "is running");
		break;
	case DOING_READY:
		if (d->before)
			snprintf(out, size,
				 "is ready to run, but had no CPU for %u%% of the time%s",
				 waits > 100 ? 100 : waits,
				 d->now->nice > 0 ? " (it is niced)" : "");
		else
			snprintf(out, size, "is ready to run, but has no CPU");
		break;
	case DOING_SLEEP:
		snprintf(out, size, "sleeps%s", call);
		break;
	case DOING_LOCK:
		snprintf(out, size, "waits for a lock%s%s", call, on);
		break;
	case DOING_EVENTS:
		snprintf(out, size, "waits for events%s%s", call, on);
		break;
	case DOING_SIGNALS:
		snprintf(out, size, "waits for a signal%s", call);
		break;
	case DOING_KERNEL:
		snprintf(out, size, "is a worker of the kernel");
		break;
	case DOING_DEAD:
		snprintf(out, size, "has exited");
		break;
	case DOING_UNKNOWN:
		snprintf(out, size, "is asleep%s%s%s%s", call,
			 d->now->frames ? ", in the kernel's " : "",
			 d->now->frames ? d->now->frame[0] : "", on);
		break;
	}
}
