// SPDX-License-Identifier: BSD-2-Clause
/*
 * What every part of a life needs: owners, bounded memory, moving from state to state, the last
 * line.
 */
#include "tracker/state.h"

#include <stdio.h>
#include <string.h>

bool life_exact(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_EXACT;
}

bool life_absent(const struct tracker *t, enum fact_name name)
{
	return t->config.facts.fact[name].is == FACT_IS_ABSENT;
}

struct listener *life_listener(struct tracker *t, const struct conn *c)
{
	return listener_get(t->listeners, c->listener);
}

/* ---- owners ---- */

void life_own(struct tracker *t, struct conn *c, const struct fact_task *task)
{
	if (!task->pid)
		return;
	c->pid = task->pid;
	c->name = names_id(t->names, task->comm);
	names_learn(t->names, c->pid, c->name);
}

/* A fact that carries a pid alone: a user of the socket. Its name, if we have heard it. */
void life_own_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid)
{
	if (!(h->flags & FACT_F_OWNED) || !pid || c->pid == pid)
		return;
	c->pid = pid;
	c->name = names_of_pid(t->names, pid);
}

void life_own_as(struct conn *c, const struct listener *l)
{
	if (!l || conn_is(c, CONN_ACCEPTED) || !l->pid)
		return;
	c->pid = l->pid;
	c->name = l->name;
}

void life_attach(struct tracker *t, struct conn *c, struct listener *l)
{
	if (life_listener(t, c) != l)
		listener_dequeue(t->listeners, t->conns, c);
	listener_attach(t->listeners, c, l);
}

void life_enqueue(struct tracker *t, struct listener *l, struct conn *c)
{
	if (!life_absent(t, KNOW_ACCEPT)) {
		listener_enqueue(t->listeners, t->conns, l, c);
		return;
	}
	listener_attach(t->listeners, c, l);
	c->flags |= CONN_ACCEPT_UNSEEN;
}

/*
 * Somebody has it: its accept() is about to return, or its fact was lost, or it is one that no hook
 * sees, as those of the kernel itself (NFS), of 32-bit programs by tracepoint, and of io_uring into
 * fixed files.
 */
void life_taken_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	struct listener *l = life_listener(t, c);

	if (l)
		l->accept_unseen = true;
	listener_dequeue(t->listeners, t->conns, c);
	c->flags |= CONN_ACCEPT_UNSEEN;
	c->flags &= ~(uint32_t)CONN_LISTENER_GONE;
	if (conn_is(c, CONN_CLOSED))
		life_tell_close(t, c, at, c->t_state);
}

/* ---- memory, bounded ---- */

static void forget(struct tracker *t, struct conn *c)
{
	listener_dequeue(t->listeners, t->conns, c);
	listener_attach(t->listeners, c, NULL);
	conn_remove(t->conns, c);
}

static void make_room(struct tracker *t, bool request)
{
	struct conn *c;

	while (conn_full(t->conns, request) && (c = conn_oldest(t->conns, request))) {
		t->evicted++;
		forget(t, c);
	}
}

struct conn *life_add(struct tracker *t, const struct fact_sock *s, bool request)
{
	struct conn *c;

	make_room(t, request);
	c = conn_add(t->conns, s, request);
	if (c)
		t->connections++;
	else
		t->evicted++;
	return c;
}

void life_promote(struct tracker *t, struct conn *c)
{
	make_room(t, false);
	conn_promote(t->conns, c);
}

struct conn *life_find(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c = conn_by_cookie(t->conns, s->cookie);

	if (c || !s->lport || !s->rport)
		return c;
	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (!c->cookie || !s->cookie)
			return c;
	return NULL;
}

struct conn *life_adopt(struct tracker *t, const struct fact_sock *s, unsigned int state)
{
	struct conn *c = life_add(t, s, false);

	if (!c)
		return NULL;
	c->state = (uint8_t)state;
	c->visited = (uint16_t)(1u << state);
	/*
	 * Once the tables have been read, what is not known is not older than us: its facts were
	 * lost.
	 */
	c->flags |= CONN_PAST_UNKNOWN | (t->walked ? 0 : CONN_PREEXISTING);
	if (listener_at_port(t->listeners, s)) {
		c->role = ROLE_SERVER;
		listener_attach(t->listeners, c, listener_by_port(t->listeners, s));
	}
	return c;
}

void life_remember_ended(struct tracker *t, uint64_t cookie)
{
	if (cookie)
		t->closed[cookie % CLOSED_MAX] = cookie;
}

