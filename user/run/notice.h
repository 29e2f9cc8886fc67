/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notice.h - what is told on standard error when a live run begins. Of what is not seen machines
 * read the meta line instead, and --no-header leaves that out.
 */
#ifndef SOCKSTATE_NOTICE_H
#define SOCKSTATE_NOTICE_H

#include "event/coverage.h"
#include "run/run.h"

/* What this run does not see, in one line. */
void notice_unseen(const struct trace_options *options, const struct run_place *place,
		   const struct fact_list *facts);
/*
 * Of --pid, --comm and --cgroup: what no process is or is in, a wrong one being a common reason why
 * nothing is printed. Reads /proc, so it comes before rights are given up. more: what follows, for
 * such a process may yet come.
 */
void notice_owner(const struct owner_filter *owner, const char *more);
/* Whether it is known that no process has that number. */
bool notice_pid_gone(uint32_t pid);

#endif
