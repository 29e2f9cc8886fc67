/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper.h - recordings of bad moments in a directory, which together stay within a size: the
 * oldest ones are removed first. Each is written under another name and renamed, so what has the
 * name of a recording is complete.
 *
 *	rc = keeper_open(&s, "/var/lib/sockstate", bytes, err, sizeof(err));	before the sandbox
 *	rc = keeper_write(s, recent, &info, now);
 */
#ifndef SOCKSTATE_RUN_KEEPER_H
#define SOCKSTATE_RUN_KEEPER_H

#include "fact/recent.h"

struct keeper;

/*
 * Makes the directory if it is not there, and reads what it holds of earlier runs. Returns 0, or a
 * negative errno with one line in err.
 */
int keeper_open(struct keeper **out, const char *directory, uint64_t keep_bytes, char *err,
		size_t err_size);
/*
 * Writes sockstate-DATE.rec. now: ns, CLOCK_MONOTONIC. Returns 0 or a negative errno: -EFBIG, it is
 * larger than all that may be kept.
 */
int keeper_write(struct keeper *s, const struct recent *recent, const struct recording_info *info,
		 uint64_t now);
void keeper_free(struct keeper *s); /* accepts NULL */

#endif
