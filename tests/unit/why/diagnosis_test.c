// SPDX-License-Identifier: BSD-2-Clause
/* Each diagnosis from two looks that are built by hand: its name, its evidence, its sentence. */
#include <sys/epoll.h>

#include "looks.h"

#define MINE "server[100] "

/* ---- what keeps a thread from accept() ---- */

static void test_peer(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_recvfrom);
	struct why_other peer = {.key = 9, .task = {.pid = 200, .tid = 200}};

	t.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(40000, 5432), .key = 9};
	put_still(&s, t);
	t = in_call(101, SYS_nanosleep);
	put_still(&s, t);
	HEAD(&peer, WHY_OTHER);
	snprintf(peer.task.comm, sizeof(peer.task.comm), "postgres");
	peer.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(5432, 40000)};
	inet_pton(AF_INET, "10.0.0.5", peer.on.s.laddr);
	inet_pton(AF_INET, "127.0.0.1", peer.on.s.raddr);
	put(s.now, &peer);
	says(&s, DIAGNOSIS_BLOCKED_ON_PEER,
	     MINE "is blocked in recvfrom() on 10.0.0.5:5432 (ESTABLISHED) for 3.20 s "
		  "(postgres[200] has the other end); which of its 2 blocked threads should "
		  "accept is not known");
	ok(s.report->since_known && s.report->since_ns == 3200 * NS_MS, "  and since when");
	ok(s.report->threads[0].tid == PID && s.report->threads[0].fd == 6, "  of which thread");
	ok(s.report->threads[0].on.peer.pid == 200, "  and who has the other end");
	ok(s.report->threads[1].tid == 101, "  the decoy comes after it");
	scene_done(&s);
}

static void test_pipe_and_file(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_write);

	t.on = (struct why_object){.kind = WHY_OBJECT_PIPE};
	put_still(&s, t);
	says(&s, DIAGNOSIS_BLOCKED_ON_PEER,
	     MINE "is blocked in write() on a pipe for 3.20 s; nobody is in accept()");
	scene_done(&s);

	s = scene_new(3);
	t = in_call(PID, SYS_fsync);
	t.state = DEEP;
	t.on = (struct why_object){.kind = WHY_OBJECT_FILE};
	snprintf(t.on.name, sizeof(t.on.name), "journal");
	put_still(&s, t);
	says(&s, DIAGNOSIS_BLOCKED_ON_FILE,
	     MINE "is blocked in fsync() on journal for 3.20 s; nobody is in accept()");
	scene_done(&s);
}

static void test_calls(void)
{
	static const struct {
		int call;
		enum diagnosis diagnosis;
		const char *sentence;
	} cases[] = {
		{SYS_futex, DIAGNOSIS_BLOCKED_ON_LOCK,
		 MINE "waits for a lock in futex() for 3.20 s; nobody is in accept()"},
		{SYS_clock_nanosleep, DIAGNOSIS_SLEEPING,
		 MINE "sleeps in clock_nanosleep() for 3.20 s; nobody is in accept()"},
		{SYS_wait4, DIAGNOSIS_BLOCKED_ON_CHILD,
		 MINE "waits for its child 6 to end, in wait4() for 3.20 s; nobody is in accept()"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s = scene_new(3);

		put_still(&s, in_call(PID, cases[i].call));
		says(&s, cases[i].diagnosis, cases[i].sentence);
		scene_done(&s);
	}
}

static void test_uninterruptible(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = thread(PID, PID, DEEP);

	snprintf(t.frame[0], WHY_FRAME, "rpc_wait_bit_killable+0x11/0x70");
	t.frames = 1;
	put_still(&s, t);
	says(&s, DIAGNOSIS_UNINTERRUPTIBLE,
	     MINE "is in an uninterruptible sleep, in the kernel's rpc_wait_bit_killable+0x11/0x70 "
		  "for 3.20 s; nobody is in accept()");
	scene_done(&s);

	s = scene_new(3);
	t.state = DEEP | NOLOAD;
	put_still(&s, t);
	diagnose_scene(&s);
	ok(s.report->diagnosis != DIAGNOSIS_UNINTERRUPTIBLE, "  an idle thread is not in state D");
	scene_done(&s);
}

static void test_vfork(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_clone);

	/* Killable, not interruptible. */
	t.state = DEEP | 0x100;
	put_still(&s, t);
	says(&s, DIAGNOSIS_BLOCKED_ON_CHILD,
	     MINE
	     "waits for its child to call exec(), in clone() for 3.20 s; nobody is in accept()");
	scene_done(&s);
}

