/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch.h - who waits for a listener, of one look. Pure.
 */
#ifndef SOCKSTATE_WHY_WATCH_H
#define SOCKSTATE_WHY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/why_report.h"
#include "why/look.h"

struct watch {
	const struct why_watcher **at; /* those of the listener */
	size_t count;
	uint32_t total; /* entries of the wait queue, with those that were not described */
	size_t accepts, polls, epolls, urings;
	size_t others;	   /* all but epolls */
	size_t armed;	   /* of the epolls: those that want to know of connections */
	size_t edge;	   /* of the armed ones: edge-triggered */
	size_t ready;	   /* instances with something that was not read yet */
	size_t oneshot;	   /* of the others: one-shot */
	uint64_t sleepers; /* threads in epoll_wait() on them */
};

void watch_gather(struct watch *w, const struct look *look, const struct why_listener *listener);
void watch_done(struct watch *w);
/* A thread in accept(), poll() or epoll_wait() on the listener. */
bool watch_names(const struct watch *w, uint32_t tid);
bool watch_named(const struct look *look, uint64_t sk, uint32_t tid);
/* Appends who waits to a sentence: "2 threads are in accept()". */
void watch_say(const struct watch *w, char *sentence, size_t size);
void watch_report(const struct watch *w, const struct look *look, struct why_report *out);

#endif
