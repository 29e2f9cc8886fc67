/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top_rows.h - the open connections of the full-screen view: from the kernel's tables, or, in a
 * replay, from what the tracker knows.
 */
#ifndef SOCKSTATE_TOP_ROWS_H
#define SOCKSTATE_TOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/filter.h"
#include "event/owner.h"
#include "fact/recent.h"
#include "listing/listing.h"
#include "tracker/tracker.h"

struct top_rows;

/*
 * Before privileges are given up: looks need none later. Where the kernel
 * refuses the walk over open files, owners are not known. 0 or a negative errno with a line in err.
 */
int top_rows_open(struct top_rows **out, const struct filter *filter,
		  const struct owner_filter *owner, bool verbose, char *err, size_t err_size);
void top_rows_free(struct top_rows *r);
/*
 * 0 or a negative errno; the rows are as `sockstate list` has them, without TIME_WAIT. A connection
 * that a RST ended while it was queued is in no table of the kernel: t (or NULL) knows it. recent:
 * gets what was read of each socket; or NULL. meanwhile: called with ctx now and then, because a
 * look may take long; or NULL.
 */
int top_rows_look(struct top_rows *r, struct tracker *t, struct listing *rows,
		  struct recent *recent, void (*meanwhile)(void *ctx), void *ctx);
/* now: ns, of the recording. */
int top_rows_of_tracker(struct tracker *t, const struct owner_filter *owner, uint64_t now,
			struct listing *rows);

#endif
