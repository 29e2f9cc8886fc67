// SPDX-License-Identifier: BSD-2-Clause
#include "view.h"

#include "story.h"
#include "tap.h"
#include "text.h"
#include "view_table_gold.h"

static int fd;
static struct story s;
static char *text;

static void open_view(int columns, bool utf8, bool color, bool wide)
{
	struct view_options o = {.fd = fd, .header = false, .utf8 = utf8, .columns = columns, .color = color,
				 .wide = wide, .boot_offset_ns = STORY_OFFSET};

	s.v = view_table_new(&o);
}

static const char *result(void)
{
	free(text);
	view_finish(s.v);
	text = story_text(s.v, fd);
	view_free(s.v);
	return text;
}

/* The widest row, in columns. */
static unsigned int widest(const char *rows)
{
	unsigned int most = 0;
	char row[1024];

	while (*rows) {
		size_t n = strcspn(rows, "\n");
		unsigned int columns;

		snprintf(row, sizeof(row), "%.*s", (int)n, rows);
		columns = text_columns(row);
		most = columns > most ? columns : most;
		rows += n + (rows[n] == '\n');
	}
	return most;
}

static void check_story(void)
{
	static const struct {
		int columns;
		bool utf8;
		const char *want, *name;
	} cases[] = {
		{80, true, gold_80, "the story in 80 columns"},
		{120, true, gold_120, "the story in 120 columns"},
		{80, false, gold_ascii, "the story in ASCII"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct view_options o = {.fd = fd, .header = true, .utf8 = cases[i].utf8, .columns = cases[i].columns,
					 .boot_offset_ns = STORY_OFFSET};

		s.v = view_table_new(&o);
		story_tell(&s);
		is_str(result(), cases[i].want, cases[i].name);
		ok(widest(text) <= (unsigned int)cases[i].columns, "%s: no row is wider (%u)", cases[i].name,
		   widest(text));
	}
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p >= 0x80) {
			ok(false, "ASCII is ASCII");
			return;
		}
	ok(true, "ASCII is ASCII");
}

static void check_widest_ipv4(void)
{
	static const uint8_t peer[4] = {255, 255, 255, 255};
	struct event *e;

	open_view(80, true, false, false);
	e = move(&s, 0, 's', 65535, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, 3599 * SEC);
	event_field(e, F_RADDR)->addr = peer;
	event_set(e, F_LPORT, 65535);
	tell(&s);
	e = move(&s, 0, 's', 65535, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 999999 * US);
	event_field(e, F_RADDR)->addr = peer;
	event_set(e, F_ACCEPT_QUEUE, 129);
	event_set(e, F_BACKLOG, 128);
	tell(&s);
	e = move(&s, 0, 's', 65535, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 999999 * US);
	event_field(e, F_RADDR)->addr = peer;
	event_set(e, F_ACCEPT_QUEUE, 4097);
	event_set(e, F_BACKLOG, 4096);
	tell(&s);
	is_str(result(),
	       "10:31:30.000 65535←255.255.255.255:65535 ESTABLISHED→CLOSE_WAIT 59m 59s\n"
	       "10:31:30.000  9502←255.255.255.255:65535 SYN_RECV→ESTABLISHED    999 ms 129/128\n"
	       "10:31:30.000  9502←255.255.255.255:65535 SYN_RECV→ESTABLISHED    999 ms\n"
	       "                                         └ acc 4097/4096\n",
	       "the widest IPv4 line keeps to 80 columns and loses no digit");
}

static void check_ipv6(void)
{
	static const uint8_t peer[16] = {0xfd, 0, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33,
					 0x44, 0x44, 0x55, 0x55, 0x66, 0x66, 0x77, 0x77};
	struct event *e;

	for (int wide = 0; wide < 2; wide++) {
		open_view(80, true, false, wide);
		e = move(&s, 0, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);
		e->family = AF_INET6;
		event_field(e, F_RADDR)->addr = peer;
		event_field(e, F_LADDR)->addr = peer;
		tell(&s);
		is_str(result(),
		       wide ? "10:31:30.000  9502 ← [fd00:1111:2222:3333:4444:5555:6666:7777]:51234  "
			      "SYN_RECV → ESTABLISHED     41 µs  lab[4711]\n"
			    : "10:31:30.000  9502←[fd00:1…6:7777]:51234 SYN_RECV→ESTABLISHED     41 µs\n",
		       wide ? "the longest IPv6 address with -w" : "shortened in the middle without, aligned");
	}
}

