/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parts.h - the parts of the page that are files of their own. For page.c alone.
 */
#ifndef SOCKSTATE_VIEW_REPORT_PARTS_H
#define SOCKSTATE_VIEW_REPORT_PARTS_H

#include "view/report/page.h"

/* One listener: charts, figures, advice, looks. */
void part_listener(struct out *o, const struct report_listener *l, const struct report_run *run,
		   size_t number);
/* A row for each listener. */
void part_listener_table(struct out *o, const struct report *r);
/* What is known how well, and what was lost. */
void part_knowledge(struct out *o, const struct report_run *run);
/* How long sockets were in each state. */
void part_states(struct out *o, const struct report *r);

#endif
