// SPDX-License-Identifier: BSD-2-Clause
/* Who waits for a listener: what the entries of its wait queue are, counted and in words. */
#include <sys/epoll.h>

#include "looks.h"
#include "why/watch.h"

static void says_watch(struct scene *s, const char *words)
{
	char sentence[200] = "";
	struct watch w;

	watch_gather(&w, s->now, &s->listener);
	watch_say(&w, sentence, sizeof(sentence));
	is_str(sentence, words, "says who watches");
	watch_done(&w);
}

static void add(struct scene *s, const char *wake, uint32_t tid)
{
	struct why_watcher w = watcher(wake);

	w.task.pid = PID;
	w.task.tid = tid;
	put_watcher(s, &w);
}

static void test_words(void)
{
	struct scene s = scene_new(0);
	struct why_watcher e = epoll(EPOLLIN, 0);

	says_watch(&s, "nobody waits for it at this moment");
	add(&s, "autoremove_wake_function", 101);
	says_watch(&s, "a thread is in accept()");
	add(&s, "autoremove_wake_function", 102);
	says_watch(&s, "2 threads are in accept()");
	add(&s, "pollwake", 103);
	add(&s, "io_poll_wake", 0);
	says_watch(&s, "2 threads are in accept(), a thread polls it, io_uring waits for it");
	scene_done(&s);

	s = scene_new(0);
	put_watcher(&s, &e);
	says_watch(&s, "epoll watches it and nobody is in epoll_wait()");
	e.sleepers = 3;
	put_watcher(&s, &e);
	says_watch(&s, "2 epoll instances watch it and 3 threads are in epoll_wait()");
	scene_done(&s);
}

static void test_counts(void)
{
	static const struct {
		uint32_t events, flags;
		size_t armed, edge, oneshot, ready;
		const char *name;
	} cases[] = {
		{EPOLLIN, 0, 1, 0, 0, 0, "level-triggered"},
		{EPOLLRDNORM, 0, 1, 0, 0, 0, "EPOLLRDNORM is as good as EPOLLIN"},
		{EPOLLIN | EPOLLET, 0, 1, 1, 0, 0, "edge-triggered"},
		{EPOLLIN | EPOLLONESHOT, 0, 1, 0, 0, 0, "a one-shot that is armed"},
		{EPOLLONESHOT, 0, 0, 0, 1, 0, "a one-shot that is spent"},
		{EPOLLERR | EPOLLHUP, 0, 0, 0, 0, 0, "paused: errors only"},
		{EPOLLIN, WHY_WATCHER_READY, 1, 0, 0, 1, "ready and not read"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s = scene_new(0);
		struct why_watcher e = epoll(cases[i].events, PID);
		struct watch w;

		e.flags = cases[i].flags;
		put_watcher(&s, &e);
		watch_gather(&w, s.now, &s.listener);
		ok(w.epolls == 1 && w.others == 0 && w.armed == cases[i].armed &&
			   w.edge == cases[i].edge && w.oneshot == cases[i].oneshot &&
			   w.ready == cases[i].ready,
		   "%s", cases[i].name);
		watch_done(&w);
		scene_done(&s);
	}
}

static void test_names(void)
{
	struct scene s = scene_new(0);
	struct why_watcher e = epoll(EPOLLIN, 105), other = epoll(EPOLLIN, 106);
	struct watch w;

	other.sk = SK + 1;
	put_watcher(&s, &e);
	put(s.now, &other);
	add(&s, "autoremove_wake_function", 101);
	watch_gather(&w, s.now, &s.listener);
	ok(w.count == 2, "what watches another listener does not count");
	ok(watch_names(&w, 101) && watch_names(&w, 105),
	   "who is in accept() or epoll_wait() is named");
	ok(!watch_names(&w, 106) && !watch_names(&w, 0), "and nobody else");
	ok(watch_named(s.now, SK + 1, 106) && !watch_named(s.now, SK + 1, 105),
	   "each listener has its own");
	watch_done(&w);
	scene_done(&s);
}

int main(void)
{
	test_words();
	test_counts();
	test_names();
	return done();
}
