// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/state.h"

#include <stdio.h>

#include "tracker/tracked.h"
#include "tracker/translated.h"

/* ---- transitions ---- */

static bool spent_in_state(const struct conn *c, uint64_t t, uint64_t *ns)
{
	if (!c->t_state || t < c->t_state)
		return false;
	*ns = t - c->t_state;
	return true;
}

static void enter(struct conn *c, unsigned int state, uint64_t t)
{
	int slot = slot_of_state(c->state);
	uint64_t ns;

	if (slot >= 0 && spent_in_state(c, t, &ns)) {
		c->spent[slot] = ns;
		c->timed |= (uint16_t)(1u << c->state);
	}
	c->state = (uint8_t)state;
	c->visited |= (uint16_t)(1u << state);
	c->t_state = t;
}

static void verify_line(struct tracker *t, uint64_t at, const struct conn *c, const char *text)
{
	struct event *e = line_begin(&t->lines, EVENT_VERIFY, at);

	line_conn(&t->lines, c, listener_of(t, c));
	event_set_text(e, F_DIFFERENCE, text);
	line_emit(&t->lines);
}

void state_differs(struct tracker *t, uint64_t at, const struct conn *c, const char *what,
		   unsigned int from, unsigned int to)
{
	char text[96];

	snprintf(text, sizeof(text), "%s: %s to %s", what, tcp_state_name(from),
		 tcp_state_name(to));
	verify_line(t, at, c, text);
}

void state_not_seen_to_begin(struct tracker *t, uint64_t at, const struct conn *c)
{
	char text[96];

	snprintf(text, sizeof(text), "corrected after a loss: it is in %s, and was not known",
		 tcp_state_name(c->state));
	verify_line(t, at, c, text);
}

struct event *state_enter(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state,
			  unsigned int new_state)
{
	struct event *e;
	uint64_t ns;
	bool timed = c->state == old_state && spent_in_state(c, at, &ns);

	/* A request's LISTEN is the listener's state: it leaves no gap. */
	if (c->state && c->state != old_state && old_state != TCP_STATE_LISTEN) {
		state_differs(t, at, c, "a transition is missing", c->state, old_state);
		c->t_state = 0;
		c->t_begin = 0;
		tracked_meet_peer(t, c);
	}
	if (!tcp_transition_legal(old_state, new_state))
		state_differs(t, at, c, "not a legal transition", old_state, new_state);
	e = line_begin(&t->lines, EVENT_STATE, at);
	event_set(e, F_OLD, old_state);
	event_set(e, F_NEW, new_state);
	if (timed)
		event_set(e, F_IN_OLD_NS, ns);
	enter(c, new_state, at);
	line_conn(&t->lines, c, listener_of(t, c));
	return e;
}

/* ---- the end ---- */

enum cause state_cause(const struct conn *c)
{
	static const enum cause causes[] = {
		[END_ABORTED] = CAUSE_ABORTED,
		[END_RST_SENT] = CAUSE_RST_SENT,
		[END_RST_RECEIVED] = CAUSE_RST_RECEIVED,
		[END_REFUSED] = CAUSE_RST_RECEIVED,
		[END_UNREACHABLE] = CAUSE_UNREACHABLE,
		[END_TIMED_OUT] = CAUSE_TIMEOUT,
		[END_NO_LOCAL_PORT] = CAUSE_NO_LOCAL_PORT,
		[END_NO_SYN] = CAUSE_NO_SYN,
		[END_REPAIR] = CAUSE_REPAIR,
		[END_REFUSED_BY_ICMP] = CAUSE_REFUSED_BY_ICMP,
	};

	/* When a listener closes the kernel resets its children: that RST is not the cause. */
	if (c->stage == STAGE_FLUSHED && c->end_cause <= END_RST_SENT)
		return CAUSE_LISTENER_CLOSED;
	return causes[c->end_cause];
}

static bool was_in(const struct conn *c, unsigned int state)
{
	return c->visited >> state & 1;
}

static enum close_reason close_reason_of(const struct conn *c)
{
	static const enum close_reason ends[] = {
		[END_ABORTED] = CLOSE_ABORTED,
		[END_RST_SENT] = CLOSE_RST_SENT,
		[END_RST_RECEIVED] = CLOSE_RST_RECEIVED,
		[END_REFUSED] = CLOSE_REFUSED,
		[END_UNREACHABLE] = CLOSE_UNREACHABLE,
		[END_TIMED_OUT] = CLOSE_TIMEOUT,
		[END_CLOSED_CONNECTING] = CLOSE_CONNECTING,
		[END_NO_LOCAL_PORT] = CLOSE_NO_LOCAL_PORT,
		[END_NO_SYN] = CLOSE_NO_SYN,
		[END_REFUSED_BY_ICMP] = CLOSE_REFUSED_BY_ICMP,
		[END_REPAIR] = CLOSE_TAKEN_AWAY,
	};

	if (c->stage == STAGE_FLUSHED)
		return CLOSE_NEVER_ACCEPTED;
	if (c->end_cause)
		return ends[c->end_cause];
	if (was_in(c, TCP_STATE_CLOSING))
		return CLOSE_FIN_SIMULTANEOUS;
	if (was_in(c, TCP_STATE_FIN_WAIT1))
		return CLOSE_FIN_ACTIVE;
	if (was_in(c, TCP_STATE_CLOSE_WAIT) || was_in(c, TCP_STATE_LAST_ACK))
		return CLOSE_FIN_PASSIVE;
	return CLOSE_UNKNOWN;
}

/* At the end of the stream one that is still queued may yet be accepted, even if it was reset. */
static bool never_accepted(const struct conn *c)
{
	if (c->role != ROLE_SERVER || !conn_accept_known(c) || c->stage == STAGE_ACCEPTED ||
	    c->stage == STAGE_QUEUED)
		return false;
	return c->stage != STAGE_NONE || was_in(c, TCP_STATE_ESTABLISHED);
}

/* A client whose SYN came to nothing. */
static bool never_established(const struct conn *c)
{
	return c->role == ROLE_CLIENT && was_in(c, TCP_STATE_SYN_SENT) &&
	       !was_in(c, TCP_STATE_ESTABLISHED) && !was_in(c, TCP_STATE_SYN_RECV) &&
	       !conn_is(c, CONN_PREEXISTING) && !conn_is(c, CONN_PAST_UNKNOWN);
}

static void close_line(struct tracker *t, const struct conn *c, uint64_t at, uint64_t ended)
{
	struct event *e = line_begin(&t->lines, EVENT_CLOSE, at);

	event_set_enum(e, F_END, close_reason_of(c));
	line_conn(&t->lines, c, listener_of(t, c));
	line_isns(&t->lines, c);
	line_errno(&t->lines, c);
	line_life(&t->lines, c, ended);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_PREEXISTING))
		event_set(e, F_PREEXISTING, true);
	translated_line(t, c);
	line_emit(&t->lines);
}

void state_end(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended)
{
	/* Otherwise facts were lost: it may have been accepted, or not. */
	if (!conn_is(c, CONN_PAST_UNKNOWN))
		tracked_count_unseen(t, c, at);
	t->never_accepted += never_accepted(c);
	t->never_established += never_established(c);
	close_line(t, c, at, ended);
	ended_remember(t, c->cookie, c);
	tracked_forget(t, c);
}
