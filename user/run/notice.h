/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notice.h - what a person at the table or the ladder is told on standard error when a live run
 * begins. Machines read the meta line instead; --no-header leaves the notices out.
 */
#ifndef SOCKSTATE_NOTICE_H
#define SOCKSTATE_NOTICE_H

#include "event/coverage.h"
#include "run/run.h"

/* What this run does not see, in one line. */
void notice_unseen(const struct trace_options *options, const struct run_place *place,
		   const struct fact_list *facts);

#endif
