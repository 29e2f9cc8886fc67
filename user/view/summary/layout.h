/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout.h - the columns of a summary: as many as the terminal has room for, the most telling
 * first. Pure.
 */
#ifndef SOCKSTATE_SUMMARY_LAYOUT_H
#define SOCKSTATE_SUMMARY_LAYOUT_H

#include "base/out.h"
#include "view/summary/rows.h"
#include "view/view.h"

#define LAYOUT_COLUMNS_MAX 20

struct layout {
	uint8_t shown[LAYOUT_COLUMNS_MAX]; /* places in the list of columns, left to right */
	unsigned int count;
	unsigned int owner_columns; /* what the other columns leave to the last one */
	unsigned int limit;	    /* columns of the terminal; 0: unlimited */
};

/* limit: columns of the terminal, 0 unlimited. several: listeners of more than one namespace. */
void layout_make(struct layout *l, unsigned int limit, bool several);
/* Without the end of the line. */
void layout_heading(const struct layout *l, struct out *out, const struct view_options *o);
void layout_row(const struct layout *l, struct out *out, const struct row *row,
		const struct view_options *o);

#endif
