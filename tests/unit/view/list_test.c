// SPDX-License-Identifier: BSD-2-Clause
#include "view/list/list.h"

#include <stdlib.h>

#include "../listing/rows.h"
#include "base/text.h"
#include "base/units.h"
#include "tap.h"

static void add(struct listing *l, struct fact_existing *e, struct listing_figures f,
		enum listing_kind kind)
{
	struct listing_row row;

	listing_row_make(&row, e, &f, kind);
	listing_add(l, &row);
}

static void fill(struct listing *l)
{
	struct fact_existing e = row_socket(TCP_STATE_LISTEN, 0x9a, 9502, 0);

	row_owner(&e, 4711, "server", 3);
	memset(e.s.laddr, 0, sizeof(e.s.laddr));
	e.q = (struct fact_queues){.cookie = 0x9a, .accept_queue = 2, .backlog = 1};
	add(l, &e, (struct listing_figures){0}, LISTING_LISTENER);
	e = row_socket(TCP_STATE_ESTABLISHED, 0x10, 9502, 33818);
	e.listener_cookie = 0x9a;
	add(l, &e, row_figures(2340, 2344, 2340, 18), LISTING_QUEUED);
	e = row_socket(TCP_STATE_CLOSE_WAIT, 0x11, 9502, 33820);
	row_owner(&e, 4711, "server", 12);
	add(l, &e, row_figures(9000, 9500, 8000, 0), LISTING_CONNECTION);
	e = row_socket(TCP_STATE_ESTABLISHED, 0x12, 9502, 33822);
	row_owner(&e, 4711, "server", 13);
	add(l, &e, row_figures(4, 8, 4, 0), LISTING_CONNECTION);
	e = row_socket(TCP_STATE_ESTABLISHED, 0x13, 8443, 51324);
	e.s.family = AF_INET6;
	memcpy(e.s.laddr, "\x20\x01\x0d\xb8\x12\x34\x56\x78\x9a\xbc\xde\xf0\x12\x34\x56\x78", 16);
	memcpy(e.s.raddr, "\x20\x01\x0d\xb8\xff\xff\x56\x78\x9a\xbc\xde\xf0\x12\x34\xff\xff", 16);
	row_owner(&e, 12345, "a-long-name-her", 1024);
	e.q.cookie = 0;
	add(l, &e, row_figures(72000000, 72000000, 72000000, 0), LISTING_CONNECTION);
	e = row_socket(TCP_STATE_TIME_WAIT, 0, 9502, 33824);
	add(l, &e, (struct listing_figures){.has_timer = true, .timer_ms = 100}, LISTING_TIMEWAIT);
}

/* Draws into a string. */
static const char *draw(const struct listing *l, struct list_view_options options)
{
	static char text[8192];
	struct out out;

	options.slow_ns = 100 * NS_MS;
	options.stuck_ns = 5 * NS_S;
	options.time_wait_left_out = true;
	out_init(&out, -1);
	list_draw(&out, l, &options);
	snprintf(text, sizeof(text), "%.*s", (int)out.len, out.buf);
	out_free(&out);
	return text;
}

#define SHOW(name, want, ...)                                                                   \
	is_str(draw(&l, (struct list_view_options){.utf8 = true, .header = true, __VA_ARGS__}), \
	       want, name)

#include "list_gold.h"

static unsigned int widest(const char *text)
{
	unsigned int most = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[512];
		unsigned int width;

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		width = text_columns(line);
		most = width > most ? width : most;
		text += len + (text[len] == '\n');
	}
	return most;
}

int main(void)
{
	const struct listing_wants wants = {0};
	struct listing l = {0}, none = {0};
	unsigned int too_wide = 0;

	fill(&l);
	listing_finish(&l, &wants);
	SHOW("a pipe: as wide as it needs", gold_whole);
	SHOW("80 columns", gold_80, .columns = 80);
	SHOW("120 columns", gold_120, .columns = 120);
	SHOW("three rows, the worst; what is left out is counted", gold_rows, .columns = 80,
	     .rows = 3);
	SHOW("colours", gold_color, .columns = 80, .rows = 2, .color = true);
	is_str(draw(&l, (struct list_view_options){.columns = 80}), gold_plain,
	       "without a header the rows alone; ASCII");
	for (int columns = 44; columns <= 200; columns++) {
		const struct list_view_options options = {
			.columns = columns, .header = true, .utf8 = true};

		too_wide += widest(draw(&l, options)) > (unsigned int)columns;
	}
	is_u64(too_wide, 0, "no row is wider than the terminal, from 44 to 200 columns");
	l.rows[0].s.netns = 4026532281u;
	l.many_netns = true;
	SHOW("a second network namespace has a column", gold_netns, .columns = 80, .rows = 2);
	is_str(draw(&none, (struct list_view_options){.header = true}), "no such sockets\n",
	       "nothing to list");
	listing_free(&l);
	return done();
}
