// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include "base/text.h"
#include "event/sample_events.h"
#include "tap.h"
#include "view/table_gold.h"

static int fd;
static struct story s;
static char *text;

static void open_view(int columns, bool utf8, bool color, bool wide)
{
	struct view_options o = {.fd = fd,
				 .header = false,
				 .utf8 = utf8,
				 .columns = columns,
				 .color = color,
				 .wide = wide,
				 .boot_offset_ns = STORY_OFFSET};

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
		struct view_options o = {.fd = fd,
					 .header = true,
					 .utf8 = cases[i].utf8,
					 .columns = cases[i].columns,
					 .boot_offset_ns = STORY_OFFSET};

		s.v = view_table_new(&o);
		story_tell(&s);
		is_str(result(), cases[i].want, cases[i].name);
		ok(widest(text) <= (unsigned int)cases[i].columns, "%s: no row is wider (%u)",
		   cases[i].name, widest(text));
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
	static const uint8_t peer[16] = {0xfd, 0,    0x11, 0x11, 0x22, 0x22, 0x33, 0x33,
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
		       wide ? "the longest IPv6 address with -w"
			    : "shortened in the middle without, aligned");
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
	event_set_enum(e, F_VERDICT, VERDICT_APP_SLOW);
	event_set_text(e, F_ADVICE, "do\nnot \x1b[0m");
	tell(&s);
	e = move(&s, 0, 's', 51234, 77, 0xffffffff, 41 * US);
	tell(&s);
	is_str(result(),
	       "10:31:30.000  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  ?]0;pwn????[4711]\n"
	       "10:31:30.000  9502 • 127.0.0.1              accept() failed: ?[2JEVIL_LONG_NAME_OF_A.  lab[4711]\n"
	       "10:31:30.000  9502 • 127.0.0.1              app slow  lab[4711]  do?not ?[0m\n"
	       "10:31:30.000  9502 ← 127.0.0.1:51234        STATE_? → STATE_?          41 µs  lab[4711]\n",
	       "foreign bytes never reach the terminal");
}