/* ---- a CPU ---- */

static struct why_thread pinned(uint32_t count, uint64_t cpus)
{
	struct why_thread t = thread(PID, PID, 0);

	t.cpus_allowed = count;
	t.cpus[0] = cpus;
	return t;
}

static void put_cpus(struct scene *s, uint32_t online)
{
	struct why_clock clock = {
		.t = FIRST, .arrived_at = FIRST - 5 * NS_S, .cpus_online = online};

	HEAD(&clock, WHY_CLOCK);
	put(s->now, &clock);
}

static void test_affinity(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = pinned(1, 2);

	put_cpus(&s, 8);
	put_moving(&s, t, 7, 90);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (allowed on CPU 1 only, "
		  "which was busy with others); nobody is in accept()");
	ok(s.report->threads[0].cpus_allowed == 1, "  how many it may run on");
	is_str(s.report->threads[0].cpus, "1", "  and which");
	scene_done(&s);

	s = scene_new(3);
	t.nice = 5;
	put_cpus(&s, 8);
	put_moving(&s, t, 7, 90);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (nice 5, allowed on CPU 1 "
		  "only, which was busy with others); nobody is in accept()");
	scene_done(&s);

	/* Of several CPUs one may have been idle. */
	s = scene_new(3);
	put_cpus(&s, 64);
	put_moving(&s, pinned(4, 1 | 7ULL << 61), 7, 90);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (allowed on CPUs 0,61-63 "
		  "only); nobody is in accept()");
	scene_done(&s);

	/* It has the CPU that it is allowed on. */
	s = scene_new(3);
	t = pinned(1, 2);
	t.flags |= WHY_THREAD_ON_CPU;
	put_cpus(&s, 8);
	put_moving(&s, t, 98, 1);
	says(&s, DIAGNOSIS_BUSY, MINE "is running, 98% of a CPU; nobody is in accept()");
	scene_done(&s);

	/* More CPUs than the record names. */
	s = scene_new(3);
	put_cpus(&s, 512);
	put_moving(&s, pinned(300, ~0ULL), 7, 90);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (allowed on 300 of 512 "
		  "CPUs only); nobody is in accept()");
	is_str(s.report->threads[0].cpus, "", "  no list that lacks some");
	scene_done(&s);

	/* All of them, some of which are not online; and how many are is not known. */
	for (uint32_t online = 0; online <= 2; online += 2) {
		s = scene_new(3);
		put_cpus(&s, online);
		put_moving(&s, pinned(online ? 64 : 1, online ? ~0ULL : 1), 7, 90);
		says(&s, DIAGNOSIS_STARVED,
		     MINE "is ready to run, but had no CPU for 90% of the time; nobody is in "
			  "accept()");
		scene_done(&s);
	}

	/* The quota may have taken the time, and not another program. */
	s = scene_new(3);
	put_cpus(&s, 8);
	t = pinned(1, 2);
	t.t = FIRST;
	put(s.before, &t);
	t.t = FIRST + APART;
	t.delay_ns += APART * 90 / 100;
	t.throttled_ns += APART / 10;
	put(s.now, &t);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (allowed on CPU 1 only); "
		  "nobody is in accept()");
	scene_done(&s);
}

static void test_cpu(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = thread(PID, PID, 0);

	t.flags |= WHY_THREAD_ON_CPU;
	put_moving(&s, t, 98, 1);
	says(&s, DIAGNOSIS_BUSY, MINE "is running, 98% of a CPU; nobody is in accept()");
	ok(!s.report->since_known, "  without a time since when");
	scene_done(&s);

	s = scene_new(3);
	t = thread(PID, PID, 0);
	t.nice = 19;
	put_moving(&s, t, 7, 90);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 90% of the time (nice 19); nobody is in "
		  "accept()");
	scene_done(&s);

	/* What it waited before the first look is not of the time between them. */
	s = scene_new(3);
	t = thread(PID, PID, 0);
	t.t = FIRST;
	t.queued_at = FIRST - 5 * NS_S - 400 * NS_MS;
	put(s.before, &t);
	t.t = FIRST + APART;
	t.queued_at = FIRST - 5 * NS_S + 450 * NS_MS;
	t.delay_ns += 700 * NS_MS;
	put(s.now, &t);
	says(&s, DIAGNOSIS_STARVED,
	     MINE "is ready to run, but had no CPU for 70% of the time; nobody is in accept()");
	scene_done(&s);

	/* Seen asleep, by chance: what it did in between decides. */
	s = scene_new(3);
	put_moving(&s, thread(PID, PID, ASLEEP), 80, 0);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_BUSY, "  also where both looks find it asleep");
	scene_done(&s);

	/* A master that waited for a CPU and is back in poll(), beside a worker that sleeps. */
	s = scene_new(3);
	put_moving(&s, in_call(PID, SYS_pselect6), 1, 90);
	put_holder(s.now, 102);
	t = in_call(102, SYS_clock_nanosleep);
	t.task.pid = 102;
	put_still(&s, t);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_SLEEPING && s.report->threads[0].pid == 102,
	   "  but not of one that is back in a wait for something else");
	scene_done(&s);
}

