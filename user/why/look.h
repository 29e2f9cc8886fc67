/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look.h - the records of one look (bpf/why.h), checked and kept, with the questions that a
 * diagnosis asks of them. Pure.
 *
 *	struct look *look = look_new();
 *	rc = why_source_look(source, 0, 0, true, look_record, look);
 *	for (size_t i = 0; i < look->listeners.count; i++) ...
 */
#ifndef SOCKSTATE_WHY_LOOK_H
#define SOCKSTATE_WHY_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "why.h"

#define LOOK_LIST(type)             \
	struct {                    \
		struct type *at;    \
		size_t count, room; \
	}

/* Numbers of records by what is asked for; 0 in at: free, else the record's number + 1. */
struct look_index {
	uint32_t *at;
	unsigned int bits;
};

struct look {
	LOOK_LIST(why_listener) listeners;
	LOOK_LIST(why_holder) holders;
	LOOK_LIST(why_watcher) watchers;
	LOOK_LIST(why_thread) threads;
	LOOK_LIST(why_other) others;
	struct look_index thread_index, holder_index;
	uint32_t cpus_online; /* 0: not known */
	bool clock_known;
	int64_t clock_offset; /* CLOCK_MONOTONIC minus the scheduler's clock, at most */
};

struct look *look_new(void);
void look_free(struct look *look);
/* Forgets the records and keeps the memory. */
void look_clear(struct look *look);
/* A record_fn: ctx is the look. 0, -ENOMEM, or -EBADMSG for what is no record of ours. */
int look_record(void *ctx, const void *bytes, size_t size);
/* Bytes of a record; 0: there is no such kind. */
size_t look_record_size(unsigned int kind);

/* The listener with the same address, cookie and port; NULL: it is not in this look. */
const struct why_listener *look_same_listener(const struct look *look,
					      const struct why_listener *listener);
const struct why_thread *look_thread(const struct look *look, uint32_t pid, uint32_t tid);
/* The first descriptor of a listener in a process; NULL: the process does not hold it. */
const struct why_holder *look_holds(const struct look *look, uint64_t sk, uint32_t pid);
/*
 * Who has the other end of what a thread waits for: another process if there is one, else the
 * process itself. NULL: nobody on this machine.
 */
const struct why_other *look_peer(const struct look *look, const struct why_object *on,
				  uint32_t pid);
/* The path of a file that a thread waits for; NULL: not known. */
const char *look_path(const struct look *look, const struct why_object *on);
/* A process that has an epoll instance open; NULL: not known. */
const struct why_other *look_epoll(const struct look *look, uint64_t epoll_file, uint32_t pid);

#endif
