// SPDX-License-Identifier: BSD-2-Clause
#include "view/summary/layout.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "view/words.h"

#define CELL		(4 * 64)
#define OWNER_LEAST	15
#define OWNER_GROWS	7 /* where there is room for more than the first columns */
#define OWNER_RANK	11
#define OWNER_MOST	30
#define ADDRESS_COLUMNS 15
#define ADDRESS_LEAST	8 /* of it, before a zone */

enum which {
	PORT,
	ADDRESS,
	NETNS,
	QUEUE,
	SYN,
	DONE_RATE,
	ACCEPT_RATE,
	DONE,
	ACCEPTED,
	REFUSED,
	HANDSHAKE_P50,
	HANDSHAKE_P99,
	HANDSHAKE_MAX,
	WAIT_P50,
	WAIT_P99,
	WAIT_MAX,
	VERDICT,
	OWNER,
	WHICH_COUNT,
};
_Static_assert(WHICH_COUNT <= LAYOUT_COLUMNS_MAX, "a layout has room for every column");

/* In the order on the screen. The lower its rank, the sooner a column gets room. */
static const struct column {
	const char *heading;
	unsigned int width; /* with the blank before it; OWNER: the least */
	unsigned int rank;
	bool left; /* words; numbers stand at the right */
} columns[WHICH_COUNT] = {
	[PORT] = {"PORT", 5, 0, false},
	[ADDRESS] = {"ADDRESS", 1 + ADDRESS_COLUMNS, 10, true},
	[NETNS] = {"NS", 11, 4, false},
	[QUEUE] = {"QUEUE", 10, 1, true},
	[SYN] = {"SYN", 5, 9, false},
	[DONE_RATE] = {"DONE/s", 8, 8, false},
	[ACCEPT_RATE] = {"ACC/s", 8, 6, false},
	[DONE] = {"DONE", 11, 16, false},
	[ACCEPTED] = {"ACCEPTED", 11, 17, false},
	[REFUSED] = {"REFUSED", 8, 5, false},
	[HANDSHAKE_P50] = {"HS p50", 8, 13, false},
	[HANDSHAKE_P99] = {"HS p99", 8, 12, false},
	[HANDSHAKE_MAX] = {"HS max", 8, 15, false},
	[WAIT_P50] = {"WAIT p50", 9, 7, false},
	[WAIT_P99] = {"WAIT p99", 9, 3, false},
	[WAIT_MAX] = {"WAIT max", 9, 14, false},
	[VERDICT] = {"VERDICT", 1 + 17, 18, true},
	[OWNER] = {"OWNER", 1 + OWNER_LEAST, 2, true},
};

void layout_make(struct layout *l, unsigned int limit, bool several)
{
	bool chosen[WHICH_COUNT] = {false};
	unsigned int used = 0, grown = 0;

	*l = (struct layout){.limit = limit};
	for (unsigned int rank = 0; rank <= WHICH_COUNT; rank++) {
		if (rank == OWNER_RANK && (!limit || used + OWNER_GROWS <= limit))
			used += grown = OWNER_GROWS;
		for (unsigned int i = 0; i < WHICH_COUNT; i++) {
			if (columns[i].rank != rank || (i == NETNS && !several) ||
			    (limit && used + columns[i].width > limit))
				continue;
			chosen[i] = true;
			used += columns[i].width;
		}
	}
	for (unsigned int i = 0; i < WHICH_COUNT; i++) {
		if (chosen[i])
			l->shown[l->count++] = (uint8_t)i;
	}
	l->owner_columns = OWNER_MOST;
	if (limit && OWNER_LEAST + grown + limit - used < OWNER_MOST)
		l->owner_columns = OWNER_LEAST + grown + limit - used;
}

/* ---- cells ---- */

static void put_cell(struct out *out, const struct column *c, const char *color, const char *text)
{
	unsigned int has = text_columns(text), width = c->left ? c->width - 1 : c->width;
	int pad = has < width ? (int)(width - has) : 0;

	out_format(out, "%*s", c->left ? 1 : pad, "");
	if (color)
		out_format(out, "\033[%sm%s\033[0m", color, text);
	else
		out_text(out, text);
	out_format(out, "%*s", c->left ? pad : 0, "");
}

/* Where it has to be cut its zone stays: it is what tells two links from each other. */
static void put_address(char *cell, const struct row *row, bool utf8)
{
	char text[TEXT_ADDR_MAX], zone[TEXT_ZONE_MAX + 1] = "";
	unsigned int room = ADDRESS_COLUMNS;

	text[0] = '\0';
	if (row->family == AF_INET || row->family == AF_INET6)
		*text_addr(text, row->family, row->addr) = '\0';
	if (row->zone[0])
		text_zone(zone, row->zone);
	if (strlen(zone) < room - ADDRESS_LEAST)
		room -= (unsigned int)strlen(zone);
	else
		room = ADDRESS_LEAST;
	text_clean(cell, CELL, text, room, utf8);
	strcat(cell, zone);
}

