// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include "base/text.h"
#include "event/sample_events.h"
#include "tap.h"
#include "view/ladder_gold.h"

static int fd;
static struct story s;
static char *text;

static void open_view(bool utf8)
{
	struct view_options o = {
		.fd = fd, .utf8 = utf8, .columns = 80, .boot_offset_ns = STORY_OFFSET};

	s.v = view_ladder_new(&o);
}

/* What has come since the last call, without ending. */
static const char *so_far(void)
{
	free(text);
	text = story_text(s.v, fd);
	return text;
}

static const char *result(void)
{
	view_finish(s.v);
	so_far();
	view_free(s.v);
	return text;
}

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

static unsigned int count(const char *rows, const char *what)
{
	unsigned int n = 0;

	while ((rows = strstr(rows, what))) {
		n++;
		rows += strlen(what);
	}
	return n;
}

static void check_story(void)
{
	open_view(true);
	story_tell(&s);
	is_str(result(), gold_utf8, "the story");
	ok(widest(text) <= 80, "no row is wider than 80 columns (%u)", widest(text));
	open_view(false);
	story_tell(&s);
	is_str(result(), gold_ascii, "the story in ASCII");
}

static void check_live(void)
{
	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	ok(strstr(so_far(), "ACK K+1=230177332 -"), "the handshake is drawn as it is complete");
	story_accept(&s, 2 * SEC, 51234, 2 * SEC - 53 * US, 4 * US);
	is_str(so_far(),
	       " 1.999996               |                       accept() is called |\n"
	       " 2.000000               |       accept() = 5, it had waited 1.99 s |\n"
	       "                        |                         accept queue 0/2 |\n",
	       "and accept() when it happens");
	story_handshake(&s, 3 * SEC, 51236, 1);
	is_str(so_far(), "", "another connection waits for its turn");
	story_close(&s, 3 * SEC + MS, 51234, 3 * SEC);
	is_str(so_far(),
	       " 3.001000     FIN_WAIT1 | sends FIN                                |\n"
	       " 3.001009               |-- FIN ---------------------------------->| CLOSE_WAIT\n"
	       " 3.001020     FIN_WAIT2 |<- ACK -----------------------------------|\n"
	       " 3.001050               |                                sends FIN | LAST_ACK\n"
	       " 3.001061     TIME_WAIT |<- FIN -----------------------------------|\n"
	       " 3.001075               |-- ACK ---------------------------------->| CLOSE\n"
	       "              server: 7 B in, 18 B out, lived 3.00 s\n",
	       "then the close, and what it carried");
	story_close(&s, 4 * SEC, 51236, SEC);
	is_u64(count(so_far(), "127.0.0.1:51236"), 1,
	       "the other one is drawn whole when it has ended");
	is_u64(count(text, "SYN J="), 1, "from its SYN");
	is_str(result(), "", "and nothing is left");
}

static void check_undrawn(void)
{
	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	story_handshake(&s, MS, 51236, 2);
	view_tick(s.v, STORY_T0 + 500 * MS);
	ok(!strstr(so_far(), "more"),
	   "who is not drawn is not told of while the drawn one goes on");
	view_tick(s.v, STORY_T0 + 2 * SEC);
	is_str(so_far(),
	       "\n1 more is open and has waited 1.99 s for accept(); drawn when it ends\n",
	       "it is when nothing happens any more");
	view_tick(s.v, STORY_T0 + 3 * SEC);
	is_str(so_far(), "", "  once");
	story_handshake(&s, 4 * SEC, 51238, 3);
	view_tick(s.v, STORY_T0 + 6 * SEC);
	is_str(so_far(),
	       "2 more are open, 2 wait for accept(), the oldest 5.99 s; drawn when they end\n",
	       "  and again when there are more");
	story_accept(&s, 7 * SEC, 51236, 6 * SEC, 4 * US);
	story_accept(&s, 7 * SEC, 51238, 3 * SEC, 4 * US);
	view_tick(s.v, STORY_T0 + 9 * SEC);
	is_str(so_far(), "2 more are open; drawn when they end\n",
	       "  or when none of them waits any more");
	story_accept(&s, 10 * SEC, 51234, 10 * SEC - 53 * US, 4 * US);
	ok(strstr(so_far(), "127.0.0.1:51234 -> 127.0.0.1:9502, continued"),
	   "  the drawn one continues with a new heading");
	story_close(&s, 11 * SEC, 51234, 11 * SEC);
	so_far();
	story_close(&s, 11 * SEC, 51236, 11 * SEC);
	story_close(&s, 11 * SEC, 51238, 7 * SEC);
	view_tick(s.v, STORY_T0 + 13 * SEC);
	is_u64(count(so_far(), "lived"), 2, "those that have ended are drawn as time goes on");
	result();
}

