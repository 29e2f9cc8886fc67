/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain.h - the output of `sockstate explain`: a heading and a wrapped paragraph, or one JSON
 * object a line.
 */
#ifndef SOCKSTATE_VIEW_REPORT_EXPLAIN_H
#define SOCKSTATE_VIEW_REPORT_EXPLAIN_H

#include "view/report/prose.h"

struct explain_page {
	struct prose prose;   /* its out gets the output */
	unsigned int columns; /* of the terminal; 0: it is none */
	bool json;
};

/* worst: why this connection was chosen; NULL: it was asked for. */
void explain_print(const struct explain_page *page, const struct life *life,
		   const struct worst_entry *worst);

#endif
