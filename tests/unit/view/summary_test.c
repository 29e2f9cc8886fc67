// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include <sys/socket.h>

#include "base/text.h"
#include "event/sample_events.h"
#include "tap.h"

static int fd;
static struct view *view;
static char *text;

static void open_view(int columns, bool terminal, int rows)
{
	struct view_options o = {
		.fd = fd,
		.utf8 = true,
		.header = true,
		.columns = columns,
		.rows = rows,
		.terminal = terminal,
		.boot_offset_ns = STORY_OFFSET,
	};

	view = view_summary_new(&o);
}

static const char *so_far(void)
{
	free(text);
	text = story_text(view, fd);
	return text;
}

struct sample {
	uint64_t cookie, netns, pid, queue, rate;
	const char *comm, *advice;
	unsigned int port;
};

static void tell_listener(const struct sample *l, uint64_t t)
{
	static const uint8_t lo[4] = {127, 0, 0, 1};
	struct event e;

	event_init(&e, EVENT_LISTENER, STORY_T0 + t);
	e.family = AF_INET;
	event_field(&e, F_LADDR)->addr = lo;
	event_set(&e, F_LPORT, l->port);
	event_set(&e, F_COOKIE, l->cookie);
	event_set(&e, F_NETNS, l->netns);
	event_set(&e, F_PID, l->pid);
	event_set_text(&e, F_COMM, l->comm);
	event_set(&e, F_ACCEPT_QUEUE, l->queue);
	event_set(&e, F_BACKLOG, 5);
	event_set(&e, F_SYN_QUEUE, 0);
	event_set(&e, F_COMPLETED_RATE, l->rate);
	event_set(&e, F_ACCEPTED_RATE, l->rate);
	event_set(&e, F_REFUSED, 0);
	event_set_enum(&e, F_VERDICT, l->advice ? VERDICT_APP_SLOW : VERDICT_OK);
	if (l->advice)
		event_set_text(&e, F_ADVICE, l->advice);
	view_event(view, &e);
}

static bool all_closed;

static void tell_summary(uint64_t t)
{
	static struct listener_summary list[] = {
		{.cookie = 1,
		 .family = AF_INET,
		 .addr = {127, 0, 0, 1},
		 .port = 80,
		 .accept_wait = {.count = 9, .p50 = 18 * US, .p99 = 1200 * US, .max = 2 * MS},
		 .handshake = {.count = 9, .p50 = 41 * US, .p99 = 210 * US, .max = MS}},
		{.cookie = 2, .port = 8080},
	};
	static const struct listener_summaries all = {.list = list, .count = 2};
	struct event e;

	for (size_t i = 0; i < all.count; i++)
		list[i].closed = all_closed;
	event_init(&e, EVENT_SUMMARY, STORY_T0 + t);
	event_set(&e, F_CONNECTIONS, 9);
	event_set(&e, F_ACCEPTED_COUNT, 7);
	event_field(&e, F_LISTENERS)->listeners = &all;
	view_event(view, &e);
}

static const struct sample busy = {1, 7, 811, 0, 480, "nginx", NULL, 80};
static struct sample sick = {2, 7, 13552, 6, 0, "python3", "it is slow", 8080};

static void tell_round(uint64_t t)
{
	tell_listener(&busy, t);
	tell_listener(&sick, t);
	tell_summary(t);
}