static void verdict(uint64_t t, uint64_t cookie, enum verdict is, const char *advice)
{
	struct event *e = &s.e;

	event_init(e, EVENT_LISTENER, STORY_T0 + t);
	event_set(e, F_COOKIE, cookie);
	event_set(e, F_LPORT, 9502);
	event_set_enum(e, F_VERDICT, is);
	if (advice)
		event_set_text(e, F_ADVICE, advice);
	tell(&s);
}

static void check_verdict(void)
{
	open_view(false);
	verdict(0, 7, VERDICT_OK, NULL);
	is_str(so_far(), "", "a listener that is well is no news");
	verdict(SEC, 7, VERDICT_APP_SLOW, "it waits");
	verdict(2 * SEC, 7, VERDICT_APP_SLOW, "it waits on");
	verdict(2 * SEC, 8, VERDICT_APP_SLOW, "this one too");
	verdict(3 * SEC, 7, VERDICT_OK, NULL);
	is_str(result(),
	       "port 9502: app slow: it waits\n"
	       "port 9502: app slow: this one too\n"
	       "port 9502: ok\n",
	       "a verdict is told when it changes, of each listener");

	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	so_far();
	event_init(&s.e, EVENT_WHY, STORY_T0 + SEC);
	event_set(&s.e, F_LPORT, 9502);
	event_set_enum(&s.e, F_DIAGNOSIS, DIAGNOSIS_SLEEPING);
	event_set_text(&s.e, F_SENTENCE, "lab[4711] sleeps");
	tell(&s);
	is_str(so_far(), "\nport 9502: sleeping: lab[4711] sleeps\n",
	       "what the program does instead stands where the handshake is drawn");
	story_accept(&s, 2 * SEC, 51234, 2 * SEC - 53 * US, 4 * US);
	ok(strstr(so_far(), "9502, continued") && strstr(text, "accept() = 5"),
	   "  before accept(), below a new heading");
	result();
}

static void diagnosis(uint64_t t, uint64_t cookie, enum diagnosis is)
{
	event_init(&s.e, EVENT_WHY, STORY_T0 + t);
	event_set(&s.e, F_LPORT, 9502);
	event_set(&s.e, F_COOKIE, cookie);
	event_set_enum(&s.e, F_DIAGNOSIS, is);
	event_set_text(&s.e, F_SENTENCE, "it does");
	tell(&s);
}

/* Connections that are drawn later than the look have it in the gap before accept(). */
static void check_diagnosis(void)
{
	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	story_handshake(&s, MS, 51236, 2);
	so_far();
	diagnosis(SEC, 2, DIAGNOSIS_BUSY);
	diagnosis(SEC, 1, DIAGNOSIS_SLEEPING);
	diagnosis(2 * SEC, 1, DIAGNOSIS_SLEEPING);
	diagnosis(3 * SEC, 1, DIAGNOSIS_STOPPED);
	diagnosis(4 * SEC, 1, DIAGNOSIS_KEEPS_UP);
	ok(!strstr(so_far(), "not accepted"),
	   "in the gap of the one on the screen stands the note");
	story_accept(&s, 5 * SEC, 51236, 5 * SEC - 53 * US, 4 * US);
	diagnosis(6 * SEC, 1, DIAGNOSIS_BUSY);
	result();
	ok(strstr(text, "|                         accept queue 2/2 |\n"
			" 0.999000               |                   not accepted: sleeping |\n"
			" 2.999000               |                    not accepted: stopped |\n"
			" 4.998996               |                       accept() is called |\n"),
	   "why nobody accepts, in the gap between ESTABLISHED and accept()");
	is_u64(count(text, "not accepted"), 2,
	       "  of its own listener, where it changes, and not once it is accepted");
}

