/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h - what the files of the table share: the columns, and the line that is being written.
 *
 *	table.c		lays out the columns and passes each event to the file that writes it
 *	events.c	the line of each type of event
 *	close.c		the line of a connection that ended
 *	whole_run.c	what stands before the first and after the last line
 *	cells.c		cells that several lines share
 *	line.c		the canvas: columns, colours and the end of a row; knows no events
 *	listeners.c	what the table remembers of each listener
 */
#ifndef SOCKSTATE_TABLE_H
#define SOCKSTATE_TABLE_H

#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/event.h"
#include "event/tcp.h"
#include "view/impl.h"

#define LINE_SLACK	 512 /* bytes behind line.end, for writes without a check */
#define BLANKS		 64
#define TABLE_CELL	 32 /* copied whole, which is faster than a copy of the exact length */
#define TRANSITION_BYTES 32
#define NOTE_MAX	 768 /* bytes of one note */
#define OWNER_MAX	 128 /* bytes of "lab[4711]" */
#define LINE_MAX_BYTES	 8192
#define TABLE_LISTENERS	 256 /* remembered */
#define TABLE_OWNERS	 64
#define TABLE_NO_PID	 UINT64_MAX

#define PLAIN  NULL
#define GREEN  "32"
#define YELLOW "33"
#define RED    "31"
#define DIM    "2"
#define LOUD   "1;31"

enum {
	TIME_COLUMNS = 12,
	NETNS_COLUMNS = 10,
	PORT_COLUMNS = 5,
	PEER_COLUMNS = 21,	/* 255.255.255.255:65535 */
	PEER_COLUMNS_WIDE = 47, /* [39]:65535 */
};

/* "SYN_RECV → ESTABLISHED", made when it is first needed. */
struct transition {
	char text[TRANSITION_BYTES];
	uint8_t len, columns;
};

/* What the table knows of a listener from the lines so far. */
struct table_listener {
	uint64_t cookie; /* 0: the entry is free */
	uint64_t netns, port, backlog;
	int family;
	char zone[TEXT_ZONE_MAX]; /* of a link-local address; "": none */
	uint8_t addr[16];
	bool listens, backlog_known;
	bool one_of_many; /* others listen, or listened, at the same ends */
	char owner[OWNER_MAX];
};

/* "lab[4711]", the text of the last owner that used this entry. */
struct table_owner {
	uint64_t pid; /* TABLE_NO_PID: only the name is known */
	bool known;
	char comm[16 + 1];
	char text[OWNER_MAX];
	uint8_t len, columns; /* of text */
};

struct table {
	struct view base;
	struct text_clock clock;
	bool compact, heading_done;
	const char *into;			     /* between two states */
	char incoming[4], outgoing[4], listening[4]; /* one column each, sign_bytes long */
	unsigned int sign_bytes;
	unsigned int ends_gap; /* blanks around those three */
	unsigned int peer_columns, state_columns;
	unsigned int ends_at, state_at, lasted_at, note_at;
	uint64_t netns; /* of the last line that had one */
	bool several;	/* there is more than one: a column of its own, or a row at each change */
	bool netns_column;
	struct transition transitions[TCP_STATE_COUNT][TCP_STATE_COUNT];
	unsigned int limit; /* columns of a row; 0: unlimited */
	struct table_listener listeners[TABLE_LISTENERS];
	struct table_owner owners[TABLE_OWNERS];
	/*
	 * By the listener's cookie. Two may share an entry: then one line is left out that says
	 * what the other's has said.
	 */
	bool told_complete_before[TABLE_LISTENERS];
};

/* A line being written. Bytes go to p, columns are counted in col. */
struct line {
	struct table *t;
	char *p;
	const char *end;
	unsigned int col;
	unsigned int notes; /* on this row */
	bool continued;
};

/* ---- the canvas: view/table/line.c; inline is what every cell takes ---- */

