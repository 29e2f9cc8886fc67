// SPDX-License-Identifier: BSD-2-Clause
/* What a thread does, from two looks: by its state, its call and what it did in between. */
#include <sys/socket.h>

#include "looks.h"
#include "why/doing.h"

static struct doing doing_of(const struct why_thread *now, const struct why_thread *before,
			     const struct look *look)
{
	struct doing d;

	doing_fill(&d, look, now, before, false);
	return d;
}

static void test_states(void)
{
	static const struct {
		uint32_t state, flags;
		enum doing_what what;
		const char *name;
	} cases[] = {
		{0x10, 0, DOING_DEAD, "a zombie has exited"},
		{0x80, 0, DOING_DEAD, "so has who is dead"},
		{ASLEEP, WHY_THREAD_KERNEL, DOING_KERNEL, "a worker of io_uring is the kernel's"},
		{STOPPED, 0, DOING_STOPPED, "stopped"},
		{TRACED, 0, DOING_TRACED, "traced"},
		{FROZEN, 0, DOING_FROZEN, "frozen by cgroup v1"},
		{ASLEEP, WHY_THREAD_FROZEN, DOING_FROZEN, "frozen by cgroup v2"},
		{0, WHY_THREAD_ON_CPU, DOING_RUN, "on a CPU"},
		{0, 0, DOING_READY, "ready to run"},
		{DEEP, 0, DOING_DEEP, "uninterruptible"},
		{DEEP | NOLOAD, 0, DOING_UNKNOWN, "idle is no state D"},
		{ASLEEP, 0, DOING_UNKNOWN, "asleep in no call: unknown"},
		{ASLEEP, WHY_THREAD_COMPAT, DOING_UNKNOWN, "a 32-bit call has other numbers"},
	};
	struct look *look = look_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why_thread t = thread(PID, PID, cases[i].state);
		struct doing d;

		t.flags |= cases[i].flags;
		d = doing_of(&t, NULL, look);
		ok(d.what == cases[i].what && !d.same && !d.since_ns, "%s", cases[i].name);
	}
	look_free(look);
}

static void test_calls(void)
{
	static const struct {
		int call;
		uint16_t on;
		enum doing_what what;
		const char *name;
	} cases[] = {
		{SYS_accept4, WHY_OBJECT_TCP, DOING_ACCEPT, "accept4()"},
		{SYS_epoll_pwait, WHY_OBJECT_ANON, DOING_EVENTS, "epoll_pwait()"},
		{SYS_ppoll, 0, DOING_EVENTS, "ppoll()"},
		{SYS_read, WHY_OBJECT_TCP, DOING_PEER, "read() of a connection"},
		{SYS_read, WHY_OBJECT_UNIX, DOING_PEER, "read() of a unix socket"},
		{SYS_read, WHY_OBJECT_PIPE, DOING_PEER, "read() of a pipe"},
		{SYS_read, WHY_OBJECT_FILE, DOING_FILE, "read() of a file"},
		{SYS_read, WHY_OBJECT_ANON, DOING_EVENTS, "read() of an eventfd waits for events"},
		{SYS_read, WHY_OBJECT_NONE, DOING_UNKNOWN, "read() of what was not open"},
		{SYS_connect, WHY_OBJECT_TCP, DOING_PEER, "connect()"},
		{SYS_openat, 0, DOING_FILE, "openat()"},
		{SYS_futex, 0, DOING_LOCK, "futex()"},
		{SYS_flock, WHY_OBJECT_FILE, DOING_LOCK, "flock()"},
		{SYS_nanosleep, 0, DOING_SLEEP, "nanosleep()"},
		{SYS_rt_sigsuspend, 0, DOING_SIGNALS, "rt_sigsuspend()"},
		{SYS_wait4, 0, DOING_CHILD, "wait4()"},
		{SYS_mmap, 0, DOING_UNKNOWN, "mmap()"},
		{100000, 0, DOING_UNKNOWN, "a call that is not known"},
	};
	struct look *look = look_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct why_thread t = in_call(PID, cases[i].call);

		t.on.kind = cases[i].on;
		ok(doing_of(&t, NULL, look).what == cases[i].what, "%s", cases[i].name);
	}
	look_free(look);
}

/* A call that a signal has interrupted is taken up again without its number. */
static void test_frames(void)
{
	struct look *look = look_new();
	struct why_thread t = thread(PID, PID, ASLEEP);

	t.frames = 1;
	snprintf(t.frame[0], WHY_FRAME, "hrtimer_nanosleep+0x1/0x2");
	ok(doing_of(&t, NULL, look).what == DOING_SLEEP, "the stack tells where the call does not");
	look_free(look);
}

static void test_agreement(void)
{
	struct look *look = look_new();
	struct why_thread before = in_call(PID, SYS_nanosleep), now = before;
	struct doing d;

	before.t = FIRST;
	now.t = FIRST + APART;
	d = doing_of(&now, &before, look);
	ok(d.same && !d.since_ns, "the same sleep in both; since when, only a known clock tells");
	look->clock_known = true;
	look->clock_offset = 5 * NS_S;
	d = doing_of(&now, &before, look);
	ok(d.same && d.since_ns == 3200 * NS_MS, "3.2 s by the scheduler's clock");
	now.stopped_at = now.t;
	d = doing_of(&now, &before, look);
	ok(d.since_ns == APART, "at least the time between the looks, whatever the clock says");
	now.stopped_at = before.stopped_at;
	now.switches++;
	d = doing_of(&now, &before, look);
	ok(!d.same && !d.since_ns, "it ran in between: another sleep");
	now.switches--;
	now.call = SYS_futex;
	d = doing_of(&now, &before, look);
	ok(!d.same, "another call: another sleep");
	now.call = before.call;
	now.state = STOPPED;
	d = doing_of(&now, &before, look);
	ok(!d.same, "another state: another sleep");
	look_free(look);
}

static void test_weight(void)
{
	struct doing d = {.what = DOING_PEER}, e = {.what = DOING_SLEEP};
	struct why_thread first = thread(PID, PID, ASLEEP), second = thread(PID, PID + 1, ASLEEP);

	d.now = e.now = &second;
	ok(doing_weight(&d) > doing_weight(&e), "a peer tells more than a sleep");
	e.now = &first;
	ok(doing_weight(&e) > doing_weight(&d), "the first thread tells more than another one");
	d.watches = true;
	ok(doing_weight(&d) > doing_weight(&e), "who waits for the listener more than the first");
	e.did_watch = true;
	ok(doing_weight(&e) > doing_weight(&d), "who waited for it a moment ago more than that");
	d.accepted = true;
	ok(doing_weight(&d) > doing_weight(&e), "and who was seen to accept most");
	d.what = DOING_DEAD;
	ok(!doing_weight(&d), "who has exited tells nothing");
	ok(doing_percent(1, 0) == 0 && doing_percent(APART / 4, APART) == 25, "shares in percent");
}

int main(void)
{
	test_states();
	test_calls();
	test_frames();
	test_agreement();
	test_weight();
	return done();
}