static void check_columns(void)
{
	open_view(80, false, 0);
	tell_round(0);
	is_str(so_far(),
	       "10:31:30.000 · 2 listeners · 480/s completed · 480/s accepted\n"
	       " PORT QUEUE      SYN  DONE/s   ACC/s REFUSED WAIT p50 WAIT p99 OWNER\n"
	       " 8080 6/5          0       0       0       0                   python3[13552]\n"
	       "      app slow: it is slow\n"
	       "   80 0/5          0     480     480       0    18 µs  1.20 ms nginx[811]\n"
	       "9 connections · 7 accepted\n",
	       "80 columns: owners, and those in trouble first");
	view_free(view);

	open_view(110, false, 0);
	tell_round(0);
	ok(strstr(so_far(), " PORT ADDRESS         QUEUE"), "from 100 columns on the address");
	ok(strstr(text, "   80 127.0.0.1       0/5"), "  below its heading");
	view_free(view);

	open_view(0, false, 0);
	tell_round(0);
	ok(strstr(so_far(), " HS max WAIT p50 WAIT p99 WAIT max VERDICT           OWNER\n"),
	   "no limit: all columns");
	ok(!strstr(text, "NS QUEUE"), "  but the namespace where there is only one");
	view_free(view);

	sick.netns = 4026532316;
	open_view(80, false, 0);
	tell_round(0);
	ok(strstr(so_far(), " PORT         NS QUEUE"), "listeners of two namespaces: a column NS");
	ok(strstr(text, " 8080 4026532316 6/5 "), "  with the inode");
	view_free(view);
	sick.netns = 7;
}

static bool fits(unsigned int columns)
{
	char row[512];

	for (const char *p = text; *p; p += strcspn(p, "\n") + 1) {
		snprintf(row, sizeof(row), "%.*s", (int)strcspn(p, "\n"), p);
		if (text_columns(row) > columns)
			return false;
	}
	return true;
}

static void check_widths(void)
{
	bool all = true;

	for (unsigned int columns = 64; columns <= 260; columns++) {
		open_view((int)columns, false, 0);
		tell_round(0);
		so_far();
		all &= fits(columns);
		view_free(view);
	}
	ok(all, "from 64 to 260 columns no row is wider than the terminal");
}

static unsigned int rows_of(const char *p)
{
	unsigned int n = 0;

	while ((p = strchr(p, '\n'))) {
		n++;
		p++;
	}
	return n;
}

static void check_terminal(void)
{
	struct sample many = busy;

	open_view(80, true, 14);
	tell_round(0);
	ok(!strstr(so_far(), "\033[2J") && !strstr(text, "A\r"),
	   "the first table goes over nothing");
	is_u64(rows_of(text), 6, "  and has six rows");
	tell_round(SEC);
	ok(strstr(so_far(), "\033[6A\r") == text, "the second takes its place");
	view_resize(view, 100, 10);
	tell_round(2 * SEC);
	ok(strstr(so_far(), "\033[H\033[2J") == text,
	   "after a change of size the terminal is cleared: where the old rows are is not known");
	ok(strstr(text, "ADDRESS"), "  and the new width is used");
	for (unsigned int i = 0; i < 30; i++) {
		many.cookie = 100 + i;
		tell_listener(&many, 3 * SEC);
	}
	tell_round(3 * SEC);
	ok(rows_of(so_far()) < 10, "more listeners than rows: none scrolls away (%u of 10)",
	   rows_of(text));
	ok(strstr(text, "8080") && strstr(text, " more\033[K\n"),
	   "  the one in trouble is in sight, the rest counted");
	view_free(view);

	sick.advice =
		"word word word word word word word word word word word word word word word word";
	open_view(30, true, 6);
	tell_round(0);
	ok(strstr(so_far(), "8080 ") && !strstr(text, "word"),
	   "on a low terminal rather the listener than what to do");
	view_free(view);
}

/* Then no listener line comes any more, and the rates of the last ones are over. */
static void check_closed(void)
{
	open_view(80, false, 0);
	tell_round(0);
	so_far();
	all_closed = true;
	tell_summary(SEC);
	is_str(so_far(),
	       "\n"
	       "10:31:31.000 · 0 listeners · 0/s completed · 0/s accepted\n"
	       " PORT QUEUE      SYN  DONE/s   ACC/s REFUSED WAIT p50 WAIT p99 OWNER\n"
	       " 8080 closed                               0                   python3[13552]\n"
	       "   80 closed                               0    18 µs  1.20 ms nginx[811]\n"
	       "9 connections · 7 accepted\n",
	       "all listeners have closed");
	all_closed = false;
	view_free(view);
}

int main(void)
{
	fd = story_fd();
	check_columns();
	check_widths();
	check_terminal();
	check_closed();
	free(text);
	return done();
}
