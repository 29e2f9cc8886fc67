// SPDX-License-Identifier: BSD-2-Clause
/*
 * overview.c - the first screen: listeners, the worst first; what is wrong with the selected one;
 * and the connections of all that wait or rest longest.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "top/parts.h"
#include "top/screens.h"

#define GAP 1
/* Rows of what is told of the selected listener, with its title. */
#define DETAIL_ROWS 4
/* What the connections have at least: a title, a heading, three of them. */
#define ROWS_LEAST 5

enum column {
	COLUMN_LISTENER,
	COLUMN_OWNER,
	COLUMN_BAR,
	COLUMN_QUEUE,
	COLUMN_SYN,
	COLUMN_IN,
	COLUMN_ACCEPTED,
	COLUMN_HISTORY,
	COLUMN_P50,
	COLUMN_P99,
	COLUMN_MAX,
	COLUMN_SINCE,
	COLUMN_REFUSED,
	COLUMN_VERDICT,
	COLUMN_COUNT
};

static const struct {
	const char *heading;
	bool right;
	int width;
} columns[COLUMN_COUNT] = {
	[COLUMN_LISTENER] = {"LISTENER", false, 15}, /* and what there is room for */
	[COLUMN_OWNER] = {"OWNER", false, 14},
	[COLUMN_BAR] = {"ACCEPT QUEUE", false, 24},
	[COLUMN_QUEUE] = {"", true, 9},
	[COLUMN_SYN] = {"SYN", true, 5},
	[COLUMN_IN] = {"IN/s", true, 6},
	[COLUMN_ACCEPTED] = {"ACC/s", true, 6},
	[COLUMN_HISTORY] = {"HISTORY", false, 24},
	[COLUMN_P50] = {"WAIT p50", true, 8},
	[COLUMN_P99] = {"WAIT p99", true, 8},
	[COLUMN_MAX] = {"max", true, 7},
	[COLUMN_SINCE] = {"p99 all", true, 7},
	[COLUMN_REFUSED] = {"REFUSED", true, 7},
	[COLUMN_VERDICT] = {"VERDICT", false, 17},
};

/* What gives way, in this order, to so many columns; 0: altogether. */
static const struct {
	enum column column;
	int least;
} steps[] = {
	{COLUMN_BAR, 12},    {COLUMN_HISTORY, 12}, {COLUMN_SINCE, 0},	 {COLUMN_BAR, 9},
	{COLUMN_HISTORY, 8}, {COLUMN_P50, 0},	   {COLUMN_QUEUE, 7},	 {COLUMN_MAX, 0},
	{COLUMN_BAR, 7},     {COLUMN_HISTORY, 0},  {COLUMN_SYN, 0},	 {COLUMN_IN, 0},
	{COLUMN_OWNER, 13},  {COLUMN_VERDICT, 11}, {COLUMN_BAR, 5},	 {COLUMN_VERDICT, 9},
	{COLUMN_OWNER, 0},   {COLUMN_REFUSED, 0},  {COLUMN_ACCEPTED, 0}, {COLUMN_BAR, 0},
	{COLUMN_P99, 0},     {COLUMN_VERDICT, 0},
};

struct layout {
	int width[COLUMN_COUNT];
};

static int total(const struct layout *l)
{
	int sum = 1; /* the mark of the selection */

	for (enum column c = 0; c < COLUMN_COUNT; c++)
		sum += l->width[c] ? l->width[c] + (c == COLUMN_QUEUE ? 0 : GAP) : 0;
	return sum - GAP;
}

static int widest_address(const struct ui *ui)
{
	char text[PART_TEXT];
	int widest = (int)strlen(columns[COLUMN_LISTENER].heading);

	for (size_t i = 0; i < ui->listener_count; i++) {
		int width;

		part_address(text, ui->listeners[i]);
		width = (int)text_columns(text);
		widest = width > widest ? width : widest;
	}
	return widest;
}

