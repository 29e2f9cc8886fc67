// SPDX-License-Identifier: BSD-2-Clause
#include "view/list/list.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"

#define GREEN  "32"
#define YELLOW "33"
#define RED    "31"
#define DIM    "2"

#define CELL_BYTES  160
#define GAP	    1
#define END_COLUMNS 21 /* 255.255.255.255:65535 */
#define OWNER_LEAST 10

enum column {
	COLUMN_STATE,
	COLUMN_FOR,
	COLUMN_IDLE,
	COLUMN_UNREAD,
	COLUMN_UNACKED,
	COLUMN_QUEUE,
	COLUMN_NETNS,
	COLUMN_LOCAL,
	COLUMN_PORT, /* stands in for LOCAL where that does not fit */
	COLUMN_PEER,
	COLUMN_OWNER,
	COLUMN_FD,
	COLUMN_COOKIE,
	COLUMN_COUNT
};

struct layout {
	const struct list_view_options *options;
	unsigned int width[COLUMN_COUNT]; /* 0: not shown */
};

/* ---- cells ---- */

static void put_time(char *cell, const struct listing_time *time, bool utf8)
{
	if (time->is == LISTING_UNKNOWN)
		return;
	if (time->is == LISTING_AT_LEAST)
		cell = stpcpy(cell, ">= ");
	text_duration(cell, time->ns, utf8);
}

static void put_bytes(char *cell, const struct listing_row *row, uint64_t bytes)
{
	if (row->has_bytes && bytes)
		text_bytes(cell, bytes);
	else if (row->has_bytes)
		strcpy(cell, "0");
}

static void put_owner(char *cell, const struct listing_row *row, bool utf8)
{
	if (!row->pid)
		return;
	text_clean(cell, CELL_BYTES / 2, row->comm, 16, utf8);
	sprintf(cell + strlen(cell), "[%u]", row->pid);
}

static void put_queue(char *cell, const struct listing_row *row)
{
	if (!row->has_queue || (row->kind != LISTING_QUEUED && row->kind != LISTING_LISTENER))
		return;
	sprintf(cell, "%u/%u", row->accept_queue, row->backlog);
}

static bool is_any(const struct fact_sock *s)
{
	static const uint8_t none[16];

	return !memcmp(s->laddr, none, s->family == AF_INET6 ? 16 : 4);
}

/* "*:8080" for a listener of all addresses. */
static void put_local(char *cell, const struct listing_row *row)
{
	const struct fact_sock *s = &row->s;
	bool all = row->kind == LISTING_LISTENER && s->family == AF_INET6 && is_any(s);

	text_end_in(cell, s->family, all ? NULL : s->laddr, s->lport, row->ifname);
}

static void put_cell(char *cell, const struct listing_row *row, enum column column, bool utf8)
{
	static const char *const ends[] = {
		[LISTING_ALIVE] = "", [LISTING_FIN] = " FIN", [LISTING_RST] = " RST"};

	cell[0] = '\0';
	switch (column) {
	case COLUMN_STATE:
		cell = stpcpy(cell, listing_state_name(listing_row_state(row)));
		strcpy(cell, ends[listing_row_end(row)]);
		break;
	case COLUMN_FOR:
		put_time(cell, &row->in, utf8);
		break;
	case COLUMN_IDLE:
		put_time(cell, &row->idle, utf8);
		break;
	case COLUMN_UNREAD:
		put_bytes(cell, row, row->unread);
		break;
	case COLUMN_UNACKED:
		put_bytes(cell, row, row->unsent);
		break;
	case COLUMN_QUEUE:
		put_queue(cell, row);
		break;
	case COLUMN_NETNS:
		sprintf(cell, "%u", row->s.netns);
		break;
	case COLUMN_LOCAL:
		put_local(cell, row);
		break;
	case COLUMN_PORT:
		sprintf(cell, "%u", row->s.lport);
		break;
	case COLUMN_PEER:
		if (row->kind != LISTING_LISTENER)
			text_end_in(cell, row->s.family, row->s.raddr, row->s.rport, row->ifname);
		break;
	case COLUMN_OWNER:
		put_owner(cell, row, utf8);
		break;
	case COLUMN_FD:
		if (row->fd >= 0)
			sprintf(cell, "%d", row->fd);
		break;
	case COLUMN_COOKIE:
		if (row->s.cookie)
			sprintf(cell, "%llx", (unsigned long long)row->s.cookie);
		break;
	case COLUMN_COUNT:
		break;
	}
}

/* ---- the layout ---- */