/* "python3[13552]": the pid stays where the name has to be cut. */
static void put_owner(char *cell, const struct row *row, unsigned int room, bool utf8)
{
	char pid[TEXT_U64_MAX + 3] = "";
	size_t n;

	if (row->pid)
		snprintf(pid, sizeof(pid), "[%llu]", (unsigned long long)row->pid);
	text_clean(cell, CELL - sizeof(pid), row->comm, 24, utf8);
	n = strlen(cell);
	snprintf(cell + n, CELL - n, "%s", pid);
	text_shorten(cell, room, strlen(pid), utf8);
}

static void put_quantile(char *cell, const struct quantiles *q, uint64_t ns, bool utf8)
{
	if (q->count)
		text_duration(cell, ns, utf8);
}

static void put_number(char *cell, uint64_t n)
{
	*text_u64(cell, n) = '\0';
}

static bool is_full(const struct row *row)
{
	return row->queues && row->accept_queue > row->backlog;
}

static void put_queue(char *cell, const struct row *row)
{
	if (row->gone)
		strcpy(cell, "closed");
	else if (row->queues)
		snprintf(cell, CELL, "%llu/%llu", (unsigned long long)row->accept_queue,
			 (unsigned long long)row->backlog);
}

/* Queues and rates of now, of a listener that is open. */
static void put_now(char *cell, const struct row *row, uint64_t n)
{
	if (row->queues && !row->gone)
		put_number(cell, n);
}

static void put(const struct layout *l, char *cell, unsigned int i, const struct row *row,
		bool utf8)
{
	switch ((enum which)i) {
	case PORT:
		put_number(cell, row->port);
		break;
	case ADDRESS:
		put_address(cell, row, utf8);
		break;
	case NETNS:
		if (row->netns)
			put_number(cell, row->netns);
		break;
	case QUEUE:
		put_queue(cell, row);
		break;
	case SYN:
		put_now(cell, row, row->syn_queue);
		break;
	case DONE_RATE:
		put_now(cell, row, row->completed_rate);
		break;
	case ACCEPT_RATE:
		put_now(cell, row, row->accepted_rate);
		break;
	case DONE:
		put_number(cell, row->completed);
		break;
	case ACCEPTED:
		put_number(cell, row->accepted);
		break;
	case REFUSED:
		put_number(cell, row->drops);
		break;
	case HANDSHAKE_P50:
		put_quantile(cell, &row->handshake, row->handshake.p50, utf8);
		break;
	case HANDSHAKE_P99:
		put_quantile(cell, &row->handshake, row->handshake.p99, utf8);
		break;
	case HANDSHAKE_MAX:
		put_quantile(cell, &row->handshake, row->handshake.max, utf8);
		break;
	case WAIT_P50:
		put_quantile(cell, &row->accept_wait, row->accept_wait.p50, utf8);
		break;
	case WAIT_P99:
		put_quantile(cell, &row->accept_wait, row->accept_wait.p99, utf8);
		break;
	case WAIT_MAX:
		put_quantile(cell, &row->accept_wait, row->accept_wait.max, utf8);
		break;
	case VERDICT:
		if (row->judged && !row->gone)
			strcpy(cell, words_of_verdict(row->verdict));
		break;
	case OWNER:
		put_owner(cell, row, l->owner_columns, utf8);
		break;
	case WHICH_COUNT:
		break;
	}
}

/* ---- rows ---- */

static void end_blanks(struct out *out, size_t begin)
{
	while (out->len > begin && out->buf[out->len - 1] == ' ')
		out->len--;
}

void layout_heading(const struct layout *l, struct out *out, const struct view_options *o)
{
	size_t begin;

	out_text(out, o->color ? "\033[2m" : "");
	begin = out->len;
	for (unsigned int i = 0; i < l->count; i++)
		put_cell(out, &columns[l->shown[i]], NULL, columns[l->shown[i]].heading);
	end_blanks(out, begin);
	out_text(out, o->color ? "\033[0m" : "");
}

void layout_row(const struct layout *l, struct out *out, const struct row *row,
		const struct view_options *o)
{
	size_t begin = out->len;

	for (unsigned int i = 0; i < l->count; i++) {
		unsigned int which = l->shown[i];
		bool red = (which == QUEUE && is_full(row)) || (which == REFUSED && row->drops);
		char cell[CELL] = "";

		put(l, cell, which, row, o->utf8);
		put_cell(out, &columns[which], red && o->color ? "31" : NULL, cell);
	}
	end_blanks(out, begin);
}