/* Every type with nothing in it, and with everything as large as it can be. */
static void check_extremes(void)
{
	static const uint8_t addr[16] = {1};
	const struct event_end end = {addr, UINT16_MAX};
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
				else if (field_infos[f].kind == KIND_END)
					v->end = &end;
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

static void accepted_after(unsigned int port, uint64_t wait_ns)
{
	struct event *e = at(&s, EVENT_ACCEPT, 0, 's', port);

	event_set(e, F_LISTENER, 77);
	event_set(e, F_ACCEPT_WAIT_NS, wait_ns);
	event_set(e, F_COMPLETED_BEFORE_ACCEPT, true);
	tell(&s);
}

/* What is said of every accept() of a server that polls is no news; how long one waited is. */
static void check_waits(void)
{
	struct view_options o = {.fd = fd,
				 .color = true,
				 .utf8 = true,
				 .slow_ns = 100 * MS,
				 .stuck_ns = 5 * SEC,
				 .boot_offset_ns = STORY_OFFSET};
	const char *p;

	s.v = view_table_new(&o);
	for (unsigned int i = 0; i < 3; i++)
		accepted_after(51234 + i, 50 * US);
	p = strstr(result(), "complete before");
	ok(p && !strstr(p + 1, "complete before"), "complete before accept(): said once");
	s.v = view_table_new(&o);
	accepted_after(51234, 2 * SEC);
	accepted_after(51235, 20 * SEC);
	p = strstr(result(), "\033[33m 2.00 s\033[0m");
	ok(p && strstr(p, "\033[31m 20.0 s\033[0m"), "a slow wait is yellow, a stuck one is red");
}

/* A listener of `cookie`, port and owner of its own. */
static struct event *listener(enum event_type type, unsigned int cookie, unsigned int port,
			      const char *comm)
{
	struct event *e = at(&s, type, 0, 'l', 0);

	event_set(e, F_COOKIE, cookie);
	event_set(e, F_LPORT, port);
	event_set(e, F_PID, 4700 + cookie);
	event_set_text(e, F_COMM, comm);
	queues(e, 0, 1);
	return e;
}

static void listen_on(unsigned int cookie, unsigned int port, const char *comm)
{
	struct event *e = listener(EVENT_STATE, cookie, port, comm);

	event_set(e, F_OLD, TCP_STATE_CLOSE);
	event_set(e, F_NEW, TCP_STATE_LISTEN);
	tell(&s);
}

static void judge(unsigned int cookie, unsigned int port, const char *comm, enum verdict verdict,
		  const char *advice)
{
	struct event *e = listener(EVENT_LISTENER, cookie, port, comm);

	event_set(e, F_ACCEPT_QUEUE_PEAK, 1);
	event_set(e, F_REFUSED, 0);
	event_set_enum(e, F_VERDICT, verdict);
	if (advice)
		event_set_text(e, F_ADVICE, advice);
	tell(&s);
}

static void listener_ends(unsigned int cookie, unsigned int port, const char *comm)
{
	struct event *e = listener(EVENT_STATE, cookie, port, comm);

	event_set(e, F_OLD, TCP_STATE_LISTEN);
	event_set(e, F_NEW, TCP_STATE_CLOSE);
	event_set(e, F_IN_OLD_NS, 3 * SEC);
	tell(&s);
}

static void group(void)
{
	static struct listener_summary list[3];
	static const struct listener_summaries all = {3, list};
	struct event *e;

	listen_on(1, 9502, "long-worker");
	listen_on(2, 9502, "long-worker");
	listen_on(3, 9503, "long-worker");
	judge(1, 9502, "long-worker", VERDICT_APP_SLOW,
	      "the oldest connection has waited 311 ms for accept()");
	judge(2, 9502, "long-worker", VERDICT_OK, NULL);
	judge(3, 9503, "long-worker", VERDICT_APP_SLOW,
	      "the oldest connection has waited 311 ms for accept()");
	judge(3, 9503, "long-worker", VERDICT_OK, NULL);
	listener_ends(1, 9502, "long-worker");
	listener_ends(2, 9502, "long-worker");
	listener_ends(3, 9503, "long-worker");
	for (unsigned int i = 0; i < 3; i++)
		list[i] = (struct listener_summary){.cookie = i + 1,
						    .family = AF_INET,
						    .addr = {127, 0, 0, 1},
						    .port = (uint16_t)(i < 2 ? 9502 : 9503),
						    .accepted = i};
	/* Nothing was told of it since another process began to accept. */
	list[2].pid = 4799;
	list[2].comm = "next-worker";
	e = &s.e;
	event_init(e, EVENT_SUMMARY, STORY_T0);
	event_set(e, F_CONNECTIONS, 3);
	event_field(e, F_LISTENERS)->listeners = &all;
	tell(&s);
}

/*
 * Lines of a SO_REUSEPORT group are told apart by the owner; where one listens alone, it is there
 * if there is room.
 */
static void check_group(void)
{
	open_view(80, true, false, false);
	group();
	is_str(result(),
	       "10:31:30.000  9502•127.0.0.1             CLOSE→LISTEN  backlog 2\n"
	       "                                         └ long-worker[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             CLOSE→LISTEN  backlog 2\n"
	       "                                         └ long-worker[4702]\n"
	       "10:31:30.000  9503•127.0.0.1             CLOSE→LISTEN  backlog 2\n"
	       "                                         └ long-worker[4703]\n"
	       "10:31:30.000  9502•127.0.0.1             syn 0 · acc 1/2  app slow\n"
	       "             └ long-worker[4701]: the oldest connection has waited 311 ms for\n"
	       "               accept()\n"
	       "10:31:30.000  9502•127.0.0.1             syn 0 · acc 1/2  ok  long-worker[4702]\n"
	       "10:31:30.000  9503•127.0.0.1             syn 0 · acc 1/2  app slow\n"
	       "             └ the oldest connection has waited 311 ms for accept()\n"
	       "10:31:30.000  9503•127.0.0.1             syn 0 · acc 1/2  ok  long-worker[4703]\n"
	       "10:31:30.000  9502•127.0.0.1             LISTEN→CLOSE            3.00 s acc 1/2\n"
	       "                                         └ long-worker[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             LISTEN→CLOSE            3.00 s acc 1/2\n"
	       "                                         └ long-worker[4702]\n"
	       "10:31:30.000  9503•127.0.0.1             LISTEN→CLOSE            3.00 s acc 1/2\n"
	       "\n"
	       "3 connections\n"
	       "LISTENER             ACCEPTED REFUSED                p50     p90     p99     max\n"
	       "127.0.0.1:9502              0       0\n"
	       "  long-worker[4701]\n"
	       "127.0.0.1:9502              1       0\n"
	       "  long-worker[4702]\n"
	       "127.0.0.1:9503              2       0\n"
	       "  next-worker[4799]\n",
	       "members of a group are told apart at 80 columns");
	open_view(0, true, false, true);
	group();
	ok(strstr(result(),
		  "syn 0 · acc 1/2  app slow  long-worker[4701]  the oldest connection has waited 311 ms"),
	   "and where there is room, on one row");
}

static void check_relisten(void)
{
	struct event *e;

	open_view(80, true, false, false);
	listen_on(1, 9502, "lab");
	e = listener(EVENT_LISTENER, 1, 9502, "lab");
	event_set(e, F_BACKLOG, 7);
	event_set(e, F_BACKLOG_ASKED, 7);
	event_set_enum(e, F_VERDICT, VERDICT_OK);
	tell(&s);
	e = listener(EVENT_LISTENER, 1, 9502, "lab");
	event_set(e, F_BACKLOG, 5);
	event_set(e, F_BACKLOG_ASKED, 100);
	event_set_enum(e, F_VERDICT, VERDICT_OK);
	tell(&s);
	/* where no hook tells of it */
	e = listener(EVENT_LISTENER, 1, 9502, "lab");
	event_set(e, F_BACKLOG, 9);
	event_set_enum(e, F_VERDICT, VERDICT_OK);
	tell(&s);
	/* the same limit, and a listener that is not remembered */
	e = listener(EVENT_LISTENER, 8, 9508, "lab");
	event_set(e, F_BACKLOG, 9);
	event_set(e, F_BACKLOG_ASKED, 9);
	event_set_enum(e, F_VERDICT, VERDICT_OK);
	tell(&s);
	/* a figure a second is no new limit */
	e = listener(EVENT_LISTENER, 8, 9508, "lab");
	event_set(e, F_BACKLOG, 9);
	event_set_enum(e, F_VERDICT, VERDICT_OK);
	tell(&s);
	is_str(result(),
	       "10:31:30.000  9502•127.0.0.1             CLOSE→LISTEN  backlog 2  lab[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             listen() again: backlog 2→7  lab[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             listen() again: backlog 7→5 (asked 100)\n"
	       "                                         └ lab[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             listen() again: backlog 5→9  lab[4701]\n"
	       "10:31:30.000  9508•127.0.0.1             listen() again: backlog 9  lab[4708]\n"
	       "10:31:30.000  9508•127.0.0.1             syn 0 · acc 1/9  ok  lab[4708]\n",
	       "listen() again: the old limit and the new");
}

static void check_resets(void)
{
	struct event *e;

	open_view(80, true, false, false);
	for (unsigned int reason = FACT_RESET_NO_SOCKET; reason < RESET_REASON_COUNT; reason++) {
		e = at(&s, EVENT_RESET, 0, 's', 51234);
		event_set_enum(e, F_DIR, DIRECTION_SENT);
		event_set_enum(e, F_RESET_REASON, reason);
		tell(&s);
	}
	e = at(&s, EVENT_RESET, 0, 'c', 51234);
	event_set_enum(e, F_DIR, DIRECTION_SENT);
	event_set_enum(e, F_RESET_REASON, FACT_RESET_STATE);
	tell(&s);
	/* its listener is known to listen still */
	listen_on(1, 9502, "lab");
	e = at(&s, EVENT_RESET, 0, 's', 51234);
	event_set_enum(e, F_DIR, DIRECTION_SENT);
	event_set_enum(e, F_RESET_REASON, FACT_RESET_STATE);
	tell(&s);
	is_str(result(),
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: no socket for this segment\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: aborted  lab[4711]\n"
	       "                                         └ by SO_LINGER 0, ss -K or disconnect\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: closed with data unread\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: FIN not awaited (TCP_LINGER2)\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: orphan limit or out of memory\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: disconnected with data unsent\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: keepalive without an answer\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent  lab[4711]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: no such connection  lab[4711]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: unexpected flags  lab[4711]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: already in TIME_WAIT\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: data came after the close\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: bad SYN, or abort_on_overflow\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: ACK outside of what was sent\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: old timestamp (PAWS)\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: ACK too old  lab[4711]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: ACK of data never sent\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: old ACK  lab[4711]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: MPTCP gave the subflow up\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: error in the kernel\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: listener closed  lab[4711]\n"
	       "10:31:30.000 51234→127.0.0.1:9502        RST sent: aborted  nc[4712]\n"
	       "                                         └ by SO_LINGER 0, ss -K or disconnect\n"
	       "10:31:30.000  9502•127.0.0.1             CLOSE→LISTEN  backlog 2  lab[4701]\n"
	       "10:31:30.000  9502←127.0.0.1:51234       RST sent: aborted  lab[4711]\n"
	       "                                         └ by SO_LINGER 0, ss -K or disconnect\n",
	       "why a RST went, in words");
}

static void accepted(unsigned int state, enum field flag)
{
	struct event *e = at(&s, EVENT_ACCEPT, 0, 's', 51234);

	event_set(e, F_SOCKET_STATE, state);
	event_field(e, F_FD)->i = 6;
	event_set(e, flag, true);
	queues(e, 0, 0);
	tell(&s);
}

static void closed(char role, const uint64_t *states, bool totals, bool mptcp)
{
	struct event *e = at(&s, EVENT_CLOSE, 0, role, 51234);

	event_set_enum(e, F_END, CLOSE_UNKNOWN);
	event_set(e, F_LIFE_NS, 9 * MS);
	if (states)
		event_field(e, F_STATES)->states = states;
	if (role == 's')
		event_set(e, F_ACCEPTED, false);
	if (totals) {
		event_set(e, F_BYTES_IN, 0);
		event_set(e, F_BYTES_OUT, 0);
	}
	if (mptcp)
		event_set(e, F_MPTCP, true);
	tell(&s);
}

/* Opens of a special kind, and opens that came to nothing. */
static void check_opens(void)
{
	static const uint64_t sent[TCP_STATE_COUNT] = {[TCP_STATE_SYN_SENT] = 9 * MS};
	static const uint64_t received[TCP_STATE_COUNT] = {[TCP_STATE_SYN_RECV] = 9 * MS};
	static const uint64_t whole[TCP_STATE_COUNT] = {
		[TCP_STATE_SYN_SENT] = MS, [TCP_STATE_ESTABLISHED] = 8 * MS};
	struct event *e;

	open_view(80, true, false, false);
	accepted(TCP_STATE_SYN_RECV, F_FASTOPEN);
	accepted(TCP_STATE_ESTABLISHED, F_MPTCP);
	closed('c', sent, true, false);
	closed('c', whole, true, true);
	closed('s', received, false, false);
	closed('s', NULL, false, false);
	closed('s', received, true, false);
	e = move(&s, 0, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);
	event_set(e, F_MPTCP, true);
	queues(e, 0, 1);
	tell(&s);
	is_str(result(),
	       "10:31:30.000  9502←127.0.0.1:51234       accept() = 6 lab[4711]         acc 0/2\n"
	       "                                         └ fast open: still in SYN_RECV\n"
	       "10:31:30.000  9502←127.0.0.1:51234       accept() = 6 lab[4711]         acc 0/2\n"
	       "                                         └ mptcp\n"
	       "10:31:30.000 51234→127.0.0.1:9502        closed in SYN_SENT     9.00 ms 0↓ 0↑\n"
	       "10:31:30.000 51234→127.0.0.1:9502        closed mptcp           9.00 ms 0↓ 0↑\n"
	       "10:31:30.000  9502←127.0.0.1:51234       half-open, then gone   9.00 ms\n"
	       "10:31:30.000  9502←127.0.0.1:51234       half-open, then gone   9.00 ms\n"
	       "10:31:30.000  9502←127.0.0.1:51234       closed                 9.00 ms 0↓ 0↑\n"
	       "                                         └ never accepted\n"
	       "10:31:30.000  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs acc 1/2\n"
	       "                                         └ mptcp\n",
	       "fast open, MPTCP, and opens that came to nothing");
}

static void check_raw(void)
{
	struct event *e;

	open_view(80, true, false, false);
	e = listener(EVENT_STATE, 1, 9502, "lab");
	event_set(e, F_OLD, TCP_STATE_CLOSE);
	event_set(e, F_NEW, TCP_STATE_LISTEN);
	event_set(e, F_RAW, true);
	tell(&s);
	/* the end of one, and a child that is no listener: neither has a role */
	for (int child = 0; child < 2; child++) {
		event_init(e, EVENT_STATE, STORY_T0);
		e->family = AF_INET;
		event_field(e, F_LADDR)->addr = story_lo;
		event_set(e, F_LPORT, 9502);
		event_set(e, F_OLD, TCP_STATE_LISTEN);
		event_set(e, F_NEW, child ? TCP_STATE_SYN_RECV : TCP_STATE_CLOSE);
		event_set(e, F_RAW, true);
		tell(&s);
	}
	is_str(result(),
	       "10:31:30.000  9502•127.0.0.1             CLOSE→LISTEN  raw  backlog 2  lab[4701]\n"
	       "10:31:30.000  9502•127.0.0.1             LISTEN→CLOSE                   raw\n"
	       "10:31:30.000  9502                       LISTEN→SYN_RECV                raw\n",
	       "--raw: a listener has its address, its owner and the mark");
}

static void in_netns(uint64_t netns)
{
	struct event *e =
		move(&s, 0, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);

	event_set(e, F_NETNS, netns);
	tell(&s);
}

/* Two containers: equal listeners, told apart at the end. */
static void twin_listeners(void)
{
	static const struct listener_summary list[] = {
		{.cookie = 1, .netns = 4026531840, .family = AF_INET, .port = 8888, .accepted = 2},
		{.cookie = 2, .netns = 4026532316, .family = AF_INET, .port = 8888, .accepted = 1},
	};
	static const struct listener_summaries all = {2, list};
	struct event *e = &s.e;

	open_view(80, false, false, false);
	in_netns(4026531840);
	in_netns(4026532316);
	event_init(e, EVENT_SUMMARY, STORY_T0);
	event_set(e, F_CONNECTIONS, 2);
	event_field(e, F_LISTENERS)->listeners = &all;
	tell(&s);
	ok(strstr(result(), "0.0.0.0:8888                2       0\n"
			    "  netns 4026531840\n"
			    "0.0.0.0:8888                1       0\n"
			    "  netns 4026532316\n"),
	   "equal listeners of two namespaces are told apart at the end");
}

static void check_namespaces(void)
{
	static const uint64_t order[] = {4026531840, 4026531840, 4026532316, 4026531840};

	open_view(80, true, false, false);
	for (size_t i = 0; i < 4; i++)
		in_netns(order[i]);
	is_str(result(),
	       "10:31:30.000  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs\n"
	       "10:31:30.000  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs\n"
	       "==> network namespace 4026532316 <==\n"
	       "10:31:30.000  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs\n"
	       "==> network namespace 4026531840 <==\n"
	       "10:31:30.000  9502←127.0.0.1:51234       SYN_RECV→ESTABLISHED     41 µs\n",
	       "80 columns: a row where the namespace is another one than above");

	open_view(120, true, false, false);
	for (size_t i = 0; i < 4; i++)
		in_netns(order[i]);
	is_str(result(),
	       "10:31:30.000  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  lab[4711]\n"
	       "10:31:30.000  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  lab[4711]\n"
	       "10:31:30.000 4026532316  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  lab[4711]\n"
	       "10:31:30.000 4026531840  9502 ← 127.0.0.1:51234        SYN_RECV → ESTABLISHED     41 µs  lab[4711]\n",
	       "120 columns: a column, as soon as there is a second one");
	twin_listeners();
}

int main(void)
{
	fd = story_fd();
	check_namespaces();
	check_story();
	check_widest_ipv4();
	check_ipv6();
	check_hostile();
	check_extremes();
	check_color();
	check_waits();
	check_group();
	check_relisten();
	check_resets();
	check_opens();
	check_raw();
	free(text);
	return done();
}