/* A client elsewhere: only the server's end is traced. */
static void check_remote_client(void)
{
	struct event *e;

	open_view(false);
	e = move(&s, 0, 's', 51234, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV, 0);
	isns(e, 51234);
	tell(&s);
	story_retransmit(&s, SEC, 's', 51234, RESENT_SYNACK, 1);
	e = move(&s, SEC + 50 * MS, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED,
		 SEC + 50 * MS);
	isns(e, 51234);
	event_set(e, F_HANDSHAKE_NS, SEC + 50 * MS);
	event_set(e, F_QUEUED, 1);
	queues(e, 0, 1);
	tell(&s);
	move(&s, 2 * SEC, 's', 51234, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1, SEC);
	tell(&s);
	move(&s, 2 * SEC + MS, 's', 51234, TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2, MS);
	tell(&s);
	move(&s, 2 * SEC + 2 * MS, 's', 51234, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT, MS);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "               client (not traced)                         server lab[4711]\n"
	       " 0.000000    (SYN_SENT) |-- SYN J=653072494 ---------------------->| SYN_RECV\n"
	       "                        |<- SYN K=230177331, ACK J+1=653072495 ----|\n"
	       " 1.000000               |<- SYN, ACK again (1) --------------------|\n"
	       " 1.050000 (ESTABLISHED) |-- ACK K+1=230177332 -------------------->| ESTABLISHED\n"
	       "                        |                         handshake 1.05 s |\n"
	       "                        |                         accept queue 1/2 |\n"
	       " 2.000000               |<- FIN -----------------------------------| FIN_WAIT1\n"
	       " 2.001000  (CLOSE_WAIT) |-- ACK ---------------------------------->| FIN_WAIT2\n"
	       " 2.002000    (LAST_ACK) |-- FIN ---------------------------------->| TIME_WAIT\n"
	       "              closed\n",
	       "a client that is not traced: its states are inferred");
}

/* connect() fails on its way: no wire has seen a SYN, nor has the drawing. */
static void check_no_syn(void)
{
	struct event *e;

	open_view(false);
	move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(&s);
	e = move(&s, 31 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_CLOSE, 31 * US);
	event_set_enum(e, F_REASON, CAUSE_NO_LOCAL_PORT);
	tell(&s);
	e = at(&s, EVENT_CLOSE, 31 * US, 'c', 51234);
	event_set_enum(e, F_END, CLOSE_NO_LOCAL_PORT);
	event_set(e, F_LIFE_NS, 31 * US);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                 client nc[4712]                          server (not traced)\n"
	       " 0.000000      SYN_SENT | connect()                                |\n"
	       " 0.000031         CLOSE | no local port                            |\n"
	       "              client: lived 31 us\n",
	       "a SYN that was not sent has no arrow");
}

/* A server elsewhere, and one that refuses. */
static void check_remote_server(void)
{
	struct event *e;

	open_view(false);
	e = move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(&s);
	e = move(&s, 9 * MS, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 9 * MS);
	isns(e, 51234);
	event_set(e, F_CONNECT_NS, 9 * MS);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                 client nc[4712]                          server (not traced)\n"
	       " 0.000000      SYN_SENT |-- SYN J=653072494 ---------------------->|\n"
	       " 0.009000   ESTABLISHED |<- SYN K=230177331, ACK J+1=653072495 ----| (SYN_RECV)\n"
	       "                        | connected after 9.00 ms                  |\n"
	       "                        |-- ACK K+1=230177332 -------------------->|\n"
	       "              still open\n",
	       "a server that is not traced");

	open_view(false);
	e = move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(&s);
	e = at(&s, EVENT_RESET, 30 * US, 'c', 51234);
	event_set_enum(e, F_DIR, DIRECTION_RECEIVED);
	tell(&s);
	e = move(&s, 31 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_CLOSE, 31 * US);
	event_set_enum(e, F_REASON, CAUSE_RST_RECEIVED);
	tell(&s);
	e = at(&s, EVENT_CLOSE, 31 * US, 'c', 51234);
	event_set_enum(e, F_END, CLOSE_REFUSED);
	event_set(e, F_LIFE_NS, 31 * US);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                 client nc[4712]                          server (not traced)\n"
	       " 0.000000      SYN_SENT |-- SYN ---------------------------------->|\n"
	       " 0.000030         CLOSE |<- RST -----------------------------------|\n"
	       "              client: lived 31 us\n",
	       "nobody listens");
}

