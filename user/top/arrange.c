// SPDX-License-Identifier: BSD-2-Clause
/*
 * arrange.c - which listeners and connections are shown, and in which order.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/units.h"
#include "base/value.h"
#include "event/tcp.h"
#include "top/ui.h"

/* Data that lies for so long is trouble. */
#define LYING_NS NS_S

/* ---- what passes ---- */

static int parse_word(const char *word, struct ui_choice *c, char *err, size_t err_size)
{
	uint64_t port;
	const char *end;

	if (!strcmp(word, "trouble")) {
		c->trouble = true;
		return 0;
	}
	if (!value_digits(word, &port, &end) && !*end) {
		if (!port || port > UINT16_MAX) {
			snprintf(err, err_size, "'%s' is no port", word);
			return -EINVAL;
		}
		c->port = (uint16_t)port;
		return 0;
	}
	if (strchr(word, ':') || strchr(word, '/') ||
	    (isdigit((unsigned char)word[0]) && strchr(word, '.'))) {
		if (!c->has_nets)
			filter_init(&c->nets);
		c->has_nets = true;
		return filter_add_hosts(&c->nets, word, err, err_size);
	}
	snprintf(c->comm, sizeof(c->comm), "%s", word);
	return 0;
}

int ui_choice_parse(const char *text, struct ui_choice *choice, char *err, size_t err_size)
{
	struct ui_choice parsed = {0};
	char copy[UI_TYPED], *save = NULL;
	int rc = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &save); word && !rc;
	     word = strtok_r(NULL, " ", &save))
		rc = parse_word(word, &parsed, err, err_size);
	if (!rc)
		*choice = parsed;
	return rc;
}

bool ui_is_trouble(const struct model_listener *l)
{
	return !l->gone && ((l->judged && l->verdict != VERDICT_OK) || l->refused_recently ||
			    (l->queue_known && l->backlog && l->accept_queue > l->backlog));
}

static bool listener_passes(const struct ui_choice *c, const struct model_listener *l)
{
	if (c->port && l->port != c->port)
		return false;
	if (c->comm[0] && !strstr(l->comm, c->comm))
		return false;
	if (c->trouble && !ui_is_trouble(l))
		return false;
	return !c->has_nets || filter_match_nets(&c->nets, l->family, l->addr, l->addr, true);
}

static bool row_is_trouble(const struct listing_row *row)
{
	return row->kind == LISTING_QUEUED || row->s.state == TCP_STATE_CLOSE_WAIT ||
	       ((row->unread || row->unsent) && row->idle.ns >= LYING_NS);
}

static bool row_passes(const struct ui_choice *c, const struct listing_row *row)
{
	if (c->port && row->s.lport != c->port && row->s.rport != c->port)
		return false;
	if (c->comm[0] && !strstr(row->comm, c->comm))
		return false;
	if (c->trouble && !row_is_trouble(row))
		return false;
	return !c->has_nets ||
	       filter_match_nets(&c->nets, row->s.family, row->s.laddr, row->s.raddr, false);
}

/* ---- the order of listeners ---- */

static double fill(const struct model_listener *l)
{
	return l->queue_known ? (double)l->accept_queue / ((double)l->backlog + 1) : 0;
}

static uint64_t rate(const struct model_listener *l)
{
	const struct model_second *second = model_second_ago(l, 1);

	return second ? (uint64_t)second->accepts + second->arrivals : 0;
}

static int more(uint64_t x, uint64_t y)
{
	return x > y ? -1 : x < y;
}

/* From the worst on; the numbers of verdicts are in that order, but for ok. */
static unsigned int badness(const struct model_listener *l)
{
	if (!l->judged || l->verdict == VERDICT_OK)
		return l->refused_recently ? 1 : 0;
	return VERDICT_COUNT + 1 - l->verdict;
}

/* What changes with every frame does not count: rows that jump cannot be read. */
static int compare_worst(const struct model_listener *x, const struct model_listener *y)
{
	int order = more(badness(x), badness(y));

	if (!order)
		order = more(x->recent.count || rate(x), y->recent.count || rate(y));
	if (!order)
		order = more(x->completed > 0, y->completed > 0);
	return order;
}

