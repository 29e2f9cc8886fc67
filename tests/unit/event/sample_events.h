/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sample_events.h - events made by hand, for the tests of the views: one connection from SYN to
 * TIME_WAIT as a textbook tells it, then a queue that overflows. Both ends on one machine.
 */
#ifndef SOCKSTATE_STORY_H
#define SOCKSTATE_STORY_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "tracker/tracker.h"
#include "view/view.h"

#define US  UINT64_C(1000)
#define MS  UINT64_C(1000000)
#define SEC UINT64_C(1000000000)

/* t = 1000 s is 2026-11-22T10:31:30Z */
#define STORY_T0     (1000 * SEC)
#define STORY_OFFSET ((INT64_C(1795343490) - 1000) * 1000000000)

#define SERVER_PORT 9502

static const uint8_t story_lo[4] = {127, 0, 0, 1};

struct story {
	struct view *v;
	struct event e;
};

/* An event of one end: role 's', 'c' or 'l'. port: the client's. */
static __attribute__((unused)) struct event *at(struct story *s, enum event_type type, uint64_t t,
						char role, unsigned int port)
{
	struct event *e = &s->e;

	event_init(e, type, STORY_T0 + t);
	e->family = AF_INET;
	event_set_enum(e, F_FAMILY, FAMILY_IPV4);
	event_field(e, F_LADDR)->addr = story_lo;
	event_set(e, F_NETNS, 4026531840u);
	if (role == 'l') {
		event_set_enum(e, F_ROLE, ROLE_LISTENER);
		event_set(e, F_COOKIE, 1);
		event_set(e, F_LPORT, SERVER_PORT);
		event_set(e, F_PID, 4711);
		event_set_text(e, F_COMM, "lab");
		return e;
	}
	event_field(e, F_RADDR)->addr = story_lo;
	if (role == 's') {
		event_set_enum(e, F_ROLE, ROLE_SERVER);
		event_set(e, F_COOKIE, 1000 + port);
		event_set(e, F_LISTENER, 1);
		event_set(e, F_LPORT, SERVER_PORT);
		event_set(e, F_RPORT, port);
		event_set(e, F_PID, 4711);
		event_set_text(e, F_COMM, "lab");
	} else {
		event_set_enum(e, F_ROLE, ROLE_CLIENT);
		event_set(e, F_COOKIE, 2000 + port);
		event_set(e, F_LPORT, port);
		event_set(e, F_RPORT, SERVER_PORT);
		event_set(e, F_PID, 4712);
		event_set_text(e, F_COMM, "nc");
	}
	return e;
}

static __attribute__((unused)) struct event *move(struct story *s, uint64_t t, char role,
						  unsigned int port, unsigned int from,
						  unsigned int to, uint64_t in_old)
{
	struct event *e = at(s, EVENT_STATE, t, role, port);

	event_set(e, F_OLD, from);
	event_set(e, F_NEW, to);
	if (in_old)
		event_set(e, F_IN_OLD_NS, in_old);
	return e;
}

static __attribute__((unused)) void isns(struct event *e, unsigned int port)
{
	event_set(e, F_CLIENT_ISN, 653072494u + port - 51234);
	event_set(e, F_SERVER_ISN, 230177331u + port - 51234);
}

static __attribute__((unused)) void queues(struct event *e, unsigned int syn, unsigned int acc)
{
	event_set(e, F_SYN_QUEUE, syn);
	event_set(e, F_ACCEPT_QUEUE, acc);
	event_set(e, F_BACKLOG, 2);
}

static __attribute__((unused)) void tell(struct story *s)
{
	view_event(s->v, &s->e);
}

static __attribute__((unused)) void story_meta(struct story *s)
{
	static struct fact_list facts;
	static struct filter filter = {
		.ports = {{9502, 9502}}, .port_ranges = 1, .ipv4 = true, .ipv6 = true};
	static const char *const argv[] = {"sockstate", "--port", "9502", NULL};
	struct event *e = &s->e;

	for (int i = 0; i < KNOW_COUNT; i++)
		facts.fact[i].is = FACT_IS_EXACT;
	facts.fact[KNOW_SYN_RECV_BEGIN].is = FACT_IS_DERIVED;
	strcpy(facts.fact[KNOW_SYN_RECV_BEGIN].why, "fentry refused: \"EPERM\"");
	strcpy(facts.fact[KNOW_SYN_RECV_BEGIN].by, "net_dev_queue");
	facts.fact[KNOW_TIME_WAIT_END].is = FACT_IS_ABSENT;
	strcpy(facts.fact[KNOW_TIME_WAIT_END].why, "no hook");
	event_init(e, EVENT_META, STORY_T0 - SEC);
	event_set(e, F_SCHEMA, 1);
	event_set_text(e, F_VERSION, "0.1.0");
	event_set_text(e, F_KERNEL, "6.18.44");
	event_set(e, F_BOOT_OFFSET_NS, (uint64_t)STORY_OFFSET);
	event_field(e, F_FILTER)->filter = &filter;
	event_field(e, F_ARGV)->argv = argv;
	event_field(e, F_FACTS)->facts = &facts;
	tell(s);
}

