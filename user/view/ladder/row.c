// SPDX-License-Identifier: BSD-2-Clause
/*
 * row.c - a row, 80 columns:
 *
 *	  time   client state │ arrow or words                           │ server state
 *	     9             13   42                                         11
 *
 * A state in parentheses was not seen: it follows from the segments, because that end of the
 * connection is not traced.
 */
#include "view/ladder/row.h"

#include <stdio.h>
#include <string.h>

static enum ladder_tone tone_of(const char *name)
{
	if (!strcmp(name, "ESTABLISHED"))
		return TONE_ESTABLISHED;
	if (!strncmp(name, "SYN_", 4))
		return TONE_OPENING;
	if (!strcmp(name, "refused"))
		return TONE_REFUSED;
	return !strcmp(name, "LISTEN") || !*name ? TONE_PLAIN : TONE_CLOSING;
}

/* SGR */
static const char *const tone_colors[] = {
	[TONE_PLAIN] = NULL,   [TONE_OPENING] = "33", [TONE_ESTABLISHED] = "32",
	[TONE_REFUSED] = "31", [TONE_CLOSING] = "2",
};

/*
 * Seconds as in tcpdump -ttttt. The decimal points are aligned, and there are as many digits, up to
 * microseconds, as fit.
 */
static void since_begin(char *out, size_t size, uint64_t ns)
{
	unsigned long long us = ns / 1000;

	if (us < 100 * 1000000ull)
		snprintf(out, size, "%2llu.%06llu", us / 1000000, us % 1000000);
	else if (us < 100000 * 1000000ull)
		snprintf(out, size, "%5llu.%03llu", us / 1000000, us / 1000 % 1000);
	else
		snprintf(out, size, "%9llu", us / 1000000);
}

void ladder_row(struct pen *pen, const struct ladder *c, uint64_t t, const char *left,
		enum stroke stroke, const char *words, const char *right)
{
	const char *line = pen_utf8(pen) ? "─" : "-";
	const char *bar = pen_utf8(pen) ? "│" : "|";
	int columns = (int)text_columns(words);
	char time[32] = "";

	if (t)
		since_begin(time, sizeof(time), t > c->zero ? t - c->zero : 0);
	if (pen->sink) {
		const struct ladder_line row = {.time = time,
						.left = left,
						.words = words,
						.right = right,
						.stroke = stroke,
						.left_tone = tone_of(left),
						.right_tone = tone_of(right)};

		pen->sink->row(pen->sink->ctx, &row);
		return;
	}
	if (t) {
		pen_colored(pen, "2", time);
	} else {
		pen_repeat(pen, " ", TIME);
	}
	pen_repeat(pen, " ", 1 + LEFT - (int)text_columns(left));
	pen_colored(pen, tone_colors[tone_of(left)], left);
	pen_text(pen, " ");
	pen_colored(pen, "2", bar);
	switch (stroke) {
	case TO_SERVER:
	case REFUSED:
		pen_repeat(pen, line, 2);
		out_format(pen->out, " %s ", words);
		pen_repeat(pen, line, MIDDLE - 5 - columns);
		if (stroke == TO_SERVER)
			pen_text(pen, pen_utf8(pen) ? "▶" : ">");
		else
			pen_colored(pen, "31", pen_utf8(pen) ? "✕" : "X");
		break;
	case TO_CLIENT:
		pen_text(pen, pen_utf8(pen) ? "◀" : "<");
		pen_text(pen, line);
		out_format(pen->out, " %s ", words);
		pen_repeat(pen, line, MIDDLE - 4 - columns);
		break;
	case AT_CLIENT:
		pen_text(pen, " ");
		pen_text(pen, words);
		pen_repeat(pen, " ", MIDDLE - 1 - columns);
		break;
	case AT_SERVER:
		pen_repeat(pen, " ", MIDDLE - 1 - columns);
		pen_text(pen, words);
		pen_text(pen, " ");
		break;
	}
	pen_colored(pen, "2", bar);
	if (*right) {
		pen_text(pen, " ");
		pen_colored(pen, tone_colors[tone_of(right)], right);
	}
	pen_text(pen, "\n");
}