/* Two namespaces with equal addresses and ports at once: sequence numbers tell them apart. */
static void check_twins(void)
{
	struct event *e;

	open_view(false);
	for (unsigned int i = 0; i < 2; i++) {
		e = move(&s, i * US, 's', 51234, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV, 0);
		event_set(e, F_NETNS, 10 + i);
		event_set(e, F_COOKIE, 500 + i);
		isns(e, 51234 + i);
		tell(&s);
	}
	for (unsigned int i = 0; i < 2; i++) {
		e = move(&s, (20 + i) * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED,
			 20 * US);
		event_set(e, F_NETNS, 20 + i);
		event_set(e, F_COOKIE, 600 + i);
		isns(e, 51234 + i);
		tell(&s);
	}
	for (unsigned int i = 0; i < 2; i++) {
		e = move(&s, (40 + i) * US, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED,
			 40 * US);
		event_set(e, F_NETNS, 10 + i);
		event_set(e, F_COOKIE, 500 + i);
		isns(e, 51234 + i);
		tell(&s);
	}
	is_u64(count(result(), "-- 127.0.0.1:51234 -> 127.0.0.1:9502"), 2,
	       "twins in two namespaces are two ladders");
	ok(count(text, "(not traced)") == 0, "each with both its ends");
	is_u64(count(text, "SYN J=653072494 "), 1, "the first with its own numbers");
	is_u64(count(text, "SYN J=653072495 "), 1, "the second with its own");
}

/* A published port: the ends do not name each other, their sequence numbers do. */
static void check_translated(void)
{
	struct event *e;

	open_view(false);
	e = move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	event_set(e, F_COOKIE, 600);
	event_set(e, F_RPORT, 80);
	tell(&s);
	e = move(&s, 20 * US, 's', 51234, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV, 0);
	event_set(e, F_COOKIE, 500);
	isns(e, 51234);
	tell(&s);
	e = move(&s, 40 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 40 * US);
	event_set(e, F_COOKIE, 600);
	event_set(e, F_RPORT, 80);
	isns(e, 51234);
	tell(&s);
	is_u64(count(result(), "-- 127.0.0.1:51234 -> 127.0.0.1:80 "), 1,
	       "NAT between both ends: one ladder, under the address that was called");
	ok(strstr(text, "\n   translated (NAT): 127.0.0.1:51234 -> 127.0.0.1:9502 at the server\n"),
	   "and what it is at the server");
	is_u64(count(text, "(not traced)"), 0, "with both its ends");
	is_u64(count(text, "SYN J="), 1, "and one SYN");
}

static void check_cookie_and_odd(void)
{
	struct event *e;

	open_view(false);
	e = move(&s, 0, 's', 51234, TCP_STATE_LISTEN, TCP_STATE_ESTABLISHED, 0);
	isns(e, 51234);
	event_set(e, F_SYNCOOKIE, 1);
	event_set(e, F_QUEUED, 1);
	event_set_text(e, F_COMM, "\x1b[2J\xff evil name");
	tell(&s);
	e = at(&s, EVENT_RESET, MS, 's', 51234);
	event_set_enum(e, F_DIR, DIRECTION_SENT);
	event_set_enum(e, F_RESET_REASON, FACT_RESET_ABORT_ON_CLOSE);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "               client (not traced)                      server ?[2J? evi.[4711]\n"
	       "             (SYN_SENT) |-- SYN J=653072494 ---------------------->|\n"
	       "          (ESTABLISHED) |<- SYN K=230177331, ACK J+1=653072495 ----|\n"
	       " 0.000000 (ESTABLISHED) |-- ACK K+1=230177332 -------------------->| ESTABLISHED\n"
	       "                        |   from a SYN cookie: no request was kept |\n"
	       "                        |                      in the accept queue |\n"
	       " 0.001000               |<- RST (closed with data unread) ---------|\n"
	       "              still open\n",
	       "a SYN cookie, a hostile name, a reset");

	open_view(true);
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		event_init(&s.e, (enum event_type)type, 5);
		tell(&s);
	}
	is_str(result(), "LOST 0 facts: a ladder may miss steps\n",
	       "events with nothing in them draw nothing");

	open_view(true);
	for (unsigned int i = 0; i < 200; i++)
		story_retransmit(&s, i * MS, 's', 51234, RESENT_SYNACK, i);
	is_str(result(), "", "a retransmit of an unknown connection draws nothing");
}

