// SPDX-License-Identifier: BSD-2-Clause
#include "top/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "event/tcp.h"
#include "view/list/list.h"
#include "view/words.h"

#define EIGHTHS	    8
#define LOOK_TOLD_S 15
#define CALM_NS	    NS_S

/* ---- text ---- */

void part_address(char *text, const struct model_listener *l)
{
	static const uint8_t none[16];
	bool any = !l->family || !memcmp(l->addr, none, sizeof(none));

	text_end_in(text, l->family, any ? NULL : l->addr, l->port, l->zone);
}

void part_owner(char *text, const struct grid *g, uint32_t pid, const char *comm)
{
	text[0] = '\0';
	if (!pid)
		return;
	text_clean(text, PART_TEXT / 2, comm, 16, g->utf8);
	sprintf(text + strlen(text), "[%u]", pid);
}

void part_duration(char *text, const struct grid *g, uint64_t ns)
{
	text_duration(text, ns, g->utf8);
}

void part_sentence(char *text, size_t size, const struct grid *g, const struct model_listener *l)
{
	/* A look that found nothing is told for as long as somebody may be waiting for it. */
	bool trouble = l->looked && (diagnosis_is_trouble(l->diagnosis)
					     ? l->judged && l->verdict != VERDICT_OK
					     : l->newest < l->look_t / NS_S + LOOK_TOLD_S);
	char clean[4 * sizeof(l->sentence)];

	text[0] = '\0';
	text_clean(clean, sizeof(clean), trouble ? l->sentence : l->advice, sizeof(l->sentence),
		   g->utf8);
	if (trouble && l->sentence[0])
		snprintf(text, size, "%s: %s", words_of_diagnosis(l->diagnosis), clean);
	else if (clean[0])
		snprintf(text, size, "%s: %s", words_of_verdict(l->verdict), clean);
}

unsigned int part_look_of_wait(const struct scene *scene, uint64_t ns)
{
	if (ns >= scene->stuck_ns)
		return LOOK_RED;
	return ns >= scene->slow_ns ? LOOK_YELLOW : LOOK_PLAIN;
}

const char *part_verdict(const struct model_listener *l)
{
	if (l->gone)
		return "closed";
	return l->judged ? words_of_verdict(l->verdict) : "";
}

int part_quantiles(struct grid *g, int y, int x, const struct scene *scene, const char *name,
		   const struct quantiles *q)
{
	const uint64_t values[] = {q->p50, q->p99, q->max};
	static const char *const names[] = {" p50 ", " p99 ", " max "};
	int first = 3, left = g->columns - x - (int)text_columns(name);
	char text[PART_TEXT];

	if (!q->count) {
		x = grid_text(g, y, x, g->columns, LOOK_DIM, name);
		return grid_text(g, y, x, g->columns, LOOK_DIM, g->utf8 ? " –" : " -");
	}
	/* Half a number is a wrong one. What fits is kept from the end: the longest first. */
	for (; first; first--) {
		part_duration(text, g, values[first - 1]);
		left -= (int)(text_columns(names[first - 1]) + text_columns(text));
		if (left < 0)
			break;
	}
	if (first == 3)
		return x;
	x = grid_text(g, y, x, g->columns, LOOK_DIM, name);
	for (int i = first; i < 3; i++) {
		x = grid_text(g, y, x, g->columns, LOOK_DIM, names[i]);
		part_duration(text, g, values[i]);
		x = grid_text(g, y, x, g->columns, part_look_of_wait(scene, values[i]), text);
	}
	return x;
}

int part_waits(struct grid *g, int y, int x, const struct model_listener *l,
	       const struct scene *scene)
{
	/* Of what was in the queue before us it is not always known since when. */
	if (!l->wait.count)
		return grid_text(g, y, x, g->columns, LOOK_DIM,
				 l->accepted ? "no wait for accept() is known yet"
					     : "no connection was accepted yet");
	x = part_quantiles(g, y, x, scene, "wait, 10 s:", &l->recent) + 2;
	return part_quantiles(g, y, x, scene, "all:", &l->wait);
}

unsigned int part_look_of_verdict(const struct model_listener *l)
{
	if (l->gone)
		return LOOK_DIM;
	if (!l->judged || l->verdict == VERDICT_OK)
		return LOOK_GREEN;
	return LOOK_BOLD | (l->verdict == VERDICT_APP_SLOW ? LOOK_YELLOW : LOOK_RED);
}

/* ---- bars ---- */

static bool is_full(const struct model_listener *l)
{
	return l->accept_queue > l->backlog;
}

