// SPDX-License-Identifier: BSD-2-Clause
/*
 * step.c - what the ladder keeps of an event, in the order of time.
 */
#include "view/ladder/step.h"

#include <stdio.h>
#include <string.h>

#include "event/tcp.h"

void ladder_owner(const struct event *e, bool utf8, char out[32])
{
	const char *comm = event_text(e, F_COMM);
	char name[24] = "";

	if (comm)
		text_clean(name, sizeof(name), comm, 10, utf8);
	if (event_has(e, F_PID))
		snprintf(out, 32, *name ? "%s[%u]" : "%spid %u", name, (unsigned int)e->v[F_PID].u);
	else
		snprintf(out, 32, "%s", name);
}

static uint32_t small(const struct event *e, enum field f)
{
	uint64_t v = event_get(e, f);

	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static uint8_t reason_of(const struct event *e)
{
	enum field f = e->type == EVENT_STATE	? F_REASON
		       : e->type == EVENT_RESET ? F_RESET_REASON
						: F_DROP_REASON;

	return (uint8_t)event_enum(e, f);
}

/* A discarded segment that belongs to no request is a SYN if its number is told as the client's. */
bool ladder_segment_is_syn(const struct event *e)
{
	if (event_enum(e, F_SEGMENT) == SEGMENT_OTHER)
		return event_has(e, F_CLIENT_ISN) && !event_has(e, F_SERVER_ISN);
	return event_enum(e, F_SEGMENT) == SEGMENT_SYN || event_enum(e, F_WHAT) == RESENT_SYN;
}

struct step ladder_make_step(const struct event *e, int side, bool utf8)
{
	enum field wait = e->type == EVENT_ACCEPT  ? F_ACCEPT_WAIT_NS
			  : e->type == EVENT_CLOSE ? F_LIFE_NS
			  : event_enum(e, F_ROLE) == ROLE_CLIENT || side == CLIENT ? F_CONNECT_NS
										   : F_HANDSHAKE_NS;
	struct step s = {
		.t = e->t,
		.type = (uint8_t)e->type,
		.side = (uint8_t)side,
		.from = (uint8_t)event_get(e, F_OLD),
		.to = (uint8_t)event_get(e, e->type == EVENT_STATE ? F_NEW : F_SOCKET_STATE),
		.syn = ladder_segment_is_syn(e),
		.synack = event_enum(e, F_SEGMENT) == SEGMENT_SYNACK,
		.sent = event_enum(e, F_DIR) == DIRECTION_SENT,
		.believes = event_get(e, F_CLIENT_BELIEVES),
		.queued = event_get(e, F_QUEUED),
		.fastopen = event_get(e, F_FASTOPEN),
		.defers = event_get(e, F_DEFER_ACCEPT),
		.io_uring = event_enum(e, F_VIA) == VIA_IO_URING,
		.reason = reason_of(e),
		.syncookie = event_get(e, F_SYNCOOKIE),
		.before_accept = event_get(e, F_COMPLETED_BEFORE_ACCEPT),
		.unaccepted = event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED),
		.has_wait =
			event_has(e, wait) && (wait != F_ACCEPT_WAIT_NS || event_wait_measured(e)),
		.has_syn_queue = event_has(e, F_SYN_QUEUE),
		.has_accept_queue = event_has(e, F_ACCEPT_QUEUE),
		.has_backlog = event_has(e, F_BACKLOG),
		.has_fd = event_has(e, F_FD),
		.has_bytes = event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT),
		.syn_queue = small(e, F_SYN_QUEUE),
		.accept_queue = small(e, F_ACCEPT_QUEUE),
		.backlog = small(e, F_BACKLOG),
		.attempt = small(e, F_ATTEMPT),
		.fd = event_has(e, F_FD) ? (int32_t)e->v[F_FD].i : -1,
		.wait_ns = event_get(e, wait),
		.waited_ns = e->type == EVENT_SOCKET ? event_get(e, F_ACCEPT_WAIT_NS) : 0,
		.call_ns = event_get(e, F_CALL_NS),
		.bytes_in = event_get(e, F_BYTES_IN),
		.bytes_out = event_get(e, F_BYTES_OUT),
	};

	if (s.call_ns > s.t)
		s.call_ns = 0;
	if (e->type == EVENT_ACCEPT)
		ladder_owner(e, utf8, s.owner);
	return s;
}

/* The other end reports a RST that is a step already. It may know the reason. */
static bool pair_reset(struct ladder *c, const struct step *s)
{
	for (unsigned int i = 0; i < c->count; i++) {
		struct step *o = &c->steps[i];

		if (o->type != EVENT_RESET || o->side == s->side || o->sent == s->sent || o->paired)
			continue;
		o->paired = true;
		if (!o->reason)
			o->reason = s->reason;
		return true;
	}
	return false;
}

const struct step *ladder_unexplained_reset(const struct ladder *c)
{
	const struct step *reset = NULL;
	bool ended = false;

	for (const struct step *s = c->steps; s < c->steps + c->count; s++) {
		if (s->type == EVENT_DROP)
			return NULL;
		if (s->type == EVENT_RESET && s->side == SERVER && s->sent)
			reset = s;
		ended |= s->type == EVENT_STATE && s->side == SERVER &&
			 s->from == TCP_STATE_SYN_RECV && s->to == TCP_STATE_CLOSE;
	}
	return ended ? reset : NULL;
}

void ladder_add_step(struct ladder *c, const struct step *s)
{
	const struct step *reset =
		s->type == EVENT_DROP && !s->syn && !s->synack ? ladder_unexplained_reset(c) : NULL;
	uint64_t t = s->t;
	unsigned int at = c->count;

	if (s->type == EVENT_RESET && pair_reset(c, s))
		return;
	if (reset)
		t = reset->t; /* the ACK was refused by then */
	if (c->count == LADDER_STEPS) {
		if (s->type != EVENT_CLOSE) {
			c->more++;
			return;
		}
		at = --c->count; /* the end of a connection matters more than the step before */
		if (c->drawn > c->count)
			c->drawn = c->count;
		else
			c->more++;
	}
	while (at > 0 && (c->steps[at - 1].t > t || (reset && c->steps[at - 1].t == t)))
		at--;
	memmove(c->steps + at + 1, c->steps + at, (c->count - at) * sizeof(*s));
	c->steps[at] = *s;
	c->steps[at].t = t;
	c->count++;
	if (at < c->drawn)
		c->drawn++; /* too late to be drawn in its place */
}

bool ladder_has(const struct ladder *c, enum ladder_side side, unsigned int to)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_STATE && c->steps[i].side == side &&
		    c->steps[i].to == to)
			return true;
	return false;
}

bool ladder_simultaneous(const struct ladder *c)
{
	return ladder_has(c, CLIENT, TCP_STATE_SYN_RECV);
}

uint64_t ladder_waits_since(const struct ladder *c, bool *before)
{
	bool existed = false;
	uint64_t since = 0;

	if (c->done[SERVER])
		return 0;
	for (unsigned int i = 0; i < c->count; i++) {
		const struct step *s = &c->steps[i];

		if (s->side != SERVER)
			continue;
		if (s->type == EVENT_ACCEPT)
			return 0;
		if (s->queued && !since) {
			since = s->t - s->waited_ns;
			existed = s->type == EVENT_SOCKET;
		}
	}
	if (since && existed && before)
		*before = true;
	return since;
}