static int compare_queue(const struct model_listener *x, const struct model_listener *y)
{
	return fill(x) > fill(y) ? -1 : fill(x) < fill(y);
}

static int compare_rate(const struct model_listener *x, const struct model_listener *y)
{
	return more(rate(x), rate(y));
}

static int compare_wait(const struct model_listener *x, const struct model_listener *y)
{
	return more(x->recent.count ? x->recent.p99 : 0, y->recent.count ? y->recent.p99 : 0);
}

static int compare_refused(const struct model_listener *x, const struct model_listener *y)
{
	return more(x->refused, y->refused);
}

static int compare_port(const struct model_listener *x, const struct model_listener *y)
{
	return -more(x->port, y->port);
}

static int compare_listeners(const void *a, const void *b, void *ctx)
{
	static int (*const compare[SORT_LISTENERS_COUNT])(const struct model_listener *,
							  const struct model_listener *) = {
		compare_worst, compare_queue,	compare_rate,
		compare_wait,  compare_refused, compare_port,
	};
	const struct model_listener *x = *(const struct model_listener *const *)a;
	const struct model_listener *y = *(const struct model_listener *const *)b;
	const struct ui *ui = ctx;
	int order;

	if (x->gone != y->gone)
		return x->gone - y->gone;
	order = compare[ui->sort_listeners](x, y);
	if (ui->reverse && !ui_on_rows(ui))
		order = -order;
	if (!order)
		order = compare_port(x, y);
	return order ? order : more(y->cookie, x->cookie);
}

/* ---- the order of connections ---- */

static int compare_rows(const void *a, const void *b, void *ctx)
{
	const struct listing_row *x = *(const struct listing_row *const *)a;
	const struct listing_row *y = *(const struct listing_row *const *)b;
	const struct ui *ui = ctx;
	int order = 0;

	switch (ui->sort_rows) {
	case SORT_ROWS_TIME:
		order = more(x->in.ns, y->in.ns);
		break;
	case SORT_ROWS_IDLE:
		order = more(x->idle.ns, y->idle.ns);
		break;
	case SORT_ROWS_UNREAD:
		order = more(x->unread, y->unread);
		break;
	case SORT_ROWS_PEER:
		order = memcmp(x->s.raddr, y->s.raddr, sizeof(x->s.raddr));
		if (!order)
			order = -more(x->s.rport, y->s.rport);
		break;
	}
	if (!order) /* as the listing has them: worst first */
		order = x < y ? -1 : x > y;
	return ui->reverse && ui_on_rows(ui) ? -order : order;
}

/* ---- which ---- */

static int room_for(const void ***list, size_t *room, size_t count)
{
	const void **bigger;

	if (count <= *room)
		return 0;
	bigger = realloc(*list, count * sizeof(void *));
	if (!bigger)
		return -ENOMEM;
	*list = bigger;
	*room = count;
	return 0;
}

/* A connection of that listener. Of those that accept() took only the port is known. */
static bool belongs(const struct listing_row *row, const struct model_listener *l)
{
	if (row->listener)
		return row->listener == l->cookie;
	return row->s.lport == l->port && row->s.netns == l->netns;
}

/* On loopback both ends are rows: the one of the server says more. */
static bool is_client_end(const uint8_t *listens, const struct listing_row *row)
{
	return listens[row->s.rport / 8] >> row->s.rport % 8 & 1 &&
	       !(listens[row->s.lport / 8] >> row->s.lport % 8 & 1);
}

static void choose_rows(struct ui *ui, const struct frame *frame, const struct listing *rows)
{
	const struct model_listener *of =
		ui->screen == SCREEN_LISTENERS ? NULL : frame_listener(frame, ui->listener);
	uint8_t listens[8192] = {0};

	for (size_t i = 0; i < frame->count; i++)
		listens[frame->list[i].port / 8] |= (uint8_t)(1u << frame->list[i].port % 8);
	ui->row_count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct listing_row *row = &rows->rows[i];

		if (row->kind == LISTING_LISTENER || row->kind == LISTING_TIMEWAIT)
			continue;
		if (of ? !belongs(row, of) : is_client_end(listens, row))
			continue;
		if (row_passes(&ui->choice, row))
			ui->rows[ui->row_count++] = row;
	}
	if (ui->row_count && (ui->sort_rows || (ui->reverse && ui_on_rows(ui))))
		qsort_r(ui->rows, ui->row_count, sizeof(*ui->rows), compare_rows, ui);
}

