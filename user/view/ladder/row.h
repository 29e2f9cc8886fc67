/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.h - one row of a ladder: the time, the state of each end, and an arrow or words between them.
 * For the files that draw.
 */
#ifndef SOCKSTATE_LADDER_ROW_H
#define SOCKSTATE_LADDER_ROW_H

#include "view/ladder/draw.h"
#include "view/ladder/sink.h"

/* Columns of a row. */
enum { TIME = 9, LEFT = 13, MIDDLE = 42 };

static inline bool pen_utf8(const struct pen *pen)
{
	return pen->options->utf8;
}

static inline void pen_text(struct pen *pen, const char *s)
{
	out_text(pen->out, s);
}

static inline void pen_repeat(struct pen *pen, const char *s, int n)
{
	while (n-- > 0)
		pen_text(pen, s);
}

static inline void pen_colored(struct pen *pen, const char *color, const char *s)
{
	if (color && pen->options->color && *s)
		out_format(pen->out, "\033[%sm%s\033[0m", color, s);
	else
		pen_text(pen, s);
}

/* t is CLOCK_MONOTONIC ns, 0: no time. left and right: states or "". */
void ladder_row(struct pen *pen, const struct ladder *c, uint64_t t, const char *left,
		enum stroke stroke, const char *words, const char *right);

#endif
