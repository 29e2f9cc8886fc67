/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grid.h - a screen as cells: what is drawn here is shown by run/screen.c, and compared with
 * expected text by tests. Pure.
 *
 *	struct grid g;
 *	if (!grid_init(&g, 24, 80, true))
 *		grid_text(&g, 0, 2, 80, LOOK_BOLD, "a title");
 *	grid_free(&g);
 */
#ifndef SOCKSTATE_TOP_GRID_H
#define SOCKSTATE_TOP_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

/* The colour of SGR 30 + n in the lower bits, 0: the terminal's own; attributes above them. */
enum look {
	LOOK_PLAIN = 0,
	LOOK_RED = 1,
	LOOK_GREEN = 2,
	LOOK_YELLOW = 3,
	LOOK_BLUE = 4,
	LOOK_CYAN = 6,
	LOOK_COLOR = 7, /* mask */
	LOOK_BOLD = 8,
	LOOK_DIM = 16,
	LOOK_REVERSE = 32,
};

#define CELL_BYTES 16

struct cell {
	char text[CELL_BYTES - 1]; /* one character; "": the right half of a wide one */
	uint8_t look;
};

struct grid {
	struct cell *cells;
	int rows, columns;
	bool utf8; /* else only ASCII is drawn */
};

/* Blank. 0 or -ENOMEM. */
int grid_init(struct grid *g, int rows, int columns, bool utf8);
void grid_free(struct grid *g);
void grid_clear(struct grid *g);
/* 0 or -ENOMEM; then the grid is as it was. Blank afterwards. */
int grid_resize(struct grid *g, int rows, int columns);

/*
 * Writes a line at row y from column x up to column `end` - 1; what does not fit is cut.
 * The text may hold SGR sequences, which add to the look. Returns the column after it.
 */
int grid_text(struct grid *g, int y, int x, int end, unsigned int look, const char *text);
/* The same with the text at the right of the columns x to end - 1. */
void grid_right(struct grid *g, int y, int x, int end, unsigned int look, const char *text);
/*
 * Writes a text of several lines into the rows y to y + rows - 1, without its first `skip` lines.
 * Returns how many lines the text has.
 */
int grid_lines(struct grid *g, int y, int rows, int x, const char *text, size_t len, int skip);
/* Breaks a text at blanks into at most `rows` rows of x to end - 1. Returns how many it took. */
int grid_words(struct grid *g, int y, int rows, int x, int end, unsigned int look,
	       const char *text);
/* Adds to the look of the columns x to end - 1. */
void grid_mark(struct grid *g, int y, int x, int end, unsigned int look);
/* As text: a line each row, without blanks at its end. */
void grid_print(const struct grid *g, struct out *o);

#endif