static const struct {
	const char *heading;
	bool right;
} columns[COLUMN_COUNT] = {
	[COLUMN_STATE] = {"STATE", false},    [COLUMN_FOR] = {"FOR", true},
	[COLUMN_IDLE] = {"IDLE", true},	      [COLUMN_UNREAD] = {"UNREAD", true},
	[COLUMN_UNACKED] = {"UNACKED", true}, [COLUMN_QUEUE] = {"QUEUE", true},
	[COLUMN_NETNS] = {"NS", true},	      [COLUMN_LOCAL] = {"LOCAL", false},
	[COLUMN_PORT] = {"PORT", true},	      [COLUMN_PEER] = {"PEER", false},
	[COLUMN_OWNER] = {"OWNER", false},    [COLUMN_FD] = {"FD", true},
	[COLUMN_COOKIE] = {"COOKIE", true},
};

static unsigned int total(const struct layout *l)
{
	unsigned int sum = 0;

	for (enum column c = 0; c < COLUMN_COUNT; c++)
		sum += l->width[c] ? l->width[c] + GAP : 0;
	return sum ? sum - GAP : 0;
}

/* What gives way, in this order: a column to `least` columns of the screen, 0: altogether. */
static const struct {
	enum column column;
	unsigned int least;
} steps[] = {
	{COLUMN_COOKIE, 0}, {COLUMN_UNACKED, 0},
	{COLUMN_FD, 0},	    {COLUMN_LOCAL, END_COLUMNS},
	{COLUMN_LOCAL, 0},  {COLUMN_PEER, END_COLUMNS},
	{COLUMN_IDLE, 0},   {COLUMN_OWNER, 14},
	{COLUMN_UNREAD, 0}, {COLUMN_OWNER, OWNER_LEAST},
	{COLUMN_QUEUE, 0},  {COLUMN_OWNER, 0},
	{COLUMN_PEER, 8},
};

static void fit(struct layout *l, unsigned int port_width)
{
	const unsigned int limit = (unsigned int)l->options->columns;

	for (size_t i = 0; limit && i < sizeof(steps) / sizeof(steps[0]); i++) {
		unsigned int *width = &l->width[steps[i].column];
		unsigned int over = total(l) > limit ? total(l) - limit : 0;

		if (!over)
			return;
		if (*width <= steps[i].least)
			continue;
		if (!steps[i].least) {
			*width = 0;
			if (steps[i].column == COLUMN_LOCAL)
				l->width[COLUMN_PORT] = port_width;
			continue;
		}
		*width = *width - over > steps[i].least && *width > over ? *width - over
									 : steps[i].least;
	}
}

/* As wide as what changes from one look to the next becomes: ">= 12.3 ms", "1.23 MB". */
static const uint8_t steady_width[COLUMN_COUNT] = {
	[COLUMN_STATE] = 11, [COLUMN_FOR] = 10,	   [COLUMN_IDLE] = 7,
	[COLUMN_UNREAD] = 7, [COLUMN_UNACKED] = 7, [COLUMN_QUEUE] = 7,
};

/* A column that says nothing anywhere is left out. */
static void measure(struct layout *l, const struct listing *listing, size_t count)
{
	char cell[CELL_BYTES];
	unsigned int port_width;

	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		unsigned int widest = 0, heading = (unsigned int)strlen(columns[c].heading);

		for (size_t i = 0; i < count; i++) {
			unsigned int width;

			put_cell(cell, &listing->rows[i], c, l->options->utf8);
			width = text_columns(cell);
			widest = width > widest ? width : widest;
		}
		l->width[c] = widest && widest < heading ? heading : widest;
		if (l->options->steady && l->width[c] < steady_width[c] &&
		    (widest || c == COLUMN_FOR || c == COLUMN_QUEUE))
			l->width[c] = steady_width[c];
	}
	if (!listing->many_netns)
		l->width[COLUMN_NETNS] = 0;
	port_width = l->width[COLUMN_PORT];
	l->width[COLUMN_PORT] = 0;
	fit(l, port_width);
}

/* ---- drawing ---- */

static const char *color_of_wait(const struct layout *l, const struct listing_time *time)
{
	if (time->ns >= l->options->stuck_ns)
		return RED;
	return time->ns >= l->options->slow_ns ? YELLOW : NULL;
}

static const char *color_of(const struct layout *l, const struct listing_row *row,
			    enum column column)
{
	switch (column) {
	case COLUMN_STATE:
		if (listing_row_end(row) == LISTING_RST)
			return RED;
		if (row->kind == LISTING_QUEUED || row->s.state == TCP_STATE_CLOSE_WAIT)
			return YELLOW;
		if (row->s.state == TCP_STATE_ESTABLISHED)
			return GREEN;
		return row->s.state == TCP_STATE_TIME_WAIT ? DIM : NULL;
	case COLUMN_FOR:
		return row->kind == LISTING_QUEUED ? color_of_wait(l, &row->in) : NULL;
	case COLUMN_QUEUE:
		return row->accept_queue > row->backlog ? RED : NULL;
	default:
		return NULL;
	}
}

