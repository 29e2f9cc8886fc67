// SPDX-License-Identifier: BSD-2-Clause
/* What connections that came from a listener tell about who accepted them. */
#include <sys/epoll.h>

#include "looks.h"

#define MINE "server[100] "

static void test_paused(void)
{
	struct scene s = scene_new(3);

	put_served(s.now, PID, 1, "server");
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	put_still(&s, in_call(101, SYS_futex));
	says(&s, DIAGNOSIS_DISARMED,
	     MINE "has connections of this port and its event loop is in epoll_pwait(), but "
		  "without the listener: it was paused, as some servers do at their limit of "
		  "connections");
	scene_done(&s);

	/* A thread that waits for something else may be the one that should accept. */
	s = scene_new(3);
	put_served(s.now, PID, 1, "server");
	put_still(&s, in_call(PID, SYS_epoll_pwait));
	put_still(&s, in_call(101, SYS_nanosleep));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_NOBODY_WATCHES, "  not beside a thread that sleeps");
	scene_done(&s);

	/* The loop of another thread than the first is perhaps not the one that accepts. */
	s = scene_new(3);
	put_served(s.now, PID, 1, "server");
	put_still(&s, in_call(PID, SYS_futex));
	put_still(&s, in_call(101, SYS_epoll_pwait));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_BLOCKED_ON_LOCK,
	   "  nor where its first thread waits for a lock");
	scene_done(&s);
}

static void test_left_to_child(void)
{
	struct scene s = scene_new(3);
	struct why_thread t = in_call(PID, SYS_nanosleep);

	t.parent = 50;
	put_served(s.now, 50, 1, "old");
	put_still(&s, t);
	says(&s, DIAGNOSIS_NOT_THE_ACCEPTOR,
	     "old[50] has connections of this port but no longer the listener; only its child has "
	     "it and does not accept: " MINE "sleeps in nanosleep() for 3.20 s");
	scene_done(&s);

	s = scene_new(3);
	put_served(s.now, 50, 1, "old");
	put_still(&s, in_call(PID, SYS_nanosleep));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_SLEEPING,
	   "  a process that is no relation may have got its connections elsewhere");
	scene_done(&s);

	s = scene_new(3);
	put_served(s.now, 50, 1, "old");
	put_served(s.now, PID, 50, "server");
	put_still(&s, t);
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_SLEEPING, "  nor is a child that has some of its own");
	scene_done(&s);
}

/* The master of a SO_REUSEPORT group that keeps its port by a socket which is only bound to it. */
static void test_reserved(void)
{
	struct scene s;
	struct why_thread t = in_call(PID, SYS_nanosleep);
	struct why_other o = {.flags = WHY_OTHER_SERVES,
			      .task = {.pid = 50, .tid = 50, .comm = "master"}};

	never_accepted = true;
	s = scene_new(3);
	HEAD(&o, WHY_OTHER);
	o.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(PORT, 0)};
	o.on.s.state = TCP_STATE_CLOSE;
	put(s.now, &o);
	t.parent = 50;
	put_still(&s, t);
	says(&s, DIAGNOSIS_SLEEPING,
	     MINE "sleeps in nanosleep() for 3.20 s; nobody waits for it, and nobody has a "
		  "connection that came from it");
	scene_done(&s);
	never_accepted = false;
}

/* A server that forks for each connection: its children have the connections and nothing else. */
static void test_forks(void)
{
	struct scene s = scene_new(3);

	put_still(&s, in_call(PID, SYS_rt_sigsuspend));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_NOBODY_WATCHES,
	   "a child with a connection has not been the acceptor");
	scene_done(&s);
}

static void test_never_accepted(void)
{
	struct scene s;
	struct why_watcher w = epoll(EPOLLIN, 0);

	never_accepted = true;
	s = scene_new(3);
	put_still(&s, in_call(PID, SYS_clock_nanosleep));
	says(&s, DIAGNOSIS_SLEEPING,
	     MINE "sleeps in clock_nanosleep() for 3.20 s; nobody waits for it, and nobody has a "
		  "connection that came from it");
	ok(s.report->also_count == 1 && s.report->also[0] == DIAGNOSIS_NOBODY_WATCHES,
	   "  perhaps its service never began");
	scene_done(&s);

	s = scene_new(3);
	put_watcher(&s, &w);
	put_still(&s, in_call(PID, SYS_clock_nanosleep));
	diagnose_scene(&s);
	ok(s.report->diagnosis == DIAGNOSIS_SLEEPING && !s.report->also_count,
	   "  not where epoll watches it");
	scene_done(&s);
	never_accepted = false;
}

int main(void)
{
	test_paused();
	test_left_to_child();
	test_reserved();
	test_forks();
	test_never_accepted();
	return done();
}
