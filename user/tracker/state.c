// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/state.h"

#include <stdio.h>

#include "tracker/tracked.h"

/* ---- states ---- */

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

static void emit_gap(struct tracker *t, uint64_t at, const struct conn *c, const char *what,
		     unsigned int from, unsigned int to)
{
	struct event *e = line_begin(&t->lines, EVENT_VERIFY, at);
	char text[96];

	snprintf(text, sizeof(text), "%s: %s to %s", what, tcp_state_name(from),
		 tcp_state_name(to));
	line_conn(&t->lines, c, listener_of(t, c));
	event_set_text(e, F_DIFFERENCE, text);
	line_emit(&t->lines);
}

/*
 * Begins the line of a transition of c, and makes it. The caller adds what this transition knows,
 * then tells the line. NULL: the line is not wanted (--raw).
 */
struct event *state_enter(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state,
			  unsigned int new_state)
{
	struct event *e = NULL;
	uint64_t ns;
	bool timed = c->state == old_state && spent_in_state(c, at, &ns);

	if (c->state && c->state != old_state && old_state != TCP_STATE_LISTEN) {
		emit_gap(t, at, c, "a transition is missing", c->state, old_state);
		c->t_state = 0;
		c->t_begin = 0;
	}
	if (!tcp_transition_legal(old_state, new_state))
		emit_gap(t, at, c, "not a legal transition", old_state, new_state);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, old_state);
		event_set(e, F_NEW, new_state);
		if (timed)
			event_set(e, F_IN_OLD_NS, ns);
	}
	enter(c, new_state, at);
	if (e)
		line_conn(&t->lines, c, listener_of(t, c));
	return e;
}

void state_emit(struct tracker *t, struct event *e)
{
	if (e)
		line_emit(&t->lines);
}

/* ---- the end of a life ---- */

const char *state_close_reason(const struct conn *c)
{
	if (conn_is(c, CONN_TIMED_OUT))
		return "timeout";
	if (conn_is(c, CONN_UNREACHABLE))
		return "unreachable";
	if (conn_is(c, CONN_RST_RECEIVED | CONN_REFUSED))
		return "rst_received";
	if (conn_is(c, CONN_LISTENER_GONE))
		return "listener_closed";
	if (conn_is(c, CONN_RST_SENT))
		return "rst_sent";
	return NULL;
}

static const char *end_of(const struct conn *c)
{
	bool listening_ended = conn_is(c, CONN_LISTENER_GONE) && !conn_is(c, CONN_ACCEPTED);

	if (listening_ended)
		return "never_accepted";
	if (conn_is(c, CONN_TIMED_OUT))
		return "timeout";
	if (conn_is(c, CONN_UNREACHABLE))
		return "unreachable";
	if (conn_is(c, CONN_REFUSED))
		return "refused";
	if (conn_is(c, CONN_RST_RECEIVED))
		return "rst_received";
	if (conn_is(c, CONN_RST_SENT))
		return "rst_sent";
	if (c->visited >> TCP_STATE_CLOSING & 1)
		return "fin_simultaneous";
	if (c->visited >> TCP_STATE_FIN_WAIT1 & 1)
		return "fin_active";
	if (c->visited >> TCP_STATE_CLOSE_WAIT & 1 || c->visited >> TCP_STATE_LAST_ACK & 1)
		return "fin_passive";
	return "unknown";
}

/*
 * The last line of c at `at`; c ended at `ended` (0: not yet, the stream ends first). c is gone
 * afterwards.
 */
void state_end(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended)
{
	struct event *e = line_begin(&t->lines, EVENT_CLOSE, at);
	/*
	 * One that is queued even now may still be handed out: a corpse, at the end of the stream.
	 */
	bool never = c->role == ROLE_SERVER && conn_accept_known(c) &&
		     !conn_is(c, CONN_ACCEPTED | CONN_QUEUED) &&
		     (conn_is(c, CONN_WAS_QUEUED) || c->visited >> TCP_STATE_ESTABLISHED & 1);

	if (never)
		t->never_accepted++;
	event_set_text(e, F_END, end_of(c));
	line_conn(&t->lines, c, listener_of(t, c));
	line_isns(&t->lines, c);
	line_life(&t->lines, c, ended);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_PREEXISTING))
		event_set(e, F_PREEXISTING, true);
	line_emit(&t->lines);
	ended_remember(t, c->cookie);
	tracked_forget(t, c);
}