static void check_bounds(void)
{
	open_view(false);
	for (unsigned int i = 0; i < 200; i++)
		story_handshake(&s, i * 100 * US, 1000 + i, 1);
	ok(strstr(result(), "\n136 more connections not drawn\n"),
	   "of 200 open at once 64 are drawn, the rest counted");
	is_u64(count(text, "still open"), 64, "64 ladders");

	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	for (unsigned int i = 0; i < 100; i++)
		story_retransmit(&s, SEC + i * MS, 's', 51234, RESENT_SYNACK, i);
	story_close(&s, 2 * SEC, 51234, 2 * SEC);
	ok(strstr(result(), "more steps not drawn\n"), "steps are bounded and counted");
	ok(strstr(text, "server: 7 B in"), "and the end is still told");

	open_view(false);
	for (unsigned int i = 0; i < 3000; i++) {
		story_handshake(&s, i * 10 * MS, 1000 + i, 1);
		story_close(&s, i * 10 * MS + MS, 1000 + i, MS);
	}
	is_u64(count(result(), "server: 7 B in"), 3000,
	       "3000 connections one after another are all drawn");
	ok(!strstr(text, "not drawn"), "none is left out");
}

static void listens(void)
{
	story_listen(&s);
	free(story_text(s.v, fd));
}

/* SYN_SENT and ESTABLISHED of a client; its server may be traced or not. */
static void client_connects(uint64_t t, unsigned int port)
{
	struct event *e = move(&s, t, 'c', port, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);

	e->present[F_LPORT / 64] &= ~(UINT64_C(1) << F_LPORT % 64);
	tell(&s);
	e = move(&s, t + 9 * US, 'c', port, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 9 * US);
	isns(e, port);
	tell(&s);
}

static void check_heading(void)
{
	struct event *e;

	open_view(false);
	client_connects(0, 51234);
	ok(strstr(so_far(), "server (not traced)"),
	   "a server that listens elsewhere is not waited for");
	result();

	open_view(false);
	listens();
	client_connects(0, 51234);
	is_str(so_far(), "", "one that listens here is");
	e = move(&s, 20 * US, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 0);
	isns(e, 51234);
	event_set(e, F_SYNCOOKIE, 1);
	tell(&s);
	is_u64(count(so_far(), "server lab[4711]"), 1, "then it stands in the heading");
	is_u64(count(text, "SYN J="), 1, "the SYN is drawn once");
	ok(!strchr(text, '('), "and no state is a guess");
	result();

	open_view(false);
	listens();
	client_connects(0, 51234);
	client_connects(SEC, 51236);
	ok(strstr(so_far(), "server (not traced)"), "not for long");
	result();
}

/* Accepted at the SYN, ESTABLISHED when the final ACK comes. */
static void fastopen_accept(uint64_t t)
{
	struct event *e = at(&s, EVENT_ACCEPT, t, 's', 51234);

	e->present[F_COOKIE / 64] &= ~(UINT64_C(1) << F_COOKIE % 64);
	event_set(e, F_SOCKET_STATE, TCP_STATE_SYN_RECV);
	event_field(e, F_FD)->i = 6;
	event_set(e, F_FASTOPEN, 1);
	tell(&s);
}

static void fastopen_established(uint64_t t, uint64_t handshake)
{
	struct event *e =
		move(&s, t, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, handshake);

	isns(e, 51234);
	event_set(e, F_HANDSHAKE_NS, handshake);
	event_set(e, F_FASTOPEN, 1);
	tell(&s);
}

