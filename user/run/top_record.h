/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top_record.h - the key `w` of `sockstate top`: what happened last becomes a recording.
 */
#ifndef SOCKSTATE_TOP_RECORD_H
#define SOCKSTATE_TOP_RECORD_H

#include "fact/recent.h"

#define TOP_RECORD_NOTE 160

struct top_recorder;

/* Before the sandbox: where this process works is asked then. NULL when out of memory. */
struct top_recorder *top_recorder_new(void);
void top_recorder_free(struct top_recorder *r);
/* What is kept; the run fills it. */
struct recent *top_recorder_recent(struct top_recorder *r);
/*
 * Writes a file sockstate-DATE.rec into the working directory, or where that is not allowed into
 * /tmp. note: what became of it, for the screen. now: ns, CLOCK_MONOTONIC.
 */
void top_recorder_write(struct top_recorder *r, const struct recording_info *info, uint64_t now,
			char note[TOP_RECORD_NOTE]);
/* Once the terminal is back: where the recordings are. */
void top_recorder_tell(const struct top_recorder *r);

#endif
