// SPDX-License-Identifier: BSD-2-Clause
#include "top/ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ui_free(struct ui *ui)
{
	free(ui->listeners);
	free(ui->rows);
}

const struct model_listener *ui_selected(const struct ui *ui)
{
	return ui->listener_at < ui->listener_count ? ui->listeners[ui->listener_at] : NULL;
}

const struct listing_row *ui_selected_row(const struct ui *ui)
{
	return ui->row_at < ui->row_count ? ui->rows[ui->row_at] : NULL;
}

const char *ui_sort_name(const struct ui *ui)
{
	static const char *const listeners[SORT_LISTENERS_COUNT] = {
		"worst first", "by queue",   "by connections per second",
		"by wait",     "by refused", "by port",
	};
	static const char *const rows[SORT_ROWS_COUNT] = {
		"worst first", "by time in state", "by idle time", "by unread bytes", "by peer",
	};

	return ui_on_rows(ui) ? rows[ui->sort_rows] : listeners[ui->sort_listeners];
}

void ui_go_to(struct ui *ui, uint64_t listener)
{
	ui->listener = listener;
	ui->moved = true;
	ui->in_rows = ui->row_moved = false;
	if (ui->screen == SCREEN_CONNECTION)
		ui->screen = SCREEN_LISTENER;
}

/* ---- movement ---- */

static void select_listener(struct ui *ui, size_t at)
{
	if (!ui->listener_count)
		return;
	ui->listener_at = at < ui->listener_count ? at : ui->listener_count - 1;
	ui->listener = ui->listeners[ui->listener_at]->cookie;
	ui->moved = true;
}

static void select_row(struct ui *ui, size_t at)
{
	if (!ui->row_count)
		return;
	ui->row_at = at < ui->row_count ? at : ui->row_count - 1;
	ui->connection = ui->rows[ui->row_at]->s.cookie;
	ui->row_moved = true;
}

/* Behind the last listener come the connections. */
static void down(struct ui *ui, size_t by)
{
	if (ui->screen == SCREEN_CONNECTION) {
		size_t last = ui->lines > ui->lines_shown ? ui->lines - ui->lines_shown : 0;

		ui->first_line = ui->first_line + by < last ? ui->first_line + by : last;
	} else if (ui_on_rows(ui)) {
		select_row(ui, ui->row_at + by);
	} else if (ui->row_count && ui->listener_at + 1 >= ui->listener_count) {
		ui->in_rows = true;
		select_row(ui, 0);
	} else {
		select_listener(ui, ui->listener_at + by);
	}
}

static void up(struct ui *ui, size_t by)
{
	if (ui->screen == SCREEN_CONNECTION)
		ui->first_line -= by < ui->first_line ? by : ui->first_line;
	else if (ui_on_rows(ui) && !ui->row_at && ui->screen == SCREEN_LISTENERS)
		ui->in_rows = ui->row_moved = false;
	else if (ui_on_rows(ui))
		select_row(ui, ui->row_at - (by < ui->row_at ? by : ui->row_at));
	else
		select_listener(ui,
				ui->listener_at - (by < ui->listener_at ? by : ui->listener_at));
}

static void enter(struct ui *ui)
{
	const struct listing_row *row = ui_selected_row(ui);

	if (ui->screen == SCREEN_CONNECTION)
		return;
	if (!ui_on_rows(ui)) {
		if (!ui_selected(ui))
			return;
		ui->screen = SCREEN_LISTENER;
		ui->moved = true;
		ui->row_moved = false;
		ui->row_at = ui->first_row = 0;
	} else if (row) {
		ui->connection = row->s.cookie;
		ui->row_moved = true;
		ui->screen = SCREEN_CONNECTION;
		ui->first_line = 0;
	}
}

/* From a connection to where it was chosen. */
static void back(struct ui *ui)
{
	if (ui->help) {
		ui->help = false;
	} else if (ui->screen == SCREEN_CONNECTION) {
		ui->screen = ui->in_rows ? SCREEN_LISTENERS : SCREEN_LISTENER;
	} else if (ui->screen == SCREEN_LISTENER) {
		ui->screen = SCREEN_LISTENERS;
		ui->row_moved = false;
	} else if (ui->in_rows) {
		ui->in_rows = ui->row_moved = false;
	} else if (ui->filter[0]) {
		ui->filter[0] = '\0';
		ui->choice = (struct ui_choice){0};
	}
}

/* ---- typing ---- */

static void begin_prompt(struct ui *ui, enum ui_prompt prompt, const char *text)
{
	ui->prompt = prompt;
	snprintf(ui->typed, sizeof(ui->typed), "%s", text);
}

static void search(struct ui *ui)
{
	if (ui->search[0] && !ui_search(ui, ui->search))
		snprintf(ui->note, sizeof(ui->note), "not found: %.100s", ui->search);
}