static void check_fastopen(void)
{
	open_view(false);
	fastopen_accept(0);
	is_str(so_far(), "", "a fast open is drawn when its begin is known");
	fastopen_established(300 * MS, 300 * MS + 20 * US);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:29.999980 ---\n"
	       "               client (not traced)                         server lab[4711]\n"
	       " 0.000000    (SYN_SENT) |-- SYN J=653072494 ---------------------->| SYN_RECV\n"
	       "                        |<- SYN K=230177331, ACK J+1=653072495 ----|\n"
	       " 0.000020               |       accept() = 6, before the final ACK |\n"
	       " 0.300020 (ESTABLISHED) |-- ACK K+1=230177332 -------------------->| ESTABLISHED\n"
	       "                        |              fast open: handshake 300 ms |\n"
	       "              still open\n",
	       "from the SYN, which was before accept()");

	open_view(false);
	fastopen_accept(0);
	story_retransmit(&s, 2 * SEC, 's', 51234, RESENT_SYNACK, 1);
	ok(strstr(so_far(), "accept() = 6"), "or after a second without");
	fastopen_established(3 * SEC, 3 * SEC + 20 * US);
	is_u64(count(result(), "SYN_RECV"), 0, "its SYN is not drawn again");
	ok(strstr(text, " 3.000000 "), "and the times go on");
}

static void reset(uint64_t t, char role, enum direction dir, enum fact_reset_reason reason)
{
	struct event *e = at(&s, EVENT_RESET, t, role, 51234);

	event_set_enum(e, F_DIR, dir);
	if (reason)
		event_set_enum(e, F_RESET_REASON, reason);
	tell(&s);
}

static void closes(uint64_t t, char role, enum cause reason)
{
	struct event *e = move(&s, t, role, 51234, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE, 0);

	if (reason)
		event_set_enum(e, F_REASON, reason);
	tell(&s);
}

static void check_reset(void)
{
	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	closes(SEC, 'c', CAUSE_NONE);
	so_far();
	reset(SEC + US, 's', DIRECTION_RECEIVED, FACT_RESET_UNKNOWN);
	is_str(so_far(), "", "a RST that came waits for its sender");
	closes(SEC + 2 * US, 's', CAUSE_RST_RECEIVED);
	reset(SEC + 3 * US, 'c', DIRECTION_SENT, FACT_RESET_STATE);
	is_str(so_far(),
	       " 1.000001               |-- RST (aborted) ------------------------>| CLOSE\n",
	       "who knows why: one row");
	story_accept(&s, 5 * SEC, 51234, 5 * SEC, 4 * US);
	ok(strstr(so_far(), "accept() = 5"), "what is in the queue is still accepted");
	at(&s, EVENT_CLOSE, 5 * SEC, 's', 51234);
	tell(&s);
	is_str(so_far(), "              server: closed\n",
	       "then it is over, whatever the client says");
	result();

	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	closes(SEC, 's', CAUSE_LISTENER_CLOSED);
	so_far();
	reset(SEC + US, 's', DIRECTION_SENT, FACT_RESET_STATE);
	at(&s, EVENT_CLOSE, SEC + US, 's', 51234);
	tell(&s);
	closes(SEC + 3 * US, 'c', CAUSE_RST_RECEIVED);
	is_str(so_far(),
	       " 1.000001         CLOSE |<- RST (aborted) -------------------------|\n"
	       "              server: closed\n",
	       "one row the other way too");
	result();

	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	reset(SEC, 's', DIRECTION_RECEIVED, FACT_RESET_UNKNOWN);
	so_far();
	story_handshake(&s, 2 * SEC, 51236, 1);
	ok(strstr(so_far(), "|-- RST ---"), "a sender that says nothing is not waited for long");
	result();
}

static void check_half_closed(void)
{
	open_view(false);
	story_handshake(&s, 0, 51234, 1);
	closes(MS, 'c', CAUSE_NONE);
	story_handshake(&s, 2 * SEC, 51236, 1);
	ok(strstr(so_far(), "127.0.0.1:51236 -> "),
	   "a connection that is half closed gives its place");
	move(&s, 3 * SEC, 's', 51234, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, 0);
	tell(&s);
	ok(strstr(result(), "127.0.0.1:51234 -> 127.0.0.1:9502, continued"), "and goes on later");
	ok(strstr(text, " 3.000000 "), "with its own times");
}

