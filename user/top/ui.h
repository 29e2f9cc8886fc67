/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ui.h - where the user is: which screen, what is selected, sorted, filtered, searched, paused; and
 * what each key does. Pure.
 *
 *	ui_arrange(&ui, &frame, &rows);		before drawing: what is shown, in which order
 *	switch (ui_key(&ui, key)) {		what the run has to do
 *	...
 */
#ifndef SOCKSTATE_TOP_UI_H
#define SOCKSTATE_TOP_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/filter.h"
#include "listing/listing.h"
#include "top/model.h"

/* A key: a character as its code point, or one of these. */
enum ui_key {
	KEY_OTHER = 0x110000,
	KEY_LINE_UP,
	KEY_LINE_DOWN,
	KEY_ARROW_LEFT,
	KEY_ARROW_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_TO_FIRST,
	KEY_TO_LAST,
	KEY_ERASE,
	KEY_RETURN = '\r',
	KEY_ESCAPE = 033,
	KEY_TABULATOR = '\t',
};

/* What the run has to do after a key. */
enum ui_ask {
	ASK_NOTHING,
	ASK_QUIT,
	ASK_SUSPEND,
	ASK_WHY,    /* a look at the program behind ui->listener */
	ASK_RECORD, /* a recording of what happened last */
	ASK_REDRAW, /* the screen from scratch */
	ASK_STEP,   /* of a replay; so are those that follow */
	ASK_BACK,
	ASK_WORST,
	ASK_FASTER,
	ASK_SLOWER,
};

enum ui_screen {
	SCREEN_LISTENERS,
	SCREEN_LISTENER,
	SCREEN_CONNECTION,
};

enum ui_prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_SEARCH,
};

enum ui_sort_listeners {
	SORT_WORST,
	SORT_QUEUE,
	SORT_RATE,
	SORT_WAIT,
	SORT_REFUSED,
	SORT_PORT,
	SORT_LISTENERS_COUNT,
};

enum ui_sort_rows {
	SORT_ROWS_WORST,
	SORT_ROWS_TIME,
	SORT_ROWS_IDLE,
	SORT_ROWS_UNREAD,
	SORT_ROWS_PEER,
	SORT_ROWS_COUNT,
};

#define UI_TYPED 128

/* What `f` typed, as it is understood. All zero: everything passes. */
struct ui_choice {
	struct filter nets; /* with has_nets: host alone */
	bool has_nets, trouble;
	uint16_t port; /* 0: any */
	char comm[32]; /* part of the name of the owner; "": any */
};

struct ui {
	enum ui_screen screen;
	bool help, replay, paused;
	uint64_t listener, connection; /* cookies of what is selected; 0: the first */
	bool moved;		       /* the user chose a listener: it stays selected */
	bool in_rows;		       /* of the first screen: the connections have the focus */
	bool row_moved;
	size_t first_listener, first_row, first_line; /* scrolled away above */
	size_t listener_at, row_at;		      /* of the selected, as arranged */
	size_t page;				      /* rows of what has the focus, as drawn */
	size_t lines;				      /* of the ladder, as drawn */
	size_t lines_shown;
	unsigned int sort_listeners, sort_rows;
	bool reverse;
	char filter[UI_TYPED], search[UI_TYPED];
	struct ui_choice choice;
	enum ui_prompt prompt;
	char typed[UI_TYPED];
	char note[160]; /* about the last key; "": nothing */

	/* as arranged */
	const struct model_listener **listeners;
	const struct listing_row **rows;
	size_t listener_count, listener_room, row_count, row_room;
	size_t left_out; /* listeners that the filter hides */
};

void ui_free(struct ui *ui);
/* Selects that listener, on the first screen or on its own. */
void ui_go_to(struct ui *ui, uint64_t listener);
/* 0 or -ENOMEM; then it is as it was. Points into frame and rows. */
int ui_arrange(struct ui *ui, const struct frame *frame, const struct listing *rows);
enum ui_ask ui_key(struct ui *ui, unsigned int key);
/* The listener that is selected, or of the connection that is; NULL: none. */
const struct model_listener *ui_selected(const struct ui *ui);
const struct listing_row *ui_selected_row(const struct ui *ui);
/* Whether the connections have the focus. */
static inline bool ui_on_rows(const struct ui *ui)
{
	return ui->screen == SCREEN_LISTENER || (ui->screen == SCREEN_LISTENERS && ui->in_rows);
}
/* "worst first", "by queue": what has the focus. */
const char *ui_sort_name(const struct ui *ui);
/* Needs attention. */
bool ui_is_trouble(const struct model_listener *l);

/* For tests. 0, or -EINVAL with one line in err; then *choice is untouched. */
int ui_choice_parse(const char *text, struct ui_choice *choice, char *err, size_t err_size);

/* ---- arrange.c, for ui.c ---- */

/* Selects the next row or listener that has the text in it. False: none has. */
bool ui_search(struct ui *ui, const char *text);

#endif