static unsigned int look_of_queue(const struct model_listener *l)
{
	if (is_full(l))
		return LOOK_RED | LOOK_BOLD;
	return (uint64_t)l->accept_queue * 2 > l->backlog ? LOOK_YELLOW : LOOK_GREEN;
}

void part_queue(struct grid *g, int y, int x, int end, const struct model_listener *l)
{
	char text[PART_TEXT];

	if (!l->queue_known || l->gone)
		return;
	snprintf(text, sizeof(text), "%u/%u", l->accept_queue, l->backlog);
	grid_right(g, y, x, end, l->accept_queue ? look_of_queue(l) : LOOK_PLAIN, text);
}

/* How many eighths of `cells` cells are filled; something is never nothing. */
static unsigned int eighths(uint64_t value, uint64_t limit, int cells)
{
	uint64_t n;

	if (!value || !limit)
		return 0;
	n = value >= limit ? (uint64_t)cells * EIGHTHS : value * (uint64_t)cells * EIGHTHS / limit;
	return n ? (unsigned int)n : 1;
}

void part_bar(struct grid *g, int y, int x, int end, const struct model_listener *l)
{
	static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	const uint64_t limit = (uint64_t)l->backlog + 1;
	unsigned int full, look = look_of_queue(l);
	int at, peak;

	if (!l->queue_known || l->gone || end <= x)
		return;
	for (int i = x; i < end; i++)
		grid_text(g, y, i, end, LOOK_DIM, g->utf8 ? "·" : ".");
	full = eighths(l->accept_queue, limit, end - x);
	for (at = x; full >= EIGHTHS; full -= EIGHTHS)
		at = grid_text(g, y, at, end, look, g->utf8 ? "█" : "#");
	if (full)
		at = grid_text(g, y, at, end, look, g->utf8 ? parts[full] : "|");
	peak = x + ((int)eighths(l->peak, limit, end - x) + EIGHTHS - 1) / EIGHTHS - 1;
	if (l->peak && peak >= at)
		grid_text(g, y, peak, end, l->peak >= limit ? LOOK_RED : LOOK_CYAN,
			  g->utf8 ? "▕" : "!");
}

/* ---- histories ---- */

static uint32_t value_of(const struct model_second *second, enum history what)
{
	switch (what) {
	case HISTORY_PEAK:
		return second->peak;
	case HISTORY_ARRIVALS:
		return second->arrivals;
	case HISTORY_ACCEPTS:
		return second->accepts;
	case HISTORY_REFUSED:
		return second->refused;
	}
	return 0;
}

static const char *level(const struct grid *g, unsigned int n)
{
	static const char *const blocks[] = {"", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const ascii[] = {"", "_", ".", "-", "-", "=", "=", "#", "#"};

	return g->utf8 ? blocks[n] : ascii[n];
}

static uint32_t highest(const struct model_listener *l, enum history what, unsigned int seconds)
{
	uint32_t max = 0;

	for (unsigned int ago = 0; ago <= seconds; ago++) {
		const struct model_second *second = model_second_ago(l, ago);

		if (second && value_of(second, what) > max)
			max = value_of(second, what);
	}
	return max;
}

void part_history(struct grid *g, int y, int x, int end, const struct model_listener *l,
		  enum history what)
{
	const uint32_t max = highest(l, what, (unsigned int)(end > x ? end - x : 0));

	for (int i = x; i < end; i++) {
		const struct model_second *second = model_second_ago(l, (unsigned int)(end - i));
		unsigned int n = second ? eighths(value_of(second, what), max, 1) : 0;

		if (second && !n)
			grid_text(g, y, i, end, LOOK_DIM, g->utf8 ? "▁" : "_");
		else if (n)
			grid_text(g, y, i, end, what == HISTORY_REFUSED ? LOOK_RED : LOOK_CYAN,
				  level(g, n));
	}
}

static void depth_column(struct grid *g, int y, int rows, int x, uint64_t value, uint64_t top,
			 uint64_t limit)
{
	unsigned int full = eighths(value, top, rows);
	unsigned int look = value >= limit	? LOOK_RED
			    : value * 2 > limit ? LOOK_YELLOW
						: LOOK_GREEN;

	for (int row = rows - 1; row >= 0 && full; row--) {
		unsigned int n = full < EIGHTHS ? full : EIGHTHS;

		grid_text(g, y + row, x, x + 1, look, level(g, n));
		full -= n;
	}
}

void part_depth(struct grid *g, int y, int rows, int x, int end, const struct model_listener *l)
{
	const uint64_t limit = (uint64_t)l->backlog + 1;
	const uint64_t max = highest(l, HISTORY_PEAK, MODEL_SECONDS);
	/* A queue of 3 of 4096 would be nothing to see: the scale follows what there was. */
	const uint64_t top = max * 4 > limit ? (max > limit ? max : limit) : max ? max : 1;
	char text[PART_TEXT];
	int left = x + 6;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)top);
	grid_right(g, y, x, left - 1, top >= limit ? LOOK_RED : LOOK_DIM, text);
	grid_right(g, y + rows - 1, x, left - 1, LOOK_DIM, "0");
	for (int i = left; i < end; i++) {
		unsigned int ago = (unsigned int)(end - 1 - i);
		const struct model_second *second = model_second_ago(l, ago);

		if (!second)
			continue;
		if (second->peak)
			depth_column(g, y, rows, i, second->peak, top, limit);
		else
			grid_text(g, y + rows - 1, i, end, LOOK_DIM, g->utf8 ? "▁" : "_");
		if (second->refused)
			grid_text(g, y + rows, i, end, LOOK_RED | LOOK_BOLD, g->utf8 ? "✗" : "x");
	}
}