/* With tcp_abort_on_overflow: the RST, the end of the request, then the refusal. */
static void check_refused_by_reset(void)
{
	struct event *e;

	open_view(false);
	e = move(&s, 0, 's', 51234, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV, 0);
	isns(e, 51234);
	tell(&s);
	reset(MS, 's', DIRECTION_SENT, FACT_RESET_OTHER);
	e = move(&s, MS, 's', 51234, TCP_STATE_SYN_RECV, TCP_STATE_CLOSE, MS);
	event_set_enum(e, F_REASON, CAUSE_RST_SENT);
	tell(&s);
	e = at(&s, EVENT_CLOSE, MS, 's', 51234);
	event_set(e, F_ACCEPTED, 0);
	tell(&s);
	story_drop(&s, MS + 9 * US, 51234, SEGMENT_ACK);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "               client (not traced)                         server lab[4711]\n"
	       " 0.000000    (SYN_SENT) |-- SYN J=653072494 ---------------------->| SYN_RECV\n"
	       "                        |<- SYN K=230177331, ACK J+1=653072495 ----|\n"
	       " 0.001000               |-- ACK K+1=230177332 --------------------X| refused\n"
	       "                        |                  accept queue full 3/2+1 |\n"
	       " 0.001000               |<- RST -----------------------------------| CLOSE\n"
	       "              server: never accepted\n",
	       "an ACK that is refused by RST is one ladder");
}

static void existing(uint64_t t, char role, unsigned int port, bool role_known)
{
	struct event *e = at(&s, EVENT_SOCKET, t, role, port);

	if (!role_known)
		e->present[F_ROLE / 64] &= ~(UINT64_C(1) << F_ROLE % 64);
	event_set(e, F_SOCKET_STATE, TCP_STATE_ESTABLISHED);
	event_set(e, F_PREEXISTING, 1);
	tell(&s);
}

static void check_existing(void)
{
	struct event *e;

	open_view(false);
	existing(0, 'c', 51234, false);
	story_handshake(&s, SEC, 51236, 1);
	is_u64(count(so_far(), "127.0.0.1:51236"), 1,
	       "what existed before does not keep others from being drawn");
	ok(!strstr(text, "51234"), "nor is it drawn while nothing happens");
	story_close(&s, 2 * SEC, 51236, SEC);
	so_far();
	e = move(&s, 3 * SEC, 'c', 51234, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, 0);
	e->present[F_ROLE / 64] &= ~(UINT64_C(1) << F_ROLE % 64);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                    nc[4712]                                 (not traced)\n"
	       " 0.000000   ESTABLISHED | existed before                           |\n"
	       " 3.000000    CLOSE_WAIT |<- FIN -----------------------------------| (FIN_WAIT1)\n"
	       "              still open\n",
	       "who is the client is not said where nobody knows");

	/* It had waited for 4 s already. Its client closes, and the program does not accept it. */
	open_view(false);
	e = at(&s, EVENT_SOCKET, 0, 's', 51234);
	event_set(e, F_SOCKET_STATE, TCP_STATE_ESTABLISHED);
	event_set(e, F_PREEXISTING, 1);
	event_set(e, F_QUEUED, 1);
	event_set(e, F_ACCEPT_WAIT_NS, 4 * SEC);
	event_set_enum(e, F_WAIT_BASIS, BOUND_AT_LEAST);
	tell(&s);
	existing(0, 'c', 51234, true);
	view_tick(s.v, STORY_T0 + SEC);
	is_str(so_far(),
	       "1 more is open and has waited at least 5.00 s for accept(); drawn when it ends\n",
	       "what was in the queue before has waited since then at the latest");
	move(&s, 2 * SEC, 'c', 51234, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1, 0);
	tell(&s);
	e = at(&s, EVENT_CLOSE, 3 * SEC, 'c', 51234);
	event_set(e, F_BYTES_IN, 0);
	event_set(e, F_BYTES_OUT, 7);
	tell(&s);
	ok(strstr(result(), "              client: 0 B in, 7 B out\n"
			    "              server: still in the accept queue\n"),
	   "  one end is closed, the other one still waits");

	open_view(false);
	for (unsigned int i = 0; i < 200; i++)
		existing(0, 's', 1000 + i, true);
	story_handshake(&s, US, 51234, 1);
	ok(strstr(so_far(), "127.0.0.1:51234"), "200 that existed before leave room for a new one");
	is_u64(count(result(), "existed before"), 62,
	       "and those that are still there are drawn at the end");
	ok(strstr(text, "\n138 more connections not drawn\n"), "the rest counted");
}