bool life_ended_lately(const struct tracker *t, uint64_t cookie)
{
	return cookie && t->closed[cookie % CLOSED_MAX] == cookie;
}

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

static void tell_gap(struct tracker *t, uint64_t at, const struct conn *c, const char *what,
		     unsigned int from, unsigned int to)
{
	struct event *e = line_begin(&t->lines, EVENT_VERIFY, at);
	char text[96];

	snprintf(text, sizeof(text), "%s: %s to %s", what, tcp_state_name(from),
		 tcp_state_name(to));
	line_conn(&t->lines, c, life_listener(t, c));
	event_set_text(e, F_DIFFERENCE, text);
	line_tell(&t->lines);
}

/*
 * Begins the line of a transition of c, and makes it. The caller adds what this transition knows,
 * then tells the line. NULL: the line is not wanted (--raw).
 */
struct event *life_move(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state,
			unsigned int new_state)
{
	struct event *e = NULL;
	uint64_t ns;
	bool timed = c->state == old_state && spent_in_state(c, at, &ns);

	if (c->state && c->state != old_state && old_state != TCP_STATE_LISTEN) {
		tell_gap(t, at, c, "a transition is missing", c->state, old_state);
		c->t_state = 0;
		c->t_begin = 0;
	}
	if (!tcp_transition_legal(old_state, new_state))
		tell_gap(t, at, c, "not a legal transition", old_state, new_state);
	if (!t->config.raw) {
		e = line_begin(&t->lines, EVENT_STATE, at);
		event_set(e, F_OLD, old_state);
		event_set(e, F_NEW, new_state);
		if (timed)
			event_set(e, F_IN_OLD_NS, ns);
	}
	enter(c, new_state, at);
	if (e)
		line_conn(&t->lines, c, life_listener(t, c));
	return e;
}

void life_told(struct tracker *t, struct event *e)
{
	if (e)
		line_tell(&t->lines);
}

void life_tell_raw(struct tracker *t, const struct fact_hdr *h, const struct fact_sock *s,
		   unsigned int old_state, unsigned int new_state)
{
	struct event *e;

	if (!t->config.raw)
		return;
	e = line_begin(&t->lines, EVENT_STATE, h->t);
	event_set(e, F_OLD, old_state);
	event_set(e, F_NEW, new_state);
	event_set(e, F_RAW, true);
	line_ends(&t->lines, s);
	line_tell(&t->lines);
}

/* ---- the end of a life ---- */

const char *life_close_reason(const struct conn *c)
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
void life_tell_close(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended)
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
	line_conn(&t->lines, c, life_listener(t, c));
	line_isns(&t->lines, c);
	line_life(&t->lines, c, ended);
	if (conn_is(c, CONN_SYNCOOKIE))
		event_set(e, F_SYNCOOKIE, true);
	if (conn_is(c, CONN_FASTOPEN))
		event_set(e, F_FASTOPEN, true);
	if (conn_is(c, CONN_PREEXISTING))
		event_set(e, F_PREEXISTING, true);
	line_tell(&t->lines);
	life_remember_ended(t, c->cookie);
	forget(t, c);
}

static void finish_aborted(struct tracker *t, const struct aborted *a, uint64_t at)
{
	struct conn *c = conn_get(t->conns, a->id);

	if (!c || c->cookie != a->cookie || !conn_is(c, CONN_CLOSED) || conn_is(c, CONN_QUEUED))
		return;
	life_tell_close(t, c, at, c->t_state);
}

/* The RST of an aborted connection is sent just after its CLOSE: the last line waits for it. */
void life_wait_for_reset(struct tracker *t, struct conn *c, uint64_t at)
{
	if (t->aborted_count == ABORTED_MAX) {
		finish_aborted(t, &t->aborted[t->aborted_head], at);
		t->aborted_head = (t->aborted_head + 1) % ABORTED_MAX;
		t->aborted_count--;
	}
	t->aborted[(t->aborted_head + t->aborted_count++) % ABORTED_MAX] =
		(struct aborted){.id = conn_id_of(t->conns, c), .cookie = c->cookie, .t = at};
}

void life_finish_aborted(struct tracker *t, uint64_t at, uint64_t now)
{
	while (t->aborted_count && t->aborted[t->aborted_head].t <= at) {
		finish_aborted(t, &t->aborted[t->aborted_head], now);
		t->aborted_head = (t->aborted_head + 1) % ABORTED_MAX;
		t->aborted_count--;
	}
}
