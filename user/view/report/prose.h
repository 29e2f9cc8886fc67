/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prose.h - the life of one connection as a paragraph for people: what happened, what the client
 * believed, and what is not known. One line of plain UTF-8 text, clean for a terminal.
 */
#ifndef SOCKSTATE_VIEW_REPORT_PROSE_H
#define SOCKSTATE_VIEW_REPORT_PROSE_H

#include "base/out.h"
#include "report/life.h"
#include "report/report.h"

struct prose {
	struct out *out;
	bool utf8;
	int32_t utc_offset_s; /* of the clock that is told */
	const struct report_run *run;
};

void prose_life(const struct prose *p, const struct life *l);
/* What the time at the door ended with: "taken by accept()", "refused". */
const char *prose_kind(enum worst_kind kind);

#endif