static void test_throttled(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = thread(PID, PID, 0);

	t.flags |= WHY_THREAD_QUOTA;
	t.quota_ns = 5 * NS_MS;
	t.period_ns = 100 * NS_MS;
	snprintf(t.quota_group, sizeof(t.quota_group), "web");
	t.t = FIRST;
	put(s.before, &t);
	t.t = FIRST + APART;
	t.throttled_ns = APART * 95 / 100;
	t.switches++;
	put(s.now, &t);
	says(&s, DIAGNOSIS_THROTTLED,
	     "the CPU quota of its cgroup web (5 ms in 100 ms) held it back for 95% of the "
	     "time");
	ok(s.report->throttled_known && s.report->throttled_ns == APART * 95 / 100,
	   "  and for how long");
	scene_done(&s);

	/* One throttling that has not ended yet: only the ends of periods tell of it. */
	s = scene_new(3);
	t = thread(PID, PID, 0);
	t.flags |= WHY_THREAD_QUOTA;
	t.quota_ns = 5 * NS_MS;
	t.period_ns = APART / 5;
	snprintf(t.quota_group, sizeof(t.quota_group), "web");
	t.t = FIRST;
	put(s.before, &t);
	t.t = FIRST + APART;
	t.throttled = 5;
	put(s.now, &t);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_THROTTLED && s.report->throttled_ns == APART / 5 * 4,
	   "held back through the ends of five periods: for four of them at least");
	scene_done(&s);

	/* A quota that bites other threads of the cgroup is not why this one waits for a peer. */
	s = scene_new(3);
	t = in_call(PID, SYS_recvfrom);
	t.flags |= WHY_THREAD_QUOTA;
	t.quota_ns = 5 * NS_MS;
	t.period_ns = 100 * NS_MS;
	t.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(40000, 5432)};
	t.t = FIRST;
	put(s.before, &t);
	t.t = FIRST + APART;
	t.throttled_ns = APART;
	put(s.now, &t);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_BLOCKED_ON_PEER,
	   "  who waits for a peer is not held back by a quota");
	scene_done(&s);

	s = scene_new(3);
	t = thread(PID, PID, ASLEEP);
	snprintf(t.frame[0], WHY_FRAME, "__mem_cgroup_handle_over_high+0x1/0x2");
	t.frames = 1;
	put_still(&s, t);
	says(&s, DIAGNOSIS_THROTTLED,
	     MINE "is held back by memory.high of its cgroup web.service for 3.20 s");
	scene_done(&s);
}

/* ---- held still ---- */