/* ---- the rest ---- */

void part_title(struct grid *g, int y, const char *title, const char *right)
{
	int x;

	for (int i = 0; i < g->columns; i++)
		grid_text(g, y, i, g->columns, LOOK_DIM, g->utf8 ? "─" : "-");
	x = grid_text(g, y, 2, g->columns, LOOK_PLAIN, " ");
	x = grid_text(g, y, x, g->columns, LOOK_BOLD, title);
	grid_text(g, y, x, g->columns, LOOK_PLAIN, " ");
	if (right && *right) {
		char text[PART_TEXT];

		snprintf(text, sizeof(text), " %s ", right);
		if (x + (int)text_columns(text) + 3 < g->columns)
			grid_right(g, y, 0, g->columns - 2, LOOK_DIM, text);
	}
}

/* The rows that are on the screen, as a listing of their own: all that is measured. */
static size_t copy_window(struct listing *window, const struct ui *ui, const struct scene *scene,
			  size_t rows)
{
	size_t count = ui->row_count - ui->first_row;

	*window = (struct listing){.many_netns = scene->rows->many_netns};
	count = count < rows ? count : rows;
	window->rows = calloc(count + 1, sizeof(*window->rows));
	if (!window->rows)
		return 0;
	for (size_t i = 0; i < count; i++)
		window->rows[i] = *ui->rows[ui->first_row + i];
	return window->count = count;
}

static void scroll(struct ui *ui, size_t rows)
{
	size_t last = ui->row_count > rows ? ui->row_count - rows : 0;

	if (ui->row_at < ui->first_row)
		ui->first_row = ui->row_at;
	if (rows && ui->row_at >= ui->first_row + rows)
		ui->first_row = ui->row_at - rows + 1;
	if (ui->first_row > last)
		ui->first_row = last;
}

/* An ordinary connection, at work: what is not stands out beside it. */
static bool is_calm(const struct listing_row *row)
{
	return row->kind == LISTING_CONNECTION && row->s.state == TCP_STATE_ESTABLISHED &&
	       row->idle.is != LISTING_UNKNOWN && row->idle.ns < CALM_NS;
}

void part_rows(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene)
{
	const struct list_view_options options = {
		.color = true,
		.utf8 = g->utf8,
		.header = true,
		.steady = true,
		.columns = g->columns - 2,
		.slow_ns = scene->slow_ns,
		.stuck_ns = scene->stuck_ns,
	};
	struct listing window;
	struct out out;

	if (rows < 2)
		return;
	scroll(ui, (size_t)rows - 1);
	if (ui_on_rows(ui))
		ui->page = (size_t)rows - 1;
	if (!ui->row_count) {
		grid_text(g, y, 2, g->columns, LOOK_DIM, "no connections");
		return;
	}
	if (out_init(&out, -1))
		return;
	if (copy_window(&window, ui, scene, (size_t)rows - 1)) {
		list_draw(&out, &window, &options);
		grid_lines(g, y, rows, 2, out.buf, out.len, 0);
	}
	for (size_t i = 0; i < window.count; i++) {
		if (is_calm(&window.rows[i]))
			grid_mark(g, y + 1 + (int)i, 0, g->columns, LOOK_DIM);
	}
	free(window.rows);
	out_free(&out);
	if (ui_on_rows(ui) && !ui->help) {
		int at = y + 1 + (int)(ui->row_at - ui->first_row);

		grid_text(g, at, 0, 1, LOOK_CYAN | LOOK_BOLD, g->utf8 ? "▶" : ">");
		grid_mark(g, at, 1, g->columns, LOOK_REVERSE);
	}
}