static void check_hostile(void)
{
	struct event *e;

	open_view(0, true, false, false);
	e = move(&s, 0, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);
	event_set_text(e, F_COMM, "\x1b]0;pwn\x07\n\xff\xc2\x9b");
	tell(&s);
	e = at(&s, EVENT_ACCEPT_ERROR, 0, 'l', 0);
	event_set_text(e, F_ERRNO, "\x1b[2JEVIL_LONG_NAME_OF_AN_ERROR");
	tell(&s);
	e = at(&s, EVENT_LISTENER, 0, 'l', 0);
	event_set_text(e, F_VERDICT, "bad\x1b[31m");
	event_set_text(e, F_ADVICE, "do\nnot \x1b[0m");
	tell(&s);
	e = move(&s, 0, 's', 51234, 77, 0xffffffff, 41 * US);
	event_set_text(e, F_REASON, "some_new\treason");
	tell(&s);
	is_str(result(),
	       "10:31:30.000  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  ?]0;pwn????[4711]\n"
	       "10:31:30.000  9502 • 127.0.0.1              accept() failed: ?[2JEVIL_LONG_NAME_OF_A.  lab[4711]\n"
	       "10:31:30.000  9502 • 127.0.0.1              bad?[31m  do?not ?[0m\n"
	       "10:31:30.000  9502 ← 127.0.0.1:51234        STATE_? → STATE_?          41 µs  some new?reason  lab[4711]\n",
	       "foreign bytes never reach the terminal");
}

/* Every type with nothing in it, and with everything as large as it can be. */
static void check_extremes(void)
{
	static const uint8_t addr[16] = {1};
	char line[400];
	bool clean = true;
	size_t rows = 0;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	open_view(80, true, false, false);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		event_init(&s.e, (enum event_type)type, 0);
		tell(&s);
	}
	for (const char *p = result(); *p; p++)
		rows += *p == '\n';
	ok(rows >= EVENT_TYPE_COUNT, "nothing known: still a line each");
	ok(!strstr(text, "(null)"), "and nothing made up");
	for (int columns = 0; columns < 130; columns += 10) {
		open_view(columns, columns % 20, true, false);
		for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
			event_init(&s.e, (enum event_type)type, UINT64_MAX);
			s.e.family = AF_INET6;
			s.e.late = true;
			for (int f = 0; f < FIELD_COUNT; f++) {
				union field_value *v = event_field(&s.e, (enum field)f);

				if (field_infos[f].kind == KIND_TEXT)
					v->text = line;
				else if (field_infos[f].kind == KIND_ADDR)
					v->addr = addr;
				else if (field_infos[f].kind >= KIND_STATES)
					s.e.present[f / 64] &= ~(UINT64_C(1) << f % 64);
				else
					v->u = UINT64_MAX;
			}
			tell(&s);
		}
		for (const char *p = result(); *p; p++)
			clean &= (unsigned char)*p >= 0x20 || *p == '\n' || *p == 27;
	}
	ok(clean, "everything at its largest, at every width");
}

static void check_color(void)
{
	open_view(80, true, true, false);
	move(&s, 0, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);
	queues(&s.e, 0, 3);
	tell(&s);
	is_str(result(),
	       "\033[2m10:31:30.000\033[0m  9502←127.0.0.1:51234       \033[32mSYN_RECV→ESTABLISHED\033[0m     41 µs "
	       "\033[31macc 3/2\033[0m\n",
	       "colour does not move a column");
}

int main(void)
{
	fd = story_fd();
	check_story();
	check_widest_ipv4();
	check_ipv6();
	check_hostile();
	check_extremes();
	check_color();
	free(text);
	return done();
}
