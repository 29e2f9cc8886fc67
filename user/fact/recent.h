/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recent.h - the last minute of a run in memory, so that it can become a recording after something
 * has happened. Pure.
 *
 * Facts alone do not tell what was open before them. So what is kept consists of parts, and each
 * part begins with a look: the sockets as they were then. The oldest part is forgotten as a whole.
 *
 *	if (recent_look_due(r, now)) {
 *		recent_look_begin(r, last_tick);
 *		recent_look_row(r, &existing, sizeof(existing));	for each socket
 *		recent_look_end(r, now, true);
 *	}
 *	recent_record(r, bytes, size);		each record of the run
 *	recent_write(r, writer);
 */
#ifndef SOCKSTATE_RECENT_H
#define SOCKSTATE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"
#include "fact/recording.h"

/* At least so long is kept, if it fits into so many bytes. */
#define RECENT_NS    (60 * NS_S)
#define RECENT_BYTES ((size_t)64 << 20)

struct recent;

struct recent *recent_new(void); /* NULL when out of memory */
void recent_free(struct recent *r);

/* A new part should begin at `now` (ns). */
bool recent_look_due(const struct recent *r, uint64_t now);
/* complete: ns; all facts until then have come. */
void recent_look_begin(struct recent *r, uint64_t complete);
/* A FACT_EXISTING record. */
void recent_look_row(struct recent *r, const void *bytes, size_t size);
/* whole false: the look failed, and the part before it goes on. */
void recent_look_end(struct recent *r, uint64_t now, bool whole);
/* Before the first look nothing is kept. */
void recent_record(struct recent *r, const void *bytes, size_t size);

/* When it begins, in ns; 0: nothing is kept. */
uint64_t recent_begin(const struct recent *r);
/* How many recent_write() writes, at most. */
size_t recent_bytes(const struct recent *r);
/* All of it, the oldest first. Returns 0, or a negative errno. */
int recent_write(const struct recent *r, struct recording_writer *w);

#endif