/* SYN, SYN-ACK, ACK, both ends seen; the connection is then `queue` of 2 in the accept queue. */
static __attribute__((unused)) void story_handshake(struct story *s, uint64_t t, unsigned int port,
						    unsigned int queue)
{
	struct event *e;

	e = move(s, t, 'c', port, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	e->present[F_LPORT / 64] &= ~(UINT64_C(1) << F_LPORT % 64); /* not chosen yet */
	tell(s);
	e = move(s, t + 12 * US, 's', port, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV, 0);
	event_set_enum(e, F_BASIS, BASIS_SYN);
	isns(e, port);
	queues(e, 1, queue - 1);
	tell(s);
	e = move(s, t + 38 * US, 'c', port, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, 38 * US);
	event_set(e, F_CONNECT_NS, 38 * US);
	isns(e, port);
	tell(s);
	e = move(s, t + 53 * US, 's', port, TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED, 41 * US);
	event_set_enum(e, F_BASIS, BASIS_SYN);
	event_set(e, F_HANDSHAKE_NS, 41 * US);
	event_set(e, F_SYNACK_RETRANS, 0);
	event_set(e, F_QUEUED, 1);
	isns(e, port);
	queues(e, 0, queue);
	tell(s);
}

static __attribute__((unused)) void story_accept(struct story *s, uint64_t t, unsigned int port,
						 uint64_t wait, uint64_t call)
{
	struct event *e = at(s, EVENT_ACCEPT, t, 's', port);

	event_set(e, F_TID, 4711);
	event_field(e, F_FD)->i = 5;
	event_set(e, F_ACCEPT_WAIT_NS, wait);
	event_set(e, F_CALL_NS, call);
	event_set(e, F_COMPLETED_BEFORE_ACCEPT, call <= wait);
	event_set(e, F_ACCEPT_QUEUE, 0);
	event_set(e, F_BACKLOG, 2);
	tell(s);
}

/* The client closes, the server 30 µs later; life is the server's. */
static __attribute__((unused)) void story_close(struct story *s, uint64_t t, unsigned int port,
						uint64_t life)
{
	static uint64_t states[TCP_STATE_COUNT];
	struct event *e;

	move(s, t, 'c', port, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1, life + 15 * US);
	tell(s);
	move(s, t + 9 * US, 's', port, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, life - 41 * US);
	tell(s);
	move(s, t + 20 * US, 'c', port, TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2, 20 * US);
	tell(s);
	move(s, t + 50 * US, 's', port, TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK, 41 * US);
	tell(s);
	move(s, t + 61 * US, 'c', port, TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT, 41 * US);
	tell(s);
	move(s, t + 75 * US, 's', port, TCP_STATE_LAST_ACK, TCP_STATE_CLOSE, 25 * US);
	tell(s);
	e = at(s, EVENT_CLOSE, t + 75 * US, 's', port);
	event_set_enum(e, F_END, CLOSE_FIN_PASSIVE);
	event_set(e, F_LIFE_NS, life);
	states[TCP_STATE_SYN_RECV] = 41 * US;
	states[TCP_STATE_ESTABLISHED] = life - 41 * US;
	event_field(e, F_STATES)->states = states;
	event_set(e, F_HANDSHAKE_NS, 41 * US);
	event_set(e, F_ACCEPT_WAIT_NS, 2000 * MS);
	event_set(e, F_ACCEPTED, 1);
	event_set(e, F_BYTES_IN, 7);
	event_set(e, F_BYTES_OUT, 18);
	event_set(e, F_RETRANS, 0);
	event_set(e, F_SRTT_NS, 43 * US);
	tell(s);
}

static __attribute__((unused)) void story_drop(struct story *s, uint64_t t, unsigned int port,
					       enum segment segment)
{
	struct event *e = at(s, EVENT_DROP, t, 's', port);

	e->present[F_ROLE / 64] &= ~(UINT64_C(1) << F_ROLE % 64);
	e->present[F_COOKIE / 64] &= ~(UINT64_C(1) << F_COOKIE % 64);
	event_set_enum(e, F_SEGMENT, segment);
	event_set_enum(e, F_DROP_REASON, DROP_ACCEPT_QUEUE_FULL);
	if (segment == SEGMENT_ACK)
		event_set(e, F_CLIENT_BELIEVES, 1);
	else
		event_set(e, F_CLIENT_ISN, 653072494u + port - 51234);
	queues(e, 0, 3);
	tell(s);
}

static __attribute__((unused)) void story_retransmit(struct story *s, uint64_t t, char role,
						     unsigned int port, enum resent_segment what,
						     unsigned int attempt)
{
	struct event *e = at(s, EVENT_RETRANSMIT, t, role, port);

	event_set_enum(e, F_WHAT, what);
	event_set(e, F_ATTEMPT, attempt);
	tell(s);
}

static __attribute__((unused)) void story_listen(struct story *s)
{
	struct event *e = move(s, 0, 'l', 0, TCP_STATE_CLOSE, TCP_STATE_LISTEN, 0);

	event_set(e, F_BACKLOG, 2);
	event_set(e, F_BACKLOG_ASKED, 2);
	event_set(e, F_SOMAXCONN, 4096);
	tell(s);
}

static __attribute__((unused)) void story_summary(struct story *s, uint64_t t)
{
	static uint64_t drops[DROP_REASON_COUNT];
	static struct listener_summary list[] = {{
		.cookie = 1,
		.netns = 4026531840u,
		.family = AF_INET,
		.addr = {127, 0, 0, 1},
		.port = SERVER_PORT,
		.pid = 4711,
		.comm = "lab",
		.completed = 4,
		.accepted = 1,
		.drops = 3,
		.handshake = {4, 41 * US, 44 * US, 44 * US, 44 * US},
		.accept_wait = {1, 2000 * MS, 2000 * MS, 2000 * MS, 2000 * MS},
	}};
	static const struct listener_summaries all = {1, list};
	struct event *e = &s->e;

	drops[DROP_ACCEPT_QUEUE_FULL] = 3;
	event_init(e, EVENT_SUMMARY, STORY_T0 + t);
	event_set(e, F_CONNECTIONS, 5);
	event_set(e, F_ACCEPTED_COUNT, 1);
	event_set(e, F_NEVER_ACCEPTED, 0);
	event_set(e, F_STILL_QUEUED, 3);
	event_field(e, F_DROPS)->drops = drops;
	event_set(e, F_LOST, 12);
	event_field(e, F_LISTENERS)->listeners = &all;
	tell(s);
}

/* Everything. */
static __attribute__((unused)) void story_tell(struct story *s)
{
	struct event *e;

	story_meta(s);
	story_listen(s);
	story_handshake(s, 1123 * MS, 51234, 1);
	story_accept(s, 3123 * MS + 53 * US, 51234, 2000 * MS, 4 * US);
	story_close(s, 3500 * MS, 51234, 2377 * MS);
	story_handshake(s, 5000 * MS, 51236, 1);
	story_handshake(s, 5010 * MS, 51238, 2);
	story_handshake(s, 5020 * MS, 51240, 3);
	e = move(s, 5030 * MS, 'c', 51242, TCP_STATE_CLOSE, TCP_STATE_SYN_SENT, 0);
	tell(s);
	story_drop(s, 5030 * MS + 10 * US, 51242, SEGMENT_SYN);
	story_retransmit(s, 6040 * MS, 'c', 51242, RESENT_SYN, 1);
	story_drop(s, 6040 * MS + 10 * US, 51242, SEGMENT_SYN);
	story_drop(s, 6100 * MS, 51244, SEGMENT_ACK);
	story_retransmit(s, 7120 * MS, 's', 51244, RESENT_SYNACK, 1);
	e = at(s, EVENT_ACCEPT_ERROR, 7200 * MS, 'l', 0);
	event_set_text(e, F_ERRNO, "EMFILE");
	event_set(e, F_COUNT, 12);
	tell(s);
	e = at(s, EVENT_LISTENER, 7300 * MS, 'l', 0);
	queues(e, 0, 3);
	event_set(e, F_ACCEPT_QUEUE_PEAK, 3);
	event_set_enum(e, F_VERDICT, VERDICT_APP_STUCK);
	event_set_text(
		e, F_ADVICE,
		"3 connections have waited 2.3 s and nobody called accept(): look at pid 4711.");
	tell(s);
	e = at(s, EVENT_RESET, 7400 * MS, 's', 51236);
	event_set_enum(e, F_DIR, DIRECTION_RECEIVED);
	tell(s);
	e = move(s, 7400 * MS, 's', 51236, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE, 2399 * MS);
	event_set_enum(e, F_REASON, CAUSE_RST_RECEIVED);
	tell(s);
	e = at(s, EVENT_CLOSE, 7400 * MS, 's', 51236);
	event_set_enum(e, F_END, CLOSE_RST_RECEIVED);
	event_set(e, F_LIFE_NS, 2400 * MS);
	event_set(e, F_ACCEPTED, 0);
	event_set(e, F_BYTES_IN, 1234567);
	event_set(e, F_BYTES_OUT, 0);
	tell(s);
	event_init(&s->e, EVENT_LOST, STORY_T0 + 7500 * MS);
	event_set(&s->e, F_COUNT, 12);
	event_set_enum(&s->e, F_WHERE, FACT_LOST_RING);
	event_set(&s->e, F_TOTAL, 12);
	tell(s);
	story_summary(s, 8000 * MS);
}

/* What a view writes goes to memory. */
static __attribute__((unused)) int story_fd(void)
{
	return memfd_create("story", MFD_CLOEXEC);
}

/* All of it since the last call, NUL terminated; the caller frees it. */
static __attribute__((unused)) char *story_text(struct view *v, int fd)
{
	off_t n;
	char *text;

	view_flush(v);
	n = lseek(fd, 0, SEEK_END);
	text = calloc(1, (size_t)n + 1);
	if (!text || pread(fd, text, (size_t)n, 0) != n || ftruncate(fd, 0))
		abort();
	lseek(fd, 0, SEEK_SET);
	return text;
}

#endif
