// SPDX-License-Identifier: BSD-2-Clause
/*
 * line.c - the canvas of the table: a line is one row, or several where the terminal is narrow.
 */
#include "view/table/table.h"

void table_put_words(struct line *l, const char *text, unsigned int indent)
{
	unsigned int limit = l->t->limit;

	while (*text) {
		size_t n = strcspn(text, " ");
		char word[NOTE_MAX];
		unsigned int columns;

		if (n >= sizeof(word))
			n = sizeof(word) - 1;
		memcpy(word, text, n);
		word[n] = '\0';
		columns = text_columns(word);
		if (limit && l->col + columns > limit && l->col > indent && indent < limit) {
			while (l->p[-1] == ' ')
				l->p--;
			table_end_row(l);
			table_pad_to(l, indent);
		}
		table_put(l, word, n, columns);
		text += n;
		if (*text == ' ') {
			table_put(l, " ", 1, 1);
			text++;
		}
	}
}

/*
 * An IPv6 end too long for its cell loses its middle: "[fd00:1…6:7777]:51234". Head and port stay.
 */
static void shorten_end(char *out, const char *text, size_t len, unsigned int columns, bool utf8)
{
	const char *mark = utf8 ? "…" : "~";
	size_t tail = 0, keep, head;

	for (size_t i = 0; i < len; i++)
		if (text[i] == ']')
			tail = len - i; /* "]:65535" */
	keep = columns - 1 - tail;
	head = (keep + 1) / 2;
	memcpy(out, text, head);
	out = stpcpy(out + head, mark);
	memcpy(out, text + len - tail - (keep - head), tail + (keep - head));
	out[tail + (keep - head)] = '\0';
}

void table_put_long_end(struct line *l, const char *text, size_t len, unsigned int columns)
{
	char cell[TEXT_END_MAX];

	shorten_end(cell, text, len, columns, l->t->base.options.utf8);
	table_put(l, cell, strlen(cell), columns);
}

/*
 * Moves to the column where a note of so many columns begins, on a new row if needed. False: the
 * note is left out.
 */
static bool place_note(struct line *l, unsigned int at, bool must, unsigned int columns)
{
	const struct table *t = l->t;
	unsigned int limit = t->limit;
	unsigned int start = l->notes ? l->col + 2 : at >= l->col ? at : l->col + 1;
	unsigned int indent;

	if (l->continued && !must)
		return false;
	if (!limit || start + columns <= limit) {
		table_pad_to(l, start);
		return true;
	}
	if (!must)
		return false;
	if (!l->notes && start <= t->state_at) {
		table_pad_to(l, start); /* a new row would not give more room */
		return true;
	}
	/* Long words get the whole width. */
	indent = t->state_at + 2 + columns <= limit ? t->state_at : TIME_COLUMNS + 1;
	table_end_row(l);
	table_pad_to(l, indent);
	if (!l->continued) {
		table_color_on(l, DIM);
		if (t->base.options.utf8)
			table_put(l, "└ ", sizeof("└ ") - 1, 2);
		else
			table_put(l, "` ", 2, 2);
		table_color_off(l, DIM);
	} else {
		table_pad_to(l, indent + 2);
	}
	l->continued = true;
	return true;
}

void table_note(struct line *l, unsigned int at, bool must, const char *color, const char *text)
{
	unsigned int columns;

	if (!*text)
		return;
	columns = text_columns(text);
	if (!place_note(l, at, must, columns))
		return;
	table_color_on(l, color);
	if (l->t->limit && l->col + columns > l->t->limit)
		table_put_words(l, text, l->col);
	else
		table_put(l, text, strlen(text), columns);
	table_color_off(l, color);
	l->notes++;
}

void table_note_owner(struct line *l, unsigned int at, bool must, const struct table_owner *o)
{
	if (!o->len || !place_note(l, at, must, o->columns))
		return;
	if (l->t->limit && l->col + o->columns > l->t->limit)
		table_put_words(l, o->text, l->col);
	else
		table_put_cell(l, o->text, o->len, o->columns);
	l->notes++;
}