/* Reserves memory for the next line. False when out of memory. */
static inline bool table_begin_line(struct line *l)
{
	l->p = out_reserve(&l->t->base.out, LINE_MAX_BYTES);
	if (!l->p)
		return false;
	l->end = l->p + LINE_MAX_BYTES - LINE_SLACK;
	return true;
}

static inline void table_put(struct line *l, const char *text, size_t bytes, unsigned int columns)
{
	if ((size_t)(l->end - l->p) < bytes)
		return;
	memcpy(l->p, text, bytes);
	l->p += bytes;
	l->col += columns;
}

/* The same for text in a buffer of TABLE_CELL bytes or more. */
static inline void table_put_cell(struct line *l, const char *text, size_t bytes,
				  unsigned int columns)
{
	if (bytes > TABLE_CELL || l->p > l->end) {
		table_put(l, text, bytes, columns);
		return;
	}
	memcpy(l->p, text, TABLE_CELL); /* there is slack behind end */
	l->p += bytes;
	l->col += columns;
}

static inline void table_pad_to(struct line *l, unsigned int col)
{
	static const char blanks[BLANKS + 1] =
		"                                                                ";

	while (l->col < col && l->p < l->end) {
		unsigned int n = col - l->col < BLANKS ? col - l->col : BLANKS;

		memcpy(l->p, blanks, BLANKS); /* all of them: there is slack behind end */
		l->p += n;
		l->col += n;
	}
}

static inline void table_color_on(struct line *l, const char *color)
{
	if (color && l->t->base.options.color && l->end - l->p > 16) {
		*l->p++ = '\033';
		*l->p++ = '[';
		l->p = stpcpy(l->p, color);
		*l->p++ = 'm';
	}
}

static inline void table_color_off(struct line *l, const char *color)
{
	if (color && l->t->base.options.color && l->end - l->p > 16)
		l->p = stpcpy(l->p, "\033[0m");
}

static inline const char *table_dot(const struct table *t)
{
	return t->base.options.utf8 ? " · " : ", ";
}

static inline void table_end_row(struct line *l)
{
	table_put(l, "\n", 1, 0);
	l->col = 0;
}

/*
 * Writes words, with line breaks at blanks before the terminal's edge. Rows after the first are
 * indented to `indent`.
 */
void table_put_words(struct line *l, const char *text, unsigned int indent);
/* Writes an IPv6 end that is too long for its cell: its middle is left out. */
void table_put_long_end(struct line *l, const char *text, size_t len, unsigned int columns);

/* An end ("127.0.0.1:9502", len bytes) in a cell of so many columns. */
static inline void table_put_end(struct line *l, const char text[TEXT_END_MAX], size_t len,
				 unsigned int columns)
{
	if (len <= columns)
		table_put_cell(l, text, len, (unsigned int)len);
	else
		table_put_long_end(l, text, len, columns);
}
/*
 * Adds a note at column `at`, or behind the notes on this row. A note that does not fit is left
 * out; with `must` it goes on a row of its own under STATE.
 */
void table_note(struct line *l, unsigned int at, bool must, const char *color, const char *text);
/* The same for an owner, whose columns are known. */
void table_note_owner(struct line *l, unsigned int at, bool must, const struct table_owner *o);

/* ---- what is remembered of listeners: view/table/listeners.c ---- */

/* NULL: nothing. */
const struct table_listener *table_listener(struct table *t, uint64_t cookie);
/* The listener that a line is about. */
const struct table_listener *table_listener_of(struct table *t, const struct event *e);
/* Learns from a line about a listener. owner: "lab[4711]", or "" if the line does not have it. */
void table_learn_listener(struct table *t, const struct event *e, const char *owner);
void table_listener_ended(struct table *t, const struct event *e);

/* ---- the line of an event: view/table/events.c ---- */

void table_row(struct line *l, const struct event *e);

/* ---- of the whole run: view/table/whole_run.c ---- */

/* What is traced. */
void table_head(struct line *l, const struct event *e);
/* What was seen, then one or two rows for each listener. */
void table_summary(struct line *l, const struct event *e);

#endif
