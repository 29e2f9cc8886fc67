// SPDX-License-Identifier: BSD-2-Clause
/*
 * no_screen.c - run/screen.h where there is no ncurses (TUI=0).
 */
#ifndef HAVE_NCURSES

#include <errno.h>
#include <stdio.h>

#include "run/screen.h"

static const char without[] =
	"this sockstate was built without its full-screen view (TUI=0): use 'sockstate list --watch 1'";

int screen_check(char *err, size_t err_size)
{
	snprintf(err, err_size, "%s", without);
	return -ENOTSUP;
}

int screen_open(struct screen **out, bool color, char *err, size_t err_size)
{
	(void)out, (void)color;
	return screen_check(err, err_size);
}

int screen_start(struct screen *s, char *err, size_t err_size)
{
	(void)s;
	return screen_check(err, err_size);
}

void screen_close(struct screen *s)
{
	(void)s;
}

void screen_size(const struct screen *s, int *rows, int *columns)
{
	(void)s;
	*rows = *columns = 0;
}

bool screen_draws_blocks(void)
{
	return false;
}

void screen_show(struct screen *s, const struct grid *g)
{
	(void)s, (void)g;
}

unsigned int screen_key(struct screen *s)
{
	(void)s;
	return 0;
}

bool screen_gone(const struct screen *s)
{
	return !s;
}

void screen_redraw(struct screen *s)
{
	(void)s;
}

void screen_suspend(struct screen *s)
{
	(void)s;
}

const char *screen_said(struct screen *s)
{
	(void)s;
	return "";
}

#else
typedef int no_screen; /* a file of C has a declaration */
#endif
