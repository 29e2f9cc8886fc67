/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top_counts.h - what `sockstate top` does when events come faster than they can be read: it throws
 * them away, and reads counters that the kernel keeps (count_source.h), until fewer come.
 *
 * Both kinds of programs are attached from the start, because rights are given up then; the
 * counting ones pause until they are needed.
 */
#ifndef SOCKSTATE_RUN_TOP_COUNTS_H
#define SOCKSTATE_RUN_TOP_COUNTS_H

#include "kernel/source.h"
#include "listener/verdict.h"
#include "run/live.h"
#include "top/draw.h"
#include "top/model.h"

struct top_counts;

/* Before rights are given up. NULL where the kernel refuses it, or when out of memory. */
struct top_counts *top_counts_open(const struct kernel_options *options,
				   const struct verdict_limits *limits);
void top_counts_free(struct top_counts *c);

/* Every function takes NULL: then events are all that is read. */

/* A record has been read from a ring. */
void top_counts_record(struct top_counts *c);
/* A loss: from the rings, or elsewhere. */
void top_counts_event(struct top_counts *c, const struct event *e);
/* Some ten times a second. Returns whether the way has changed, to counters or back. */
bool top_counts_due(struct top_counts *c, struct live *live, struct model *m, uint64_t now);
/* What the screen says of it. */
struct scene_counts top_counts_shown(const struct top_counts *c);

#endif
