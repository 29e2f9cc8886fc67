/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * looks.h - two looks at a listener, built by hand: process 100 ("server") holds listener 1 on
 * 127.0.0.1:9502, on which three connections wait since long. The second look is half a second
 * after the first; who is put in both has not moved.
 *
 *	struct scene s = scene_new(3);
 *	struct why_thread t = sleeper(100, 100, SYS_recvfrom);
 *	put_both(&s, &t, sizeof(t));
 *	diagnose_scene(&s);
 */
#ifndef SOCKSTATE_TEST_LOOKS_H
#define SOCKSTATE_TEST_LOOKS_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/units.h"
#include "event/tcp.h"
#include "tap.h"
#include "why/diagnosis.h"
#include "why/look.h"

#define SK    0x1000ULL
#define PID   100
#define PORT  9502
#define FIRST (100 * NS_S)
#define APART (500 * NS_MS)

#define ASLEEP	0x1
#define DEEP	0x2
#define STOPPED 0x4
#define TRACED	0x8
#define NOLOAD	0x400
#define FROZEN	0x8000

/* For a scene that is made next: nobody has a connection of the listener. */
static bool never_accepted;

struct scene {
	struct look *before, *now;
	struct why_listener listener; /* of the second look */
	struct why_history history;
	bool traced; /* the history counts */
	struct why_report *report;
};

#define HEAD(record, what)                            \
	do {                                          \
		(record)->h.size = sizeof(*(record)); \
		(record)->h.kind = (what);            \
	} while (0)

__attribute__((unused)) static void put(struct look *look, const void *record)
{
	const struct why_hdr *h = record;

	if (look_record(look, record, h->size)) {
		printf("Bail out! a record of kind %u is refused\n", h->kind);
		exit(1);
	}
}

__attribute__((unused)) static struct fact_sock ends(uint16_t lport, uint16_t rport)
{
	struct fact_sock s = {.family = AF_INET, .lport = lport, .rport = rport, .netns = 7};

	inet_pton(AF_INET, "127.0.0.1", s.laddr);
	inet_pton(AF_INET, "10.0.0.5", s.raddr);
	s.state = TCP_STATE_ESTABLISHED;
	return s;
}

__attribute__((unused)) static struct why_listener listener(uint32_t queued)
{
	struct why_listener l = {.s = ends(PORT, 0), .q = {.accept_queue = queued, .backlog = 8}};

	HEAD(&l, WHY_LISTENER);
	memset(l.s.raddr, 0, sizeof(l.s.raddr));
	l.s.sk = SK;
	l.s.cookie = 77;
	l.s.state = TCP_STATE_LISTEN;
	l.t = FIRST;
	l.jiffies = 25000; /* 250 a second */
	l.queued = queued;
	for (uint32_t i = 0; i < queued; i++)
		l.queue[i] = (struct why_queued){.child = 0x2000 + i, .since = 24000};
	return l;
}

__attribute__((unused)) static void put_holder(struct look *look, uint32_t pid)
{
	struct why_holder h = {.sk = SK, .task = {.pid = pid, .tid = pid}, .fd = 4};

	HEAD(&h, WHY_HOLDER);
	snprintf(h.task.comm, sizeof(h.task.comm), "server");
	put(look, &h);
}

/* A process that has a connection of the listener's port. */
__attribute__((unused)) static void put_served(struct look *look, uint32_t pid, uint32_t parent,
					       const char *comm)
{
	struct why_other o = {
		.flags = WHY_OTHER_SERVES, .task = {.pid = pid, .tid = pid}, .parent = parent};

	HEAD(&o, WHY_OTHER);
	o.on = (struct why_object){.kind = WHY_OBJECT_TCP, .s = ends(PORT, 40000)};
	snprintf(o.task.comm, sizeof(o.task.comm), "%s", comm);
	put(look, &o);
}