static void test_held_still(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = thread(PID, PID, STOPPED);

	put_still(&s, t);
	says(&s, DIAGNOSIS_STOPPED, MINE "is stopped by a signal for 3.20 s: it cannot accept");
	scene_done(&s);

	s = scene_new(3);
	t = thread(PID, PID, TRACED);
	t.tracer = 300;
	put_still(&s, t);
	says(&s, DIAGNOSIS_TRACED,
	     MINE "is stopped by a debugger (process 300) for 3.20 s: it cannot accept");
	ok(s.report->threads[0].tracer.pid == 300, "  and by whom");
	scene_done(&s);

	s = scene_new(3);
	snprintf(t.tracer_comm, sizeof(t.tracer_comm), "gdb");
	put_still(&s, t);
	says(&s, DIAGNOSIS_TRACED,
	     MINE "is stopped by its tracer gdb[300] for 3.20 s: it cannot accept");
	scene_done(&s);

	for (int v1 = 0; v1 < 2; v1++) {
		s = scene_new(3);
		t = thread(PID, PID, v1 ? FROZEN : ASLEEP);
		t.flags |= v1 ? 0 : WHY_THREAD_FROZEN;
		if (v1)
			snprintf(t.freezer_group, sizeof(t.freezer_group), "freezer");
		put_still(&s, t);
		says(&s, DIAGNOSIS_FROZEN,
		     v1 ? MINE "is frozen by its cgroup freezer for 3.20 s: it cannot accept"
			: MINE "is frozen by its cgroup web.service for 3.20 s: it cannot accept");
		scene_done(&s);
	}

	/* An empty queue does not make a stopped server a healthy one. */
	s = scene_new(0);
	put_still(&s, thread(PID, PID, STOPPED));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_STOPPED, "  stopped also before anybody connects");
	scene_done(&s);

	/* One thread that is stopped by a debugger, beside one that runs, is not all of it. */
	s = scene_new(0);
	put_still(&s, thread(PID, PID, TRACED));
	put_still(&s, in_call(101, SYS_accept4));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_KEEPS_UP, "  another thread may still accept");
	scene_done(&s);
}

/* ---- nobody is told ---- */

static void test_nobody(void)
{
	struct scene s = scene_new(3);
	struct why_watcher w;

	put_still(&s, in_call(PID, SYS_epoll_pwait));
	says(&s, DIAGNOSIS_NOBODY_WATCHES,
	     "nobody waits for it, in accept(), epoll, poll or io_uring: " MINE
	     "waits for events in epoll_pwait() for 3.20 s");
	scene_done(&s);

	s = scene_new(3);
	w = epoll(EPOLLIN, 0);
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	says(&s, DIAGNOSIS_NOBODY_WATCHES,
	     "epoll watches it, but nobody calls epoll_wait(): " MINE
	     "waits for a signal in rt_sigsuspend() for 3.20 s");
	scene_done(&s);

	s = scene_new(3);
	w = epoll(EPOLLONESHOT, PID);
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	says(&s, DIAGNOSIS_DISARMED,
	     "epoll watches it, but not for connections: EPOLLONESHOT is spent and was not armed "
	     "again");
	ok(s.report->watchers[0].oneshot && !s.report->watchers[0].armed, "  as the entry says");
	scene_done(&s);

	s = scene_new(3);
	w = epoll(0, PID);
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	says(&s, DIAGNOSIS_DISARMED,
	     "epoll watches it, but not for connections: it was paused (no EPOLLIN), as some "
	     "servers do at their limit of connections");
	scene_done(&s);
}

static void test_edge(void)
{
	struct why_listener was = listener(3), is = listener(2);
	struct scene s = scene_new(3);
	struct why_watcher w = epoll(EPOLLIN | EPOLLET, PID);

	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	says(&s, DIAGNOSIS_EDGE_MISSED,
	     "epoll is edge-triggered, its thread sleeps in epoll_wait(), and 3 wait: the last "
	     "loop stopped before accept() returned EAGAIN");
	scene_done(&s);

	/* Ready and not read: the thread is about to wake. */
	s = scene_new(3);
	w.flags = WHY_WATCHER_READY;
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_UNKNOWN, "  not where the instance is ready");
	scene_done(&s);

	/* The queue moved between the looks. */
	is.queue[0] = was.queue[1];
	is.queue[1] = was.queue[2];
	s = scene_of(&was, &is);
	w.flags = 0;
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_SLOW_PER_ACCEPT, "  nor where it accepted in between");
	scene_done(&s);
}

static void test_not_the_acceptor(void)
{
	struct scene s = scene_new(3);

	put_served(s.now, 50, 1, "old");
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	says(&s, DIAGNOSIS_NOT_THE_ACCEPTOR,
	     "old[50] has connections of this port but no longer the listener; who holds it does "
	     "not accept: " MINE "waits for a signal in rt_sigsuspend() for 3.20 s");
	scene_done(&s);

	s = scene_new(3);
	s.traced = true;
	s.history = (struct why_history){.listened_pid = 50, .acceptor_pid = 50, .accepts = 4};
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	says(&s, DIAGNOSIS_NOT_THE_ACCEPTOR,
	     "process 50, which accepted, no longer holds the listener; who holds it does not "
	     "accept: " MINE "waits for a signal in rt_sigsuspend() for 3.20 s");
	ok(s.report->holders[0].listened_known && !s.report->holders[0].listened,
	   "  the holder did not call listen()");
	scene_done(&s);
}

