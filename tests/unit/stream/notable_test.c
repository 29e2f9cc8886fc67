// SPDX-License-Identifier: BSD-2-Clause
#include "stream/notable.h"

#include <sys/socket.h>

#include "event/tcp.h"
#include "event/vocabulary.h"
#include "stream/story.h"
#include "tap.h"

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

static const uint8_t here[16] = {127, 0, 0, 1};

/* What was printed: types, cookies and stamps. */
static struct {
	unsigned int count;
	enum event_type type[64];
	uint64_t cookie[64], t[64];
	char comm[16];
	uint64_t states;
} got;

static void print(void *ctx, const struct event *e)
{
	(void)ctx;
	if (got.count < 64) {
		got.type[got.count] = e->type;
		got.cookie[got.count] = event_get(e, F_COOKIE);
		got.t[got.count] = e->t;
	}
	if (event_has(e, F_COMM))
		snprintf(got.comm, sizeof(got.comm), "%s", e->v[F_COMM].text);
	if (event_has(e, F_STATES))
		got.states = e->v[F_STATES].states[TCP_STATE_ESTABLISHED];
	got.count++;
}

static struct notable *begin(size_t max_bytes)
{
	const struct notable_config config = {
		.slow_ns = 100 * MS,
		.slow_handshake_ns = S,
		.accepts_seen = true,
		.max_bytes = max_bytes,
	};

	memset(&got, 0, sizeof(got));
	return notable_new(&config, print, NULL);
}

static struct event event_at(uint64_t t, enum event_type type, enum role role, uint16_t client)
{
	struct event e = {0};

	event_init(&e, type, t);
	e.family = AF_INET;
	event_set_enum(&e, F_ROLE, role);
	event_set(&e, F_COOKIE, role == ROLE_CLIENT ? client + UINT64_C(100000) : client);
	event_set_enum(&e, F_FAMILY, FAMILY_IPV4);
	event_field(&e, F_LADDR)->addr = here;
	event_field(&e, F_RADDR)->addr = here;
	event_set(&e, F_LPORT, role == ROLE_CLIENT ? client : 9502);
	event_set(&e, F_RPORT, role == ROLE_CLIENT ? 9502 : client);
	event_set_text(&e, F_COMM, "web");
	return e;
}

static void state(struct notable *n, uint64_t t, enum role role, uint16_t client, unsigned int from,
		  unsigned int to)
{
	struct event e = event_at(t, EVENT_STATE, role, client);

	event_set(&e, F_OLD, from);
	event_set(&e, F_NEW, to);
	if (role == ROLE_SERVER && to == TCP_STATE_ESTABLISHED)
		event_set(&e, F_QUEUED, true);
	notable_event(n, &e);
}

/* Four events: both ends to ESTABLISHED. */
static void handshake(struct notable *n, uint64_t t, uint16_t client)
{
	state(n, t, ROLE_CLIENT, client, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT);
	state(n, t + 1, ROLE_SERVER, client, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);
	state(n, t + 2, ROLE_CLIENT, client, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED);
	state(n, t + 3, ROLE_SERVER, client, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED);
}

static void accepted(struct notable *n, uint64_t t, uint16_t client, uint64_t wait)
{
	struct event e = event_at(t, EVENT_ACCEPT, ROLE_SERVER, client);

	event_set(&e, F_ACCEPT_WAIT_NS, wait);
	event_field(&e, F_FD)->i = -5;
	notable_event(n, &e);
}

static void closed(struct notable *n, uint64_t t, enum role role, uint16_t client,
		   enum close_reason end)
{
	static uint64_t states[TCP_STATE_COUNT] = {[TCP_STATE_ESTABLISHED] = 12345};
	struct event e = event_at(t, EVENT_CLOSE, role, client);

	event_set_enum(&e, F_END, end);
	event_field(&e, F_STATES)->states = states;
	notable_event(n, &e);
}