/* The address has what it needs, up to an IPv4 end; where there is room, all. */
static void lay_out(struct layout *l, const struct grid *g, const struct ui *ui)
{
	int address = widest_address(ui), spare;

	for (enum column c = 0; c < COLUMN_COUNT; c++)
		l->width[c] = columns[c].width;
	l->width[COLUMN_LISTENER] = address < 21 ? address : 21;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int *width = &l->width[steps[i].column], over = total(l) - g->columns;

		if (over <= 0)
			break;
		if (*width <= steps[i].least)
			continue;
		if (!steps[i].least)
			*width = 0;
		else
			*width = *width - over > steps[i].least ? *width - over : steps[i].least;
	}
	spare = g->columns - total(l);
	if (spare > 0 && address > l->width[COLUMN_LISTENER])
		l->width[COLUMN_LISTENER] += address - l->width[COLUMN_LISTENER] < spare
						     ? address - l->width[COLUMN_LISTENER]
						     : spare;
	spare = g->columns - total(l);
	if (spare > 0 && l->width[COLUMN_OWNER])
		l->width[COLUMN_OWNER] += spare < 8 ? spare : 8;
}

/* ---- cells ---- */

static void put_number(struct grid *g, int y, int x, int end, unsigned int look, uint64_t n)
{
	char text[TEXT_U64_MAX + 1];

	*text_u64(text, n) = '\0';
	grid_right(g, y, x, end, look, text);
}

static void put_wait(struct grid *g, int y, int x, int end, const struct scene *scene,
		     const struct quantiles *q, uint64_t ns)
{
	char text[PART_TEXT];

	if (!q->count)
		return;
	part_duration(text, g, ns);
	grid_right(g, y, x, end, part_look_of_wait(scene, ns), text);
}

/* What stands from the last `from` on stays, where the text is cut. */
static void put_text(struct grid *g, int y, int x, int end, unsigned int look, char *text, int from)
{
	const char *tail = from ? strrchr(text, from) : NULL;

	text_shorten(text, (unsigned int)(end - x), tail ? strlen(tail) : 0, g->utf8);
	grid_text(g, y, x, end, look, text);
}

static void put_cell(struct grid *g, int y, int x, int end, enum column c,
		     const struct model_listener *l, const struct scene *scene)
{
	const struct model_second *second = model_second_ago(l, 1);
	char text[PART_TEXT];

	switch (c) {
	case COLUMN_LISTENER:
		part_address(text, l);
		put_text(g, y, x, end, LOOK_PLAIN, text, ':');
		break;
	case COLUMN_OWNER:
		part_owner(text, g, l->pid, l->comm);
		put_text(g, y, x, end, LOOK_PLAIN, text, '[');
		break;
	case COLUMN_BAR:
		part_bar(g, y, x, end, l);
		break;
	case COLUMN_QUEUE:
		part_queue(g, y, x, end, l);
		break;
	case COLUMN_SYN:
		put_number(g, y, x, end, LOOK_PLAIN, l->syn_queue);
		break;
	case COLUMN_IN:
		if (second)
			put_number(g, y, x, end, LOOK_PLAIN, second->arrivals);
		break;
	case COLUMN_ACCEPTED:
		if (second)
			put_number(g, y, x, end,
				   second->arrivals > second->accepts ? LOOK_YELLOW : LOOK_PLAIN,
				   second->accepts);
		break;
	case COLUMN_HISTORY:
		part_history(g, y, x, end, l, HISTORY_ARRIVALS);
		break;
	case COLUMN_P50:
		put_wait(g, y, x, end, scene, &l->recent, l->recent.p50);
		break;
	case COLUMN_P99:
		put_wait(g, y, x, end, scene, &l->recent, l->recent.p99);
		break;
	case COLUMN_MAX:
		put_wait(g, y, x, end, scene, &l->recent, l->recent.max);
		break;
	case COLUMN_SINCE:
		put_wait(g, y, x, end, scene, &l->wait, l->wait.p99);
		break;
	case COLUMN_REFUSED:
		put_number(g, y, x, end,
			   l->refused_recently ? LOOK_RED | LOOK_BOLD
			   : l->refused	       ? LOOK_RED
					       : LOOK_PLAIN,
			   l->refused);
		break;
	case COLUMN_VERDICT:
		strcpy(text, part_verdict(l));
		put_text(g, y, x, end, part_look_of_verdict(l), text, 0);
		break;
	case COLUMN_COUNT:
		break;
	}
}

static void draw_row(struct grid *g, int y, const struct layout *l,
		     const struct model_listener *listener, const struct scene *scene,
		     bool selected, bool focus)
{
	int x = 1, texts = 1;

	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		if (!l->width[c])
			continue;
		put_cell(g, y, x, x + l->width[c], c, listener, scene);
		if (c <= COLUMN_OWNER)
			texts = x + l->width[c];
		x += l->width[c] + (c == COLUMN_BAR ? 0 : GAP);
	}
	if (listener->gone)
		grid_mark(g, y, 0, g->columns, LOOK_DIM);
	if (!selected)
		return;
	grid_text(g, y, 0, 1, LOOK_CYAN | LOOK_BOLD, g->utf8 ? "▶" : ">");
	grid_mark(g, y, 1, texts, focus ? LOOK_REVERSE : LOOK_BOLD);
}