static void choose_listeners(struct ui *ui, const struct frame *frame)
{
	ui->listener_count = ui->left_out = 0;
	for (size_t i = 0; i < frame->count; i++) {
		if (listener_passes(&ui->choice, &frame->list[i]))
			ui->listeners[ui->listener_count++] = &frame->list[i];
		else
			ui->left_out++;
	}
	if (ui->listener_count)
		qsort_r(ui->listeners, ui->listener_count, sizeof(*ui->listeners),
			compare_listeners, ui);
}

/* ---- the selection ---- */

/* Where that cookie stands now; if it has gone, what took its place is selected. */
static void find_listener(struct ui *ui)
{
	if (!ui->listener_count)
		return;
	if (!ui->moved && ui->screen == SCREEN_LISTENERS)
		ui->listener = ui->listeners[0]->cookie;
	for (size_t i = 0; i < ui->listener_count; i++) {
		if (ui->listeners[i]->cookie == ui->listener) {
			ui->listener_at = i;
			return;
		}
	}
	if (ui->screen != SCREEN_LISTENERS)
		return;
	if (ui->listener_at >= ui->listener_count)
		ui->listener_at = ui->listener_count - 1;
	ui->listener = ui->listeners[ui->listener_at]->cookie;
}

static void find_row(struct ui *ui)
{
	if (ui->screen == SCREEN_CONNECTION)
		return;
	if (!ui->row_count) {
		ui->row_at = 0;
		return;
	}
	for (size_t i = 0; ui->row_moved && i < ui->row_count; i++) {
		if (ui->rows[i]->s.cookie == ui->connection) {
			ui->row_at = i;
			return;
		}
	}
	if (!ui->row_moved)
		ui->row_at = 0;
	if (ui->row_at >= ui->row_count)
		ui->row_at = ui->row_count - 1;
	ui->connection = ui->rows[ui->row_at]->s.cookie;
}

int ui_arrange(struct ui *ui, const struct frame *frame, const struct listing *rows)
{
	if (room_for((const void ***)&ui->listeners, &ui->listener_room, frame->count) ||
	    room_for((const void ***)&ui->rows, &ui->row_room, rows->count))
		return -ENOMEM;
	choose_listeners(ui, frame);
	find_listener(ui);
	choose_rows(ui, frame, rows);
	find_row(ui);
	return 0;
}

/* ---- search ---- */

static void text_of(char *text, size_t size, int family, const uint8_t *laddr, uint16_t lport,
		    const char *comm)
{
	char end[TEXT_END_MAX];

	text_end(end, family, laddr, lport);
	snprintf(text + strlen(text), size - strlen(text), " %s %s", end, comm);
}

static bool listener_has(const struct model_listener *l, const char *what)
{
	char text[256] = "";

	text_of(text, sizeof(text), l->family, l->addr, l->port, l->comm);
	return strstr(text, what);
}

static bool row_has(const struct listing_row *row, const char *what)
{
	char text[256] = "";

	text_of(text, sizeof(text), row->s.family, row->s.laddr, row->s.lport, row->comm);
	text_of(text, sizeof(text), row->s.family, row->s.raddr, row->s.rport,
		listing_state_name(listing_row_state(row)));
	return strstr(text, what);
}

bool ui_search(struct ui *ui, const char *what)
{
	bool on_rows = ui_on_rows(ui);
	size_t count = on_rows ? ui->row_count : ui->listener_count;
	size_t at = on_rows ? ui->row_at : ui->listener_at;

	for (size_t i = 1; i <= count; i++) {
		size_t next = (at + i) % count;

		if (on_rows ? !row_has(ui->rows[next], what)
			    : !listener_has(ui->listeners[next], what))
			continue;
		if (on_rows) {
			ui->row_at = next;
			ui->connection = ui->rows[next]->s.cookie;
			ui->row_moved = true;
		} else {
			ui->listener_at = next;
			ui->listener = ui->listeners[next]->cookie;
			ui->moved = true;
		}
		return true;
	}
	return false;
}