static void check_wait(void)
{
	struct notable *n = begin(1 << 20);
	bool ordered = true;

	handshake(n, 1000, 4001);
	accepted(n, 2000, 4001, 1000);
	handshake(n, 3000, 4002);
	ok(!got.count, "a quick accept(): nothing is printed");
	accepted(n, 3000 + 100 * MS, 4002, 100 * MS);
	ok(got.count == 5 && got.type[4] == EVENT_ACCEPT && got.cookie[4] == 4002,
	   "a late one: its story, of both ends, and the accept line");
	for (unsigned int i = 1; i < got.count; i++)
		ordered = ordered && got.t[i] > got.t[i - 1];
	ok(ordered && got.cookie[0] == 104002 && got.cookie[1] == 4002 && !strcmp(got.comm, "web"),
	   "in the order of time, with all fields");
	closed(n, 4 * S, ROLE_CLIENT, 4001, CLOSE_FIN_ACTIVE);
	closed(n, 4 * S, ROLE_SERVER, 4001, CLOSE_FIN_PASSIVE);
	ok(got.count == 5, "the quick one ends: nothing");
	closed(n, 5 * S, ROLE_CLIENT, 4002, CLOSE_FIN_ACTIVE);
	closed(n, 5 * S, ROLE_SERVER, 4002, CLOSE_FIN_PASSIVE);
	ok(got.count == 7 && got.type[6] == EVENT_CLOSE && got.states == 12345,
	   "the late one ends: its close lines come at once");
	ok(notable_counts(n).unprinted == 2 && !notable_counts(n).forgotten,
	   "two sockets were not printed");
	notable_free(n);
}

static void check_queue(void)
{
	struct notable *n = begin(1 << 20);

	handshake(n, 0, 4001);
	notable_tick(n, 99 * MS);
	ok(!got.count, "queued for 99 ms: nothing yet");
	notable_tick(n, 101 * MS);
	ok(got.count == 4, "queued for 101 ms: its story, while it still waits");
	notable_tick(n, 10 * S);
	ok(got.count == 4, "once");
	handshake(n, 11 * S, 4002);
	state(n, 11 * S + 10, ROLE_SERVER, 4002, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE);
	ok(got.count == 9, "reset while queued");
	handshake(n, 12 * S, 4003);
	accepted(n, 12 * S + 10, 4003, 7);
	state(n, 12 * S + 20, ROLE_SERVER, 4003, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE);
	closed(n, 12 * S + 20, ROLE_SERVER, 4003, CLOSE_RST_RECEIVED);
	ok(got.count == 9, "reset after accept() is nothing special");
	handshake(n, 13 * S, 4004);
	state(n, 13 * S + 10, ROLE_SERVER, 4004, TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK);
	state(n, 13 * S + 20, ROLE_SERVER, 4004, TCP_STATE_LAST_ACK, TCP_STATE_CLOSE);
	closed(n, 13 * S + 20, ROLE_SERVER, 4004, CLOSE_FIN_PASSIVE);
	ok(got.count == 9, "a FIN of the server's: accept() was not seen, but it took it");
	notable_free(n);
}

static void check_rest(void)
{
	struct notable *n = begin(1 << 20);
	struct event e;

	state(n, 1, ROLE_CLIENT, 4001, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT);
	e = event_at(2, EVENT_RETRANSMIT, ROLE_CLIENT, 4001);
	notable_event(n, &e);
	ok(got.count == 2 && got.type[1] == EVENT_RETRANSMIT, "a SYN is sent again");
	state(n, 3, ROLE_CLIENT, 4002, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT);
	e = event_at(4, EVENT_DROP, ROLE_SERVER, 4002);
	e.present[F_COOKIE / 64] &= ~(UINT64_C(1) << F_COOKIE % 64);
	notable_event(n, &e);
	ok(got.count == 4 && got.type[2] == EVENT_STATE && got.cookie[2] == 104002 &&
		   got.type[3] == EVENT_DROP,
	   "refused: with what the client's end did");
	state(n, 5, ROLE_CLIENT, 4003, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT);
	closed(n, 6, ROLE_CLIENT, 4003, CLOSE_REFUSED);
	ok(got.count == 6, "connect() failed");
	state(n, 4, ROLE_CLIENT, 4006, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT);
	e = event_at(5, EVENT_RESET, ROLE_SERVER, 4006);
	e.present[F_COOKIE / 64] &= ~(UINT64_C(1) << F_COOKIE % 64);
	notable_event(n, &e);
	state(n, 6, ROLE_CLIENT, 4006, TCP_STATE_SYN_SENT, TCP_STATE_CLOSE);
	closed(n, 7, ROLE_CLIENT, 4006, CLOSE_REFUSED);
	ok(got.count == 10 && got.type[7] == EVENT_RESET && !notable_counts(n).unprinted,
	   "with the RST that no socket sent");
	state(n, 7, ROLE_SERVER, 4004, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);
	e = event_at(8, EVENT_STATE, ROLE_SERVER, 4004);
	event_set(&e, F_NEW, TCP_STATE_ESTABLISHED);
	event_set(&e, F_HANDSHAKE_NS, S);
	notable_event(n, &e);
	ok(got.count == 12, "a long handshake");
	event_init(&e, EVENT_LISTENER, 9);
	notable_event(n, &e);
	ok(got.count == 13, "lines of listeners pass");
	handshake(n, 20, 4005);
	accepted(n, 30, 4005, 5);
	state(n, 40, ROLE_CLIENT, 4005, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT);
	state(n, 41, ROLE_SERVER, 4005, TCP_STATE_LAST_ACK, TCP_STATE_CLOSE);
	closed(n, 42, ROLE_SERVER, 4005, CLOSE_FIN_PASSIVE);
	closed(n, 60 * S, ROLE_CLIENT, 4005, CLOSE_FIN_ACTIVE);
	ok(got.count == 13 && notable_counts(n).unprinted == 2,
	   "what is in TIME_WAIT is let go; its close line comes to nothing");
	notable_free(n);
}