/* ---- its limits, its group, its pace ---- */

static void test_out_of_fds(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_nanosleep);

	t.fds = t.fd_limit = 20;
	put_still(&s, t);
	says(&s, DIAGNOSIS_OUT_OF_FDS,
	     MINE "has 20 descriptors open and may have 20 (RLIMIT_NOFILE): accept() fails with "
		  "EMFILE");
	ok(s.report->fds == 20 && s.report->fd_limit == 20, "  in numbers");
	scene_done(&s);
}

static void test_slow(void)
{
	struct why_listener was = listener(8), is = listener(6);
	struct why_thread t = in_call(PID, SYS_nanosleep);
	struct scene s;

	for (int i = 0; i < 6; i++)
		is.queue[i] = was.queue[i + 2];
	s = scene_of(&was, &is);
	put_moving(&s, t, 5, 10);
	says(&s, DIAGNOSIS_SLOW_PER_ACCEPT,
	     "it accepts, but needs 250 ms between two accepts: " MINE "sleeps in nanosleep()");
	ok(s.report->accepts_known && s.report->accepts == 2 && !s.report->accepts_at_least,
	   "  two in the time");
	scene_done(&s);

	is = listener(7);
	for (int i = 0; i < 7; i++)
		is.queue[i] = was.queue[i + 1];
	s = scene_of(&was, &is);
	put_moving(&s, t, 5, 10);
	says(&s, DIAGNOSIS_SLOW_PER_ACCEPT,
	     "it accepts, but took one connection in 500 ms: " MINE "sleeps in nanosleep()");
	scene_done(&s);

	/* All that were there have gone, and nobody knows how many of those that came later. */
	was = listener(1);
	is.queue[0].child += 100;
	s = scene_of(&was, &is);
	put_moving(&s, t, 5, 10);
	says(&s, DIAGNOSIS_SLOW_PER_ACCEPT,
	     "it accepts, but took one connection or more in 500 ms: " MINE
	     "sleeps in nanosleep()");
	scene_done(&s);

	was = listener(3);
	s = scene_of(&was, &is);
	put_moving(&s, t, 5, 10);
	says(&s, DIAGNOSIS_SLOW_PER_ACCEPT,
	     "it accepts, but needs at most 250 ms between two accepts: " MINE
	     "sleeps in nanosleep()");
	scene_done(&s);
}

static void test_group(void)
{
	struct why_listener l = listener(3), other = listener(0);
	struct scene s;

	l.group = other.group = 0x5000;
	l.flags = other.flags = WHY_LISTENER_REUSEPORT;
	other.s.sk = SK + 1;
	other.s.cookie = 78;
	s = scene_of(&l, &l);
	put(s.now, &other);
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	says(&s, DIAGNOSIS_WRONG_MEMBER,
	     "nobody waits for it, in accept(), epoll, poll or io_uring: " MINE
	     "waits for a signal in rt_sigsuspend() for 3.20 s; 1 other of its SO_REUSEPORT group "
	     "is idle");
	ok(s.report->also_count == 1 && s.report->also[0] == DIAGNOSIS_NOBODY_WATCHES,
	   "  and what it does itself");
	scene_done(&s);

	/* What a member does by itself is nearer to the cause than that others idle. */
	s = scene_of(&l, &l);
	put(s.now, &other);
	put_still(&s, thread(PID, PID, STOPPED));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_STOPPED && s.report->also_count == 1 &&
		   s.report->also[0] == DIAGNOSIS_WRONG_MEMBER,
	   "  the cause comes before the consequence");
	scene_done(&s);

	other.group = 0x6000;
	s = scene_of(&l, &l);
	put(s.now, &other);
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_NOBODY_WATCHES && !s.report->also_count,
	   "  a listener of another group is no member");
	scene_done(&s);
}

