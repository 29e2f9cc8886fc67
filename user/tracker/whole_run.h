/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whole_run.h - the last line: what was seen of the whole run.
 */
#ifndef SOCKSTATE_TRACKER_WHOLE_RUN_H
#define SOCKSTATE_TRACKER_WHOLE_RUN_H

#include "tracker/impl.h"

struct whole_run {
	struct listener_summary *list; /* NULL: out of memory */
	size_t count;
	uint64_t still_queued;
	uint64_t stuck, stuck_ns;	/* as in struct run_totals */
	uint32_t stuck_pid, stuck_name; /* of the oldest; 0 unknown */
};

/* While all connections are still there. */
void whole_run_look(struct whole_run *run, const struct tracker *t);
/* Emits the line, and frees what run holds. */
void whole_run_emit(struct whole_run *run, struct tracker *t);

#endif
