// SPDX-License-Identifier: BSD-2-Clause
#include "why/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum watcher_kind { BY_OTHER, BY_ACCEPT, BY_EPOLL, BY_POLL, BY_URING };

/* By the function that the kernel calls to wake it. */
static enum watcher_kind kind_of(const struct why_watcher *w)
{
	static const struct {
		const char *begin;
		enum watcher_kind kind;
	} kinds[] = {
		{"ep_poll_callback", BY_EPOLL},	      {"pollwake", BY_POLL},
		{"io_poll_wake", BY_URING},	      {"autoremove_wake_function", BY_ACCEPT},
		{"default_wake_function", BY_ACCEPT}, {"woken_wake_function", BY_ACCEPT},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strncmp(w->wake, kinds[i].begin, strlen(kinds[i].begin)))
			return kinds[i].kind;
	}
	return BY_OTHER;
}

static bool is_armed(const struct why_watcher *w)
{
	return w->events & (EPOLLIN | EPOLLRDNORM);
}

static void count_epoll(struct watch *w, const struct why_watcher *e)
{
	w->epolls++;
	w->sleepers += e->sleepers;
	if (e->flags & WHY_WATCHER_READY)
		w->ready++;
	if (!is_armed(e)) {
		if (e->events & EPOLLONESHOT)
			w->oneshot++;
		return;
	}
	w->armed++;
	if (e->events & EPOLLET)
		w->edge++;
}

void watch_gather(struct watch *w, const struct look *look, const struct why_listener *listener)
{
	*w = (struct watch){.total = listener->waiters};
	w->at = calloc(look->watchers.count + 1, sizeof(const struct why_watcher *));
	for (size_t i = 0; w->at && i < look->watchers.count; i++) {
		const struct why_watcher *e = &look->watchers.at[i];

		if (e->sk != listener->s.sk)
			continue;
		w->at[w->count++] = e;
		switch (kind_of(e)) {
		case BY_EPOLL:
			count_epoll(w, e);
			break;
		case BY_ACCEPT:
			w->accepts++;
			break;
		case BY_POLL:
			w->polls++;
			break;
		case BY_URING:
			w->urings++;
			break;
		case BY_OTHER:
			break;
		}
	}
	w->others = w->count - w->epolls;
}

void watch_done(struct watch *w)
{
	free(w->at);
}

static bool names(const struct why_watcher *w, uint32_t tid)
{
	if (w->task.tid)
		return w->task.tid == tid;
	for (uint32_t i = 0; i < w->sleepers && i < WHY_SLEEPERS_MAX; i++) {
		if (w->sleeper[i] == tid)
			return true;
	}
	return false;
}

bool watch_names(const struct watch *w, uint32_t tid)
{
	for (size_t i = 0; i < w->count; i++) {
		if (names(w->at[i], tid))
			return true;
	}
	return false;
}

bool watch_named(const struct look *look, uint64_t sk, uint32_t tid)
{
	for (size_t i = 0; i < look->watchers.count; i++) {
		if (look->watchers.at[i].sk == sk && names(&look->watchers.at[i], tid))
			return true;
	}
	return false;
}

static void append(char *sentence, size_t size, const char *comma, size_t n, const char *one,
		   const char *many)
{
	size_t len = strlen(sentence);

	if (n == 1)
		snprintf(sentence + len, size - len, "%s%s", comma, one);
	else if (n)
		snprintf(sentence + len, size - len, "%s%zu %s", comma, n, many);
}

static void say_who(const struct watch *w, char *sentence, size_t size)
{
	const char *comma = "";

	if (!w->total) {
		append(sentence, size, "", 1, "nobody waits for it at this moment", "");
		return;
	}
	append(sentence, size, comma, w->accepts, "a thread is in accept()",
	       "threads are in accept()");
	comma = w->accepts ? ", " : "";
	append(sentence, size, comma, w->polls, "a thread polls it", "threads poll it");
	comma = w->accepts || w->polls ? ", " : "";
	append(sentence, size, comma, w->urings, "io_uring waits for it",
	       "requests of io_uring wait for it");
	comma = w->accepts || w->polls || w->urings ? ", " : "";
	/* Beside a thread in accept() an epoll instance without a sleeper tells nothing. */
	if (*comma && !w->sleepers)
		return;
	append(sentence, size, comma, w->epolls, "epoll watches it", "epoll instances watch it");
	if (w->epolls)
		append(sentence, size, " and ", w->sleepers, "a thread is in epoll_wait()",
		       "threads are in epoll_wait()");
	append(sentence, size, "", w->epolls && !w->sleepers, " and nobody is in epoll_wait()", "");
	append(sentence, size, "", !w->accepts && !w->polls && !w->urings && !w->epolls,
	       "something waits for it", "");
}

void watch_say(const struct watch *w, char *sentence, size_t size)
{
	size_t len;

	say_who(w, sentence, size);
	len = strlen(sentence);
	if (w->count < w->total)
		snprintf(sentence + len, size - len, " (looked at %zu of %u)", w->count, w->total);
}

static void report_epoll(struct why_watcher_report *to, const struct why_watcher *w,
			 const struct look *look)
{
	const struct why_other *owner = look_epoll(look, w->epoll_file, 0);

	to->mode = w->events & EPOLLET ? "edge" : "level";
	to->oneshot = w->events & EPOLLONESHOT;
	to->exclusive = w->events & EPOLLEXCLUSIVE;
	to->armed = is_armed(w);
	to->ready = w->flags & WHY_WATCHER_READY;
	to->sleeping = w->sleepers;
	to->tid = w->sleepers == 1 ? w->sleeper[0] : 0;
	if (!owner)
		return;
	to->who.pid = owner->task.pid;
	memcpy(to->who.comm, owner->task.comm, sizeof(to->who.comm));
	to->fd = owner->fd;
}

void watch_report(const struct watch *w, const struct look *look, struct why_report *out)
{
	static const char *const words[] = {
		[BY_OTHER] = NULL,  [BY_ACCEPT] = "accept",  [BY_EPOLL] = "epoll",
		[BY_POLL] = "poll", [BY_URING] = "io_uring",
	};

	out->watchers_total = w->total;
	out->watchers_seen = w->count;
	for (size_t i = 0; i < w->count && i < WHY_SHOWN_MAX; i++) {
		struct why_watcher_report *to = &out->watchers[out->watcher_count++];
		enum watcher_kind kind = kind_of(w->at[i]);

		to->kind = words[kind];
		memcpy(to->wake, w->at[i]->wake, sizeof(to->wake));
		to->who.pid = w->at[i]->task.pid;
		memcpy(to->who.comm, w->at[i]->task.comm, sizeof(to->who.comm));
		to->tid = w->at[i]->task.tid;
		to->fd = -1;
		to->armed = true;
		if (kind == BY_EPOLL)
			report_epoll(to, w->at[i], look);
	}
}