static void check_bound(void)
{
	struct notable *n = begin(16 << 10);

	for (uint16_t i = 0; i < 1000; i++) {
		handshake(n, i * 10u, (uint16_t)(10000 + i));
		accepted(n, i * 10u + 5, (uint16_t)(10000 + i), 2);
	}
	ok(!got.count && notable_counts(n).unprinted == 2000 && notable_counts(n).forgotten > 1900,
	   "bounded: the oldest are forgotten, and counted");
	notable_free(n);
}

static void check_stories(void)
{
	struct stories *ss = stories_new(1 << 20, NULL, NULL);
	const uint64_t cookies[] = {4002, 999, 4001};

	memset(&got, 0, sizeof(got));
	for (uint16_t client = 4001; client <= 4003; client++) {
		for (int i = 0; i < 2; i++) {
			struct event e = event_at(client + (uint64_t)i, EVENT_STATE,
						  i ? ROLE_SERVER : ROLE_CLIENT, client);

			story_add(ss, stories_begin(ss, &e), &e);
		}
	}
	stories_print(ss, cookies, 3, print, NULL);
	ok(got.count == 4 && got.cookie[0] == 104002 && got.cookie[1] == 4002 &&
		   got.cookie[2] == 104001 && got.cookie[3] == 4001,
	   "the stories of these cookies, each with its other end");
	stories_free(ss);
}

/* --overload thin: of what did not begin here nothing is printed, and a told story stays told. */
static void check_whole(void)
{
	const struct notable_config config = {.slow_ns = 100 * MS,
					      .slow_handshake_ns = S,
					      .accepts_seen = true,
					      .max_bytes = 6000,
					      .whole = true};
	struct notable *n = notable_new(&config, print, NULL);

	memset(&got, 0, sizeof(got));
	accepted(n, 10, 4001, 200 * MS);
	closed(n, 20, ROLE_SERVER, 4001, CLOSE_NEVER_ACCEPTED);
	ok(!got.count, "whole: a connection whose begin was not seen is not printed");
	handshake(n, 1000, 4002);
	accepted(n, 2000 + 200 * MS, 4002, 200 * MS);
	ok(got.count == 5 && notable_counts(n).printed == 2, "one that began here is, both ends");
	for (uint16_t i = 0; i < 40; i++)
		handshake(n, 300 * MS + i * 10u, (uint16_t)(5000 + i));
	ok(notable_counts(n).forgotten > 0 && got.count == 5, "others are let go for want of room");
	accepted(n, 350 * MS, 5000, 150 * MS);
	ok(got.count == 5, "one that was let go is not half told");
	closed(n, S, ROLE_SERVER, 4002, CLOSE_FIN_PASSIVE);
	closed(n, S, ROLE_CLIENT, 4002, CLOSE_FIN_ACTIVE);
	ok(got.count == 7 && got.cookie[6] == 104002, "the one that was told is told to its end");
	notable_free(n);
}

int main(void)
{
	check_wait();
	check_queue();
	check_rest();
	check_bound();
	check_stories();
	check_whole();
	return done();
}
