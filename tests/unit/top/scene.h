/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.h - a server in trouble and one that is well, for the tests of the full-screen view: what
 * the model hears of them, and their connections.
 */
#ifndef TEST_TOP_SCENE_H
#define TEST_TOP_SCENE_H

#include <string.h>
#include <sys/socket.h>

#include "../listing/rows.h"
#include "base/units.h"
#include "event/event.h"
#include "event/tcp.h"
#include "listing/listing.h"
#include "top/model.h"

#define T0     (1000 * NS_S)
#define STUCK  0x9a
#define WELL   0x9b
#define NETNS  4026531840u
#define OFFSET ((INT64_C(1795343490) - 1000) * 1000000000) /* T0 is 2026-11-22T10:31:30Z */
#define SENTENCE                                                                             \
	"sleeping: server[4711] thread 4711 sleeps in nanosleep() for 12.0 s, and no other " \
	"thread waits for the listener"

static const uint8_t scene_lo[16] = {127, 0, 0, 1};
static const uint8_t scene_peer[16] = {10, 0, 0, 9};

static struct event scene_event(enum event_type type, uint64_t t, uint64_t listener)
{
	struct event e;

	event_init(&e, type, t);
	e.family = AF_INET;
	event_field(&e, F_LADDR)->addr = scene_lo;
	event_set(&e, F_LPORT, listener == STUCK ? 9502 : 8080);
	event_set(&e, F_NETNS, NETNS);
	event_set(&e, F_PID, listener == STUCK ? 4711 : 812);
	event_set_text(&e, F_COMM, listener == STUCK ? "server" : "a-long-name-her");
	if (type == EVENT_LISTENER || type == EVENT_WHY) {
		event_set_enum(&e, F_ROLE, ROLE_LISTENER);
		event_set(&e, F_COOKIE, listener);
	} else {
		event_set_enum(&e, F_ROLE, ROLE_SERVER);
		event_set(&e, F_LISTENER, listener);
		event_field(&e, F_RADDR)->addr = scene_peer;
		event_set(&e, F_RPORT, 33818);
	}
	return e;
}

static void scene_listener(struct model *m, uint64_t t, uint64_t listener, uint64_t queue,
			   uint64_t backlog, enum verdict verdict, const char *advice)
{
	struct event e = scene_event(EVENT_LISTENER, t, listener);

	event_set(&e, F_ACCEPT_QUEUE, queue);
	event_set(&e, F_BACKLOG, backlog);
	event_set(&e, F_SYN_QUEUE, 1);
	event_set_enum(&e, F_VERDICT, verdict);
	event_set(&e, F_REFUSED, 0);
	event_set_text(&e, F_ADVICE, advice);
	model_event(m, &e);
}

static void scene_completed(struct model *m, uint64_t t, uint64_t listener, uint64_t queue)
{
	struct event e = scene_event(EVENT_STATE, t, listener);

	event_set(&e, F_NEW, TCP_STATE_ESTABLISHED);
	event_set(&e, F_HANDSHAKE_NS, 52 * NS_US);
	event_set(&e, F_ACCEPT_QUEUE, queue);
	model_event(m, &e);
}

static void scene_accepted(struct model *m, uint64_t t, uint64_t listener, uint64_t wait)
{
	struct event e = scene_event(EVENT_ACCEPT, t, listener);

	event_set(&e, F_ACCEPT_WAIT_NS, wait);
	event_set(&e, F_ACCEPT_QUEUE, 0);
	event_field(&e, F_FD)->i = 7;
	model_event(m, &e);
}

static void scene_refused(struct model *m, uint64_t t, uint64_t listener, bool believes)
{
	struct event e = scene_event(EVENT_DROP, t, listener);

	event_set(&e, F_COUNT, 1);
	event_set_enum(&e, F_DROP_REASON, DROP_ACCEPT_QUEUE_FULL);
	event_set_enum(&e, F_SEGMENT, believes ? SEGMENT_ACK : SEGMENT_SYN);
	if (believes)
		event_set(&e, F_CLIENT_BELIEVES, true);
	model_event(m, &e);
}

/* Half a minute: one listener fills its queue of five and refuses, the other takes what comes. */
__attribute__((unused)) static void scene_play(struct model *m)
{
	struct event e;

	scene_listener(m, T0, STUCK, 0, 4, VERDICT_OK, "");
	scene_listener(m, T0, WELL, 0, 128, VERDICT_OK, "");
	for (uint64_t s = 1; s <= 30; s++) {
		for (uint64_t i = 0; i < s * 3 % 20 + 1; i++) {
			scene_completed(m, T0 + s * NS_S + i * NS_MS, WELL, 1);
			scene_accepted(m, T0 + s * NS_S + i * NS_MS + 40 * NS_US, WELL,
				       (40 + i) * NS_US);
		}
		if (s > 10 && s <= 20 && s % 2)
			scene_completed(m, T0 + s * NS_S + 500 * NS_MS, STUCK, (s - 9) / 2);
		if (s > 20 && s % 3 == 0)
			scene_refused(m, T0 + s * NS_S + 600 * NS_MS, STUCK, s == 24);
	}
	scene_listener(m, T0 + 30 * NS_S + 700 * NS_MS, STUCK, 5, 4, VERDICT_APP_STUCK,
		       "no accept() for 19.2 s while 5 connections wait");
	scene_refused(m, T0 + 30 * NS_S + 800 * NS_MS, STUCK, false);
	e = scene_event(EVENT_WHY, T0 + 30 * NS_S + 850 * NS_MS, STUCK);
	event_set_enum(&e, F_DIAGNOSIS, DIAGNOSIS_SLEEPING);
	event_set_text(&e, F_SENTENCE, strchr(SENTENCE, ' ') + 1);
	model_event(m, &e);
	model_tick(m, T0 + 31 * NS_S);
}

/* One in the queue, one that hangs, and one at work, of each listener's side. */
__attribute__((unused)) static void scene_rows(struct listing *l)
{
	struct fact_existing e = row_socket(TCP_STATE_ESTABLISHED, 0x10, 9502, 33818);
	struct listing_figures f = row_figures(19200, 19200, 19200, 18);
	struct listing_row row;

	e.s.netns = NETNS;
	e.listener_cookie = STUCK;
	listing_row_make(&row, &e, &f, LISTING_QUEUED);
	listing_add(l, &row);
	e = row_socket(TCP_STATE_ESTABLISHED, 0x11, 8080, 51324);
	e.s.netns = NETNS;
	row_owner(&e, 812, "a-long-name-her", 9);
	f = row_figures(8000, 8000, 8000, 0);
	listing_row_make(&row, &e, &f, LISTING_CONNECTION);
	listing_add(l, &row);
	e = row_socket(TCP_STATE_ESTABLISHED, 0x12, 8080, 51326);
	e.s.netns = NETNS;
	row_owner(&e, 812, "a-long-name-her", 10);
	f = row_figures(4, 8, 4, 0);
	listing_row_make(&row, &e, &f, LISTING_CONNECTION);
	listing_add(l, &row);
	listing_finish(l, &(struct listing_wants){0});
}

#endif
