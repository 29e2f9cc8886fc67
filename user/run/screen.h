/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screen.h - the terminal as a whole screen: cells out, keys in. The only file that knows ncurses;
 * built without it (TUI=0), screen_check() says so.
 *
 * A thread of its own talks to the terminal. A terminal that stalls blocks that thread alone: a
 * screen that could not be shown in time is replaced by the next one.
 *
 *	if (screen_check(err, sizeof(err)) || screen_open(&s, true, err, sizeof(err)))
 *		...
 *	screen_start(s, err, sizeof(err));	once the sandbox has been entered
 *	screen_show(s, &grid);
 *	while ((key = screen_key(s)))
 *		...
 *	screen_close(s);
 */
#ifndef SOCKSTATE_SCREEN_H
#define SOCKSTATE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "top/grid.h"

struct screen;

/* Whether this terminal can be used so: 0, or -ENOTTY or -ENOTSUP with one line in err. */
int screen_check(char *err, size_t err_size);
/*
 * Takes over the terminal; what is written to standard error meanwhile is kept. The terminal is put
 * back by screen_close(), and where the process crashes.
 */
int screen_open(struct screen **out, bool color, char *err, size_t err_size);
/* The thread begins: after that there are keys, and what is shown appears. In the sandbox. */
int screen_start(struct screen *s, char *err, size_t err_size);
/* Accepts NULL. What was kept of standard error is printed then. */
void screen_close(struct screen *s);

/* As it is now. */
void screen_size(const struct screen *s, int *rows, int *columns);
/* Whether its characters beyond ASCII can be relied on. */
bool screen_draws_blocks(void);
/* Copies the grid, and never waits. */
void screen_show(struct screen *s, const struct grid *g);
/* The next key (top/ui.h); 0: none has been pressed. Never waits. */
unsigned int screen_key(struct screen *s);
/* The terminal has gone. */
bool screen_gone(const struct screen *s);
/* Draws everything anew. */
void screen_redraw(struct screen *s);
/* Stops this job as Ctrl-Z does, with the terminal as it was. */
void screen_suspend(struct screen *s);
/* The last line that was written to standard error meanwhile; "": none. */
const char *screen_said(struct screen *s);

#endif