/* The port of an end, and the pid of an owner, stand at the end and stay. */
static size_t tail_of(const char *cell, enum column c)
{
	const char *tail = c == COLUMN_OWNER			   ? strrchr(cell, '[')
			   : c == COLUMN_LOCAL || c == COLUMN_PEER ? cell + strlen(cell) - 9
								   : NULL;

	return tail && tail > cell ? strlen(tail) : 0;
}

static void draw_cell(struct out *o, const struct layout *l, enum column c, const char *text,
		      const char *color, bool last)
{
	unsigned int used = text_columns(text);
	unsigned int blanks = l->width[c] > used ? l->width[c] - used : 0;

	if (columns[c].right)
		out_format(o, "%*s", (int)blanks, "");
	if (color && l->options->color)
		out_format(o, "\033[%sm%s\033[0m", color, text);
	else
		out_text(o, text);
	if (!last)
		out_format(o, "%*s", (int)((columns[c].right ? 0 : blanks) + GAP), "");
}

static void end_row(struct out *o, const struct layout *l)
{
	out_text(o, l->options->redraw ? "\033[K\n" : "\n");
}

static enum column last_column(const struct layout *l)
{
	enum column last = COLUMN_STATE;

	for (enum column c = 0; c < COLUMN_COUNT; c++)
		last = l->width[c] ? c : last;
	return last;
}

static void draw_heading(struct out *o, const struct layout *l)
{
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		if (l->width[c])
			draw_cell(o, l, c, columns[c].heading, DIM, c == last_column(l));
	}
	end_row(o, l);
}

static void draw_row(struct out *o, const struct layout *l, const struct listing_row *row)
{
	const enum column last = last_column(l);
	char cell[CELL_BYTES];

	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		if (!l->width[c])
			continue;
		put_cell(cell, row, c, l->options->utf8);
		text_shorten(cell, l->width[c], tail_of(cell, c), l->options->utf8);
		draw_cell(o, l, c, cell, color_of(l, row, c), c == last);
	}
	end_row(o, l);
}

/* ---- the last line ---- */

struct totals {
	struct out *o;
	const struct layout *l;
	unsigned int col;
};

/* Adds a piece; goes on in the next row of the screen where it does not fit. */
static void add_total(struct totals *t, const char *text)
{
	const unsigned int limit = (unsigned int)t->l->options->columns;
	const char *dot = t->l->options->utf8 ? " · " : ", ";
	unsigned int width = text_columns(text);

	if (t->col && limit && t->col + text_columns(dot) + width > limit) {
		end_row(t->o, t->l);
		t->col = 0;
	}
	if (t->col) {
		out_text(t->o, dot);
		t->col += text_columns(dot);
	}
	out_text(t->o, text);
	t->col += width;
}

/* In the order of attention that they deserve. */
static const uint8_t order[] = {
	LISTING_STATE_QUEUED,  TCP_STATE_CLOSE_WAIT, TCP_STATE_SYN_SENT,  TCP_STATE_SYN_RECV,
	TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1,  TCP_STATE_FIN_WAIT2, TCP_STATE_CLOSING,
	TCP_STATE_LAST_ACK,    TCP_STATE_LISTEN,     TCP_STATE_TIME_WAIT,
};

static void draw_totals(struct out *o, const struct layout *l, const struct listing *listing,
			size_t shown)
{
	struct totals t = {.o = o, .l = l};
	char text[96];

	if (shown < listing->count) {
		snprintf(text, sizeof(text), "%zu more row%s (--rows 0 for all)",
			 listing->count - shown, text_s(listing->count - shown));
		add_total(&t, text);
	}
	for (size_t i = 0; i < sizeof(order); i++) {
		unsigned int state = order[i];
		size_t count = listing->by_state[state];

		if (!count)
			continue;
		snprintf(text, sizeof(text), "%zu %s%s", count, listing_state_name(state),
			 state == TCP_STATE_TIME_WAIT && l->options->time_wait_left_out
				 ? " not listed (--state TIME_WAIT)"
				 : "");
		add_total(&t, text);
	}
	if (!t.col)
		add_total(&t, "no such sockets");
	end_row(o, l);
}

void list_draw(struct out *o, const struct listing *listing,
	       const struct list_view_options *options)
{
	struct layout l = {.options = options};
	size_t count = listing->count;

	if (options->rows && options->rows < count)
		count = options->rows;
	measure(&l, listing, count);
	if (count && options->header)
		draw_heading(o, &l);
	for (size_t i = 0; i < count; i++)
		draw_row(o, &l, &listing->rows[i]);
	if (options->header && !options->steady)
		draw_totals(o, &l, listing, count);
}