static void draw_heading(struct grid *g, int y, const struct layout *l)
{
	int x = 1;

	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		int end = x + l->width[c];

		if (!l->width[c])
			continue;
		if (c == COLUMN_BAR) /* its heading may reach over the numbers beside it */
			end += l->width[COLUMN_QUEUE];
		if (columns[c].right)
			grid_right(g, y, x, end, LOOK_DIM, columns[c].heading);
		else
			grid_text(g, y, x, end, LOOK_DIM, columns[c].heading);
		x += l->width[c] + (c == COLUMN_BAR ? 0 : GAP);
	}
}

/* ---- the selected listener ---- */

static void draw_selected(struct grid *g, int y, const struct ui *ui, const struct scene *scene)
{
	const struct model_listener *l = ui_selected(ui);
	char title[PART_TEXT * 2], owner[PART_TEXT], address[PART_TEXT], sentence[2048];
	char oldest[PART_TEXT], text[PART_TEXT];

	if (!l) {
		part_title(g, y, "no listener", NULL);
		return;
	}
	part_address(address, l);
	part_owner(owner, g, l->pid, l->comm);
	snprintf(title, sizeof(title), "%.100s  %.100s", address, owner);
	text[0] = '\0';
	if (l->oldest_wait_ns) {
		part_duration(oldest, g, l->oldest_wait_ns);
		snprintf(text, sizeof(text), "the oldest waits for %.64s", oldest);
	}
	part_title(g, y, title, text);
	part_waits(g, y + 1, 2, l, scene);
	part_sentence(sentence, sizeof(sentence), g, l);
	if (sentence[0])
		grid_words(g, y + 2, DETAIL_ROWS - 2, 2, g->columns - 1, part_look_of_verdict(l),
			   sentence);
	else
		grid_text(g, y + 2, 2, g->columns, LOOK_GREEN,
			  l->gone ? "it listens no more" : "nothing is wrong");
}

/* ---- the screen ---- */

static void scroll(struct ui *ui, size_t rows)
{
	size_t last = ui->listener_count > rows ? ui->listener_count - rows : 0;

	if (ui->listener_at < ui->first_listener)
		ui->first_listener = ui->listener_at;
	if (ui->listener_at >= ui->first_listener + rows)
		ui->first_listener = ui->listener_at - rows + 1;
	if (ui->first_listener > last)
		ui->first_listener = last;
}

static int rows_of_listeners(const struct ui *ui, int rows)
{
	int most = (rows - 1 - DETAIL_ROWS) / 2;

	if (rows - 1 - DETAIL_ROWS - most < ROWS_LEAST)
		most = rows - 1 - DETAIL_ROWS - ROWS_LEAST;
	if (most < 1)
		most = 1;
	return ui->listener_count < (size_t)most
		       ? (ui->listener_count ? (int)ui->listener_count : 1)
		       : most;
}

void overview_draw(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene)
{
	const int shown = rows_of_listeners(ui, rows);
	char count[PART_TEXT];
	struct layout l;

	lay_out(&l, g, ui);
	draw_heading(g, y, &l);
	scroll(ui, (size_t)shown);
	if (!ui->in_rows)
		ui->page = (size_t)shown;
	for (int i = 0; i < shown; i++) {
		size_t at = ui->first_listener + (size_t)i;

		if (at < ui->listener_count)
			draw_row(g, y + 1 + i, &l, ui->listeners[at], scene, at == ui->listener_at,
				 !ui->in_rows);
		else if (!i)
			grid_text(g, y + 1, 1, g->columns, LOOK_DIM,
				  ui->left_out ? "no listener passes the filter (Esc clears it)"
					       : "no listener yet");
	}
	y += 1 + shown;
	rows -= 1 + shown;
	draw_selected(g, y, ui, scene);
	y += DETAIL_ROWS;
	rows -= DETAIL_ROWS;
	if (rows < 2)
		return;
	snprintf(count, sizeof(count), "%zu connection%s", ui->row_count, text_s(ui->row_count));
	part_title(g, y, ui->sort_rows ? "connections" : "waiting and hung, the longest first",
		   count);
	part_rows(g, y + 1, rows - 1, ui, scene);
}