/* The listener, which has been put, is told by the second look to have this many more waiters. */
__attribute__((unused)) static struct scene scene_of(const struct why_listener *was,
						     const struct why_listener *is)
{
	struct scene s = {.before = look_new(), .now = look_new(), .listener = *is};
	struct why_clock clock = {.t = FIRST, .arrived_at = FIRST - 5 * NS_S};

	HEAD(&clock, WHY_CLOCK);
	s.report = malloc(sizeof(*s.report));
	s.listener.t = FIRST + APART;
	s.listener.jiffies = was->jiffies + 125;
	put(s.before, was);
	put(s.now, &s.listener);
	put(s.before, &clock);
	put(s.now, &clock);
	put_holder(s.before, PID);
	put_holder(s.now, PID);
	/* It has accepted already: a child of the server has the connection. */
	if (!never_accepted)
		put_served(s.now, 60, PID, "server");
	return s;
}

__attribute__((unused)) static struct scene scene_new(uint32_t queued)
{
	const struct why_listener l = listener(queued);

	return scene_of(&l, &l);
}

__attribute__((unused)) static void scene_done(struct scene *s)
{
	look_free(s->before);
	look_free(s->now);
	free(s->report);
}

/* Asleep for 3.2 s at the second look, which is at FIRST + APART of CLOCK_MONOTONIC. */
__attribute__((unused)) static struct why_thread thread(uint32_t pid, uint32_t tid, uint32_t state)
{
	struct why_thread t = {.task = {.pid = pid, .tid = tid},
			       .state = state,
			       .process_threads = 1,
			       .switches = 10,
			       .ran_ns = NS_S,
			       .delay_ns = NS_MS,
			       .fds = 5,
			       .fd_limit = 1024};

	HEAD(&t, WHY_THREAD);
	snprintf(t.task.comm, sizeof(t.task.comm), "server");
	snprintf(t.process, sizeof(t.process), "server");
	snprintf(t.cgroup_name, sizeof(t.cgroup_name), "web.service");
	t.flags = WHY_THREAD_STACK;
	t.stopped_at = FIRST + APART - 3200 * NS_MS - 5 * NS_S;
	return t;
}

__attribute__((unused)) static struct why_thread in_call(uint32_t tid, int call)
{
	struct why_thread t = thread(PID, tid, ASLEEP);

	t.flags |= WHY_THREAD_CALL;
	t.call = call;
	t.args[0] = 6;
	return t;
}

/* In both looks, unchanged. */
__attribute__((unused)) static void put_still(struct scene *s, struct why_thread t)
{
	t.t = FIRST;
	put(s->before, &t);
	t.t = FIRST + APART;
	put(s->now, &t);
}

/* In both looks; in between it had a CPU and waited for one, in percent of the time. */
__attribute__((unused)) static void put_moving(struct scene *s, struct why_thread t,
					       unsigned int ran, unsigned int waited)
{
	t.t = FIRST;
	put(s->before, &t);
	t.t = FIRST + APART;
	t.ran_ns += APART * ran / 100;
	t.delay_ns += APART * waited / 100;
	t.switches += 50;
	put(s->now, &t);
}

__attribute__((unused)) static struct why_watcher watcher(const char *wake)
{
	struct why_watcher w = {.sk = SK};

	HEAD(&w, WHY_WATCHER);
	snprintf(w.wake, sizeof(w.wake), "%s", wake);
	return w;
}

/* An epoll instance of the server; tid 0: nobody is in epoll_wait(). */
__attribute__((unused)) static struct why_watcher epoll(uint32_t events, uint32_t tid)
{
	struct why_watcher w = watcher("ep_poll_callback");

	w.epoll = 0x3000;
	w.epoll_file = 0x3100;
	w.events = events;
	w.sleepers = tid != 0;
	w.sleeper[0] = tid;
	return w;
}

/* To be called before the listener is asked about: a look counts its waiters. */
__attribute__((unused)) static void put_watcher(struct scene *s, const struct why_watcher *w)
{
	put(s->before, w);
	put(s->now, w);
	s->listener.waiters++;
}

__attribute__((unused)) static void diagnose_scene(struct scene *s)
{
	diagnose(s->report, s->before, s->now, &s->listener, s->traced ? &s->history : NULL);
}

/* Tells, compares, and throws the scene away. */
__attribute__((unused)) static void says(struct scene *s, enum diagnosis diagnosis,
					 const char *sentence)
{
	char name[96];

	diagnose_scene(s);
	snprintf(name, sizeof(name), "%s", diagnosis_name(diagnosis));
	is_str(diagnosis_name(s->report->diagnosis), diagnosis_name(diagnosis), name);
	is_str(s->report->sentence, sentence, "  in words");
}

#endif
