/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why_source.h - the kernel as a source of looks (why/look.h): three walks, over open files and
 * over threads, whose records (bpf/why.h) are handed over unread.
 *
 * Opened with rights; after that a look needs none. No look runs in the context of a server, and
 * nothing is attached to anything that happens.
 */
#ifndef SOCKSTATE_WHY_SOURCE_H
#define SOCKSTATE_WHY_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "kernel/source.h"

struct why_source;

/* The walks of a look, in their order. */
enum why_walk { WHY_WALK_LISTENERS, WHY_WALK_THREADS, WHY_WALK_OTHERS, WHY_WALKS };
/* What it is attached to, as "iter/task"; and what it tells. */
const char *why_walk_hook(enum why_walk walk);
const char *why_walk_meaning(enum why_walk walk);

/* -EPERM, -EACCES or -ENOENT as source_kernel_open(); else what the kernel said. */
int why_source_open(struct why_source **out, const struct kernel_options *options, char *err,
		    size_t err_size);
/*
 * One look at the listeners that the filter wants. netns and port narrow it further, 0: not.
 * others: also who has the other end of what the threads wait for, which is a third walk.
 */
int why_source_look(struct why_source *s, uint32_t netns, uint16_t port, bool others, record_fn fn,
		    void *ctx);
/* What the last look came across. */
struct why_seen {
	uint64_t files, threads; /* that it walked over */
	uint64_t marks_lost;	 /* a map of the look was full: some are missing */
	uint64_t took_ns;
	uint64_t cpu_ns[WHY_WALKS]; /* the part of it on a CPU; 0: it was not made */
};
struct why_seen why_source_seen(const struct why_source *s);
void why_source_free(struct why_source *s);

#endif