/* The other one of two sockets here that connect to each other. */
static struct event *other_end(struct event *e)
{
	event_set(e, F_LPORT, 9502);
	event_set(e, F_RPORT, 51234);
	event_set(e, F_COOKIE, 77);
	event_set(e, F_PID, 4713);
	event_set_text(e, F_COMM, "other");
	return e;
}

static void numbers(struct event *e, uint64_t own, uint64_t others)
{
	event_set(e, F_CLIENT_ISN, own);
	event_set(e, F_SERVER_ISN, others);
}

static void check_both_connect(void)
{
	struct event *e;

	open_view(false);
	move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(&s);
	other_end(move(&s, 20 * US, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0));
	tell(&s);
	move(&s, 50 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECV, 50 * US);
	tell(&s);
	other_end(move(&s, 60 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECV, 40 * US));
	tell(&s);
	e = move(&s, 80 * US, 'c', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 30 * US);
	numbers(e, 100, 200);
	event_set(e, F_CONNECT_NS, 80 * US);
	tell(&s);
	e = other_end(
		move(&s, 90 * US, 'c', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 30 * US));
	numbers(e, 200, 100);
	event_set(e, F_CONNECT_NS, 70 * US);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                 client nc[4712]                          client other[4713]\n"
	       " 0.000000      SYN_SENT | connect()                                |\n"
	       " 0.000020               |                                connect() | SYN_SENT\n"
	       " 0.000050      SYN_RECV |<- SYN K=200 -----------------------------|\n"
	       " 0.000060               |-- SYN J=100 ---------------------------->| SYN_RECV\n"
	       " 0.000080   ESTABLISHED |<- SYN, ACK J+1=101 ----------------------|\n"
	       "                        | connected after 80 us                    |\n"
	       " 0.000090               |-- SYN, ACK K+1=201 --------------------->| ESTABLISHED\n"
	       "                        |                    connected after 70 us |\n"
	       "              still open\n",
	       "both ends of a simultaneous open, in one ladder");

	open_view(false);
	move(&s, 0, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(&s);
	other_end(move(&s, 20 * US, 'c', 51234, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0));
	tell(&s);
	move(&s, 50 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECV, 50 * US);
	tell(&s);
	e = other_end(
		move(&s, 60 * US, 'c', 51234, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 40 * US));
	numbers(e, 200, 100);
	tell(&s);
	e = move(&s, 80 * US, 'c', 51234, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 30 * US);
	numbers(e, 100, 200);
	tell(&s);
	is_str(result(),
	       "\n"
	       "-- 127.0.0.1:51234 -> 127.0.0.1:9502 ----------------------- 10:31:30.000000 ---\n"
	       "                 client nc[4712]                          client other[4713]\n"
	       " 0.000000      SYN_SENT | connect()                                |\n"
	       " 0.000020               |                                connect() | SYN_SENT\n"
	       " 0.000050      SYN_RECV |<- SYN K=200 -----------------------------|\n"
	       " 0.000060               |-- SYN J=100, ACK K+1=201 --------------->| ESTABLISHED\n"
	       " 0.000080   ESTABLISHED |<- ACK J+1=101 ---------------------------|\n"
	       "              still open\n",
	       "and where the SYN of one was lost");
}

int main(void)
{
	fd = story_fd();
	check_story();
	check_live();
	check_undrawn();
	check_verdict();
	check_diagnosis();
	check_remote_client();
	check_no_syn();
	check_remote_server();
	check_twins();
	check_translated();
	check_cookie_and_odd();
	check_heading();
	check_fastopen();
	check_reset();
	check_half_closed();
	check_refused_by_reset();
	check_existing();
	check_both_connect();
	check_bounds();
	free(text);
	return done();
}
