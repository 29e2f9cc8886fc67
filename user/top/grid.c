// SPDX-License-Identifier: BSD-2-Clause
#include "top/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES 4096

int grid_init(struct grid *g, int rows, int columns, bool utf8)
{
	*g = (struct grid){.utf8 = utf8};
	return grid_resize(g, rows, columns);
}

void grid_free(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

void grid_clear(struct grid *g)
{
	for (int i = 0; i < g->rows * g->columns; i++)
		g->cells[i] = (struct cell){.text = " "};
}

int grid_resize(struct grid *g, int rows, int columns)
{
	if (rows != g->rows || columns != g->columns) {
		struct cell *cells = calloc((size_t)rows * (size_t)columns + 1, sizeof(*cells));

		if (!cells)
			return -ENOMEM;
		free(g->cells);
		g->cells = cells;
		g->rows = rows;
		g->columns = columns;
	}
	grid_clear(g);
	return 0;
}

static struct cell *cell_at(const struct grid *g, int y, int x)
{
	return &g->cells[y * g->columns + x];
}

/* ---- text ---- */

/* "1;31" of an SGR sequence. */
static unsigned int look_of_sgr(unsigned int look, unsigned int before, const char *p)
{
	for (;;) {
		unsigned long n = strtoul(p, (char **)&p, 10);

		if (!n)
			look = before;
		else if (n == 1)
			look |= LOOK_BOLD;
		else if (n == 2)
			look |= LOOK_DIM;
		else if (n == 7)
			look |= LOOK_REVERSE;
		else if (n >= 31 && n <= 37)
			look = (look & ~(unsigned int)LOOK_COLOR) | (unsigned int)(n - 30);
		if (*p != ';')
			return look;
		p++;
	}
}

/* Behind the escape sequence at s; learns what it says of the look. */
static const char *skip_escape(const char *s, unsigned int *look, unsigned int before)
{
	const char *begin = s + 2;

	if (s[1] != '[')
		return s + 1;
	for (s += 2; *s && (*s < '@' || *s > '~');)
		s++;
	if (*s == 'm')
		*look = look_of_sgr(*look, before, begin);
	return *s ? s + 1 : s;
}

/* One character into its cells. Returns how many columns it takes. */
static int put_character(struct grid *g, int y, int x, int end, unsigned int look, const char *s,
			 int len)
{
	char one[8] = "";
	struct cell *cell;
	int columns;

	memcpy(one, s, (size_t)len);
	if (len > 1 && !g->utf8)
		strcpy(one, "?");
	columns = (int)text_columns(one);
	if (!columns || x + columns > end)
		return columns ? end - x : 0;
	cell = cell_at(g, y, x);
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->text, one, sizeof(one));
	cell->look = (uint8_t)look;
	if (columns == 2)
		*cell_at(g, y, x + 1) = (struct cell){.look = (uint8_t)look};
	return columns;
}

int grid_text(struct grid *g, int y, int x, int end, unsigned int look, const char *text)
{
	unsigned int before = look;

	if (y < 0 || y >= g->rows || x < 0)
		return x;
	if (end > g->columns)
		end = g->columns;
	while (*text && x < end) {
		uint32_t cp;
		int len;

		if (*text == '\033') {
			text = skip_escape(text, &look, before);
			continue;
		}
		len = text_utf8(text, &cp);
		if (len <= 0) {
			text -= len ? len : -1;
			continue;
		}
		x += put_character(g, y, x, end, look, text, len);
		text += len;
	}
	return x;
}

void grid_right(struct grid *g, int y, int x, int end, unsigned int look, const char *text)
{
	int columns = (int)text_columns(text);

	grid_text(g, y, columns < end - x ? end - columns : x, end, look, text);
}

int grid_lines(struct grid *g, int y, int rows, int x, const char *text, size_t len, int skip)
{
	char line[LINE_MAX_BYTES];
	int n = 0;

	for (size_t at = 0; at < len; n++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t bytes = end ? (size_t)(end - text) - at : len - at;

		if (n >= skip && n - skip < rows && bytes < sizeof(line)) {
			memcpy(line, text + at, bytes);
			line[bytes] = '\0';
			grid_text(g, y + n - skip, x, g->columns, LOOK_PLAIN, line);
		}
		at += bytes + 1;
	}
	return n;
}

/* How many bytes fit: whole words, unless the first does not fit. */
static size_t fitting(const char *text, int columns)
{
	size_t fits = 0;

	for (size_t at = 0;; at++) {
		char piece[LINE_MAX_BYTES];

		if ((text[at] && text[at] != ' ') || at >= sizeof(piece))
			continue;
		memcpy(piece, text, at);
		piece[at] = '\0';
		if (fits && (int)text_columns(piece) > columns)
			return fits;
		fits = at;
		if (!text[at])
			return fits;
	}
}

int grid_words(struct grid *g, int y, int rows, int x, int end, unsigned int look, const char *text)
{
	const char *more = g->utf8 ? "…" : "...";
	char line[LINE_MAX_BYTES];
	int n = 0, at;

	if (strlen(text) >= sizeof(line) || end - x < 2)
		return 0;
	while (*text && n < rows) {
		size_t len = fitting(text, end - x);

		memcpy(line, text, len);
		line[len] = '\0';
		text += len + (text[len] == ' ');
		at = grid_text(g, y + n, x, end, look, line);
		if (*text && n + 1 == rows) { /* it goes on, and there is no row for it */
			at = at < end - (int)strlen(more) ? at : end - (g->utf8 ? 1 : 3);
			grid_text(g, y + n, at, end, look, more);
		}
		n++;
	}
	return n;
}

void grid_mark(struct grid *g, int y, int x, int end, unsigned int look)
{
	if (y < 0 || y >= g->rows)
		return;
	for (; x < end && x < g->columns; x++) {
		struct cell *cell = cell_at(g, y, x);
		unsigned int color =
			look & LOOK_COLOR ? look & LOOK_COLOR : cell->look & LOOK_COLOR;

		cell->look = (uint8_t)((cell->look & ~LOOK_COLOR) | (look & ~LOOK_COLOR) | color);
	}
}

void grid_print(const struct grid *g, struct out *o)
{
	for (int y = 0; y < g->rows; y++) {
		int used = g->columns;

		while (used && !strcmp(cell_at(g, y, used - 1)->text, " "))
			used--;
		for (int x = 0; x < used; x++)
			out_text(o, cell_at(g, y, x)->text);
		out_text(o, "\n");
	}
}