static void end_prompt(struct ui *ui)
{
	enum ui_prompt prompt = ui->prompt;
	char err[128];

	ui->prompt = PROMPT_NONE;
	if (prompt == PROMPT_SEARCH) {
		snprintf(ui->search, sizeof(ui->search), "%s", ui->typed);
		search(ui);
	} else if (ui_choice_parse(ui->typed, &ui->choice, err, sizeof(err))) {
		snprintf(ui->note, sizeof(ui->note), "filter: %.140s", err);
	} else {
		snprintf(ui->filter, sizeof(ui->filter), "%s", ui->typed);
	}
}

/* The last character, which may have several bytes. */
static void erase(char *text)
{
	size_t len = strlen(text);

	while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
		;
	text[len] = '\0';
}

static void type(struct ui *ui, unsigned int key)
{
	size_t len = strlen(ui->typed);

	if (key == KEY_RETURN || key == '\n') {
		end_prompt(ui);
	} else if (key == KEY_ESCAPE || key == 3) {
		ui->prompt = PROMPT_NONE;
	} else if (key == KEY_ERASE || key == 8 || key == 127) {
		erase(ui->typed);
	} else if (key == 21) { /* Ctrl-U */
		ui->typed[0] = '\0';
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof(ui->typed)) {
		ui->typed[len] = (char)key;
		ui->typed[len + 1] = '\0';
	}
}

/* ---- keys ---- */

static void next_sort(struct ui *ui)
{
	if (ui_on_rows(ui))
		ui->sort_rows = (ui->sort_rows + 1) % SORT_ROWS_COUNT;
	else
		ui->sort_listeners = (ui->sort_listeners + 1) % SORT_LISTENERS_COUNT;
	snprintf(ui->note, sizeof(ui->note), "sorted %s", ui_sort_name(ui));
}

static enum ui_ask command(struct ui *ui, unsigned int key)
{
	switch (key) {
	case 'q':
	case 3: /* Ctrl-C */
		return ASK_QUIT;
	case 26: /* Ctrl-Z */
		return ASK_SUSPEND;
	case 12: /* Ctrl-L */
		return ASK_REDRAW;
	case '?':
	case 'h':
		ui->help = !ui->help;
		break;
	case 's':
		next_sort(ui);
		break;
	case 'r':
		ui->reverse = !ui->reverse;
		snprintf(ui->note, sizeof(ui->note), "%s",
			 ui->reverse ? "order reversed" : "order not reversed");
		break;
	case ' ':
	case 'p':
		ui->paused = !ui->paused;
		break;
	case '/':
		begin_prompt(ui, PROMPT_SEARCH, "");
		break;
	case 'n':
		search(ui);
		break;
	case 'f':
		begin_prompt(ui, PROMPT_FILTER, ui->filter);
		break;
	case 'y':
		return ui->replay ? ASK_NOTHING : ASK_WHY;
	case 'w':
		return ui->replay ? ASK_NOTHING : ASK_RECORD;
	case '.':
		return ui->replay ? ASK_STEP : ASK_NOTHING;
	case ',':
		return ui->replay ? ASK_BACK : ASK_NOTHING;
	case '!':
		return ui->replay ? ASK_WORST : ASK_NOTHING;
	case '+':
		return ui->replay ? ASK_FASTER : ASK_NOTHING;
	case '-':
		return ui->replay ? ASK_SLOWER : ASK_NOTHING;
	}
	return ASK_NOTHING;
}

enum ui_ask ui_key(struct ui *ui, unsigned int key)
{
	const size_t page = ui->page > 1 ? ui->page - 1 : 1;

	ui->note[0] = '\0';
	if (ui->prompt != PROMPT_NONE) {
		type(ui, key);
		return ASK_NOTHING;
	}
	if (ui->help && key != 'q' && key != 3) { /* any key leaves the help */
		ui->help = false;
		return ASK_NOTHING;
	}
	switch (key) {
	case KEY_LINE_UP:
	case 'k':
		up(ui, 1);
		break;
	case KEY_LINE_DOWN:
	case 'j':
		down(ui, 1);
		break;
	case KEY_PAGE_UP:
		up(ui, page);
		break;
	case KEY_PAGE_DOWN:
		down(ui, page);
		break;
	case KEY_TO_FIRST:
	case 'g':
		up(ui, SIZE_MAX / 2);
		break;
	case KEY_TO_LAST:
	case 'G':
		down(ui, SIZE_MAX / 2);
		break;
	case KEY_TABULATOR:
		if (ui->screen == SCREEN_LISTENERS)
			ui->in_rows = !ui->in_rows && ui->row_count;
		break;
	case KEY_RETURN:
	case '\n':
	case KEY_ARROW_RIGHT:
		enter(ui);
		break;
	case KEY_ESCAPE:
	case KEY_ARROW_LEFT:
	case KEY_ERASE:
	case 127:
	case 8:
		back(ui);
		break;
	default:
		return command(ui, key);
	}
	return ASK_NOTHING;
}