static void test_keeps_up(void)
{
	struct why_listener l = listener(1);
	struct scene s = scene_new(0);
	struct why_watcher w = watcher("autoremove_wake_function");

	w.task.pid = w.task.tid = PID;
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_accept4));
	says(&s, DIAGNOSIS_KEEPS_UP, "nothing waits for accept(); a thread is in accept()");
	ok(!diagnosis_is_trouble(s.report->diagnosis), "  which is no trouble");
	scene_done(&s);

	s = scene_new(0);
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_accept4));
	s.traced = true;
	s.history =
		(struct why_history){.trouble = VERDICT_APP_SLOW, .trouble_t = FIRST - 120 * NS_MS};
	says(&s, DIAGNOSIS_KEEPS_UP,
	     "now it keeps up: nothing waits for accept(); a thread is in accept(); 620 ms "
	     "earlier it called accept() late");
	scene_done(&s);

	l.queue[0].since = (uint32_t)l.jiffies + 120;
	s = scene_of(&l, &l);
	put_still(&s, in_call(PID, SYS_nanosleep));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_KEEPS_UP,
	   "  a connection that came just now is no trouble");
	scene_done(&s);
}

/* ---- what is not claimed ---- */

static void test_agreement(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_recvfrom);

	t.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(40000, 5432)};
	put_moving(&s, t, 1, 0);
	says(&s, DIAGNOSIS_BLOCKED_ON_PEER,
	     MINE "is blocked in recvfrom() on 10.0.0.5:5432 (ESTABLISHED); nobody is in accept()");
	ok(!s.report->since_known, "  it ran in between: no time is claimed");
	scene_done(&s);

	s = scene_new(3);
	t.t = FIRST + APART;
	put(s.now, &t);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_BLOCKED_ON_PEER && !s.report->since_known,
	   "  nor of a thread that only one look has");
	scene_done(&s);

	s = scene_new(3);
	put_still(&s, t);
	diagnose(s.report, NULL, s.now, &s.listener, NULL);
	ok(!s.report->since_known && !s.report->accepts_known && !s.report->look_ns,
	   "  nor where there was one look");
	scene_done(&s);
}

static void test_unknown(void)
{
	struct scene s = scene_new(3);
	struct why_watcher w = watcher("autoremove_wake_function");

	w.task.pid = w.task.tid = PID;
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_accept4));
	says(&s, DIAGNOSIS_UNKNOWN, "connections wait; a thread is in accept()");
	scene_done(&s);

	s = scene_new(3);
	w = watcher("some_module_wake");
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	says(&s, DIAGNOSIS_UNKNOWN, "connections wait; something waits for it");
	ok(!s.report->watchers[0].kind, "  a wake function without a name here has no kind");
	scene_done(&s);
}

/* It says how far it looked. */
static void test_limits(void)
{
	struct scene s = scene_new(0);
	struct why_watcher w = watcher("autoremove_wake_function");
	struct why_thread t = in_call(PID, SYS_accept4);

	w.task.pid = w.task.tid = PID;
	put_watcher(&s, &w);
	t.process_threads = 5000;
	put_still(&s, t);
	s.listener.waiters = 10000;
	says(&s, DIAGNOSIS_KEEPS_UP,
	     "nothing waits for accept(); a thread is in accept() (looked at 1 of 10000)");
	ok(s.report->watchers_seen == 1 && s.report->watchers_total == 10000, "  of the watchers");
	ok(s.report->threads_seen == 1 && s.report->threads_total == 5000, "  and of the threads");
	scene_done(&s);
}

/* Many threads are asleep for good reasons; the one that accepted is the one that matters. */
static void test_nearest(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(105, SYS_futex);

	for (uint32_t tid = 101; tid < 105; tid++)
		put_still(&s, in_call(tid, SYS_nanosleep));
	put_still(&s, in_call(PID, SYS_nanosleep));
	put_still(&s, t);
	s.traced = true;
	s.history = (struct why_history){.acceptor_pid = PID, .acceptor_tid = 105, .accepts = 9};
	says(&s, DIAGNOSIS_BLOCKED_ON_LOCK,
	     "server[100] thread 105 waits for a lock in futex() for 3.20 s; nobody is in accept()");
	ok(s.report->threads[0].tid == 105, "  the thread that was seen to accept is the first");
	ok(s.report->holders[0].accepts_known && s.report->holders[0].accepts == 9,
	   "  and its process has the accepts");
	scene_done(&s);
}

int main(void)
{
	test_peer();
	test_pipe_and_file();
	test_calls();
	test_uninterruptible();
	test_cpu();
	test_affinity();
	test_vfork();
	test_throttled();
	test_held_still();
	test_nobody();
	test_edge();
	test_not_the_acceptor();
	test_out_of_fds();
	test_slow();
	test_group();
	test_keeps_up();
	test_agreement();
	test_unknown();
	test_limits();
	test_nearest();
	return done();
}
