// SPDX-License-Identifier: BSD-2-Clause
/* What was there before us: the kernel's tables, read once the hooks are attached. */
#include <string.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

static void existing_listener(struct tracker *t, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);
	struct event *e;

	if (l && !l->alive)
		return;
	/*
	 * A hook may have named it before, when it had no cookie yet; rows do not tell the address
	 * of the socket.
	 */
	if (!l)
		l = listener_without_cookie(t->listeners, f->s.netns, f->s.lport);
	if (!l)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport,
				 f->h.t);
	if (!l)
		return;
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	l->family = f->s.family;
	memcpy(l->addr, f->s.laddr, sizeof(l->addr));
	l->addr_known = true;
	if (!l->pid && f->task.pid) {
		l->pid = f->task.pid;
		l->name = names_id(t->names, f->task.comm);
		names_learn(t->names, l->pid, l->name);
	}
	figures_refresh(t, l, f->h.t, &f->q);
	/* Also one that a hook has named before its row came: unless we saw it begin to listen. */
	if (t->walked || l->preexisting || l->t_state)
		return;
	l->preexisting = true;
	e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);
	event_set(e, F_SOCKET_STATE, TCP_STATE_LISTEN);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	event_set(e, F_DROPS_TOTAL, l->drops);
	event_set(e, F_PREEXISTING, true);
	line_emit(&t->lines);
}

static void emit_existing(struct tracker *t, struct conn *c, const struct fact_existing *f)
{
	struct event *e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);

	c->flags |= CONN_LISTED;
	event_set(e, F_SOCKET_STATE, c->state);
	line_conn(&t->lines, c, listener_of(t, c));
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	if (conn_is(c, CONN_QUEUED | CONN_ACCEPT_UNSEEN))
		event_set(e, F_QUEUED, true);
	event_set(e, F_PREEXISTING, true);
	line_emit(&t->lines);
}

static void existing_conn(struct tracker *t, const struct fact_existing *f)
{
	struct conn *c = identity_find(t, &f->s);
	struct listener *l;
	bool request = f->s.state == TCP_STATE_SYN_RECV && !f->inode;

	if (c && conn_is(c, CONN_REQUEST) && f->s.state == TCP_STATE_TIME_WAIT)
		return; /* a new SYN has ended it and has its ends now */
	if (c) {
		conn_learn_cookie(t->conns, c, f->s.cookie);
		if (!c->pid)
			owner_from_task(t, c, &f->task);
		if (!c->pid)
			owner_from_listener(c, listener_of(t, c));
		/* A hook named it before its row came. */
		if (!t->walked && conn_is(c, CONN_PREEXISTING) && !conn_is(c, CONN_LISTED) &&
		    c->state == f->s.state)
			emit_existing(t, c, f);
		return;
	}
	/*
	 * After the first walk whatever is unknown is a race of the table with the stream, not a
	 * socket older than us.
	 */
	if (t->walked || ended_lately(t, f->s.cookie))
		return;
	c = tracked_add(t, &f->s, request);
	if (!c)
		return;
	c->state = (uint8_t)f->s.state;
	c->visited = (uint16_t)(1u << c->state);
	c->flags |= CONN_PREEXISTING;
	c->t_last = f->h.t;
	owner_from_task(t, c, &f->task);
	if (conn_other_end(t->conns, c)) {
		c->flags |= CONN_PEER_TRACED;
		t->connections--; /* one connection, both ends seen */
	}
	if (request && f->retrans < UINT8_MAX)
		c->synack_retrans = (uint8_t)f->retrans;
	l = listener_by_cookie(t->listeners, f->listener_cookie);
	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	if (l || listener_at_port(t->listeners, &f->s))
		c->role = ROLE_SERVER;
	if (c->role == ROLE_SERVER && f->inode)
		c->flags |= CONN_ACCEPTED;
	if (l) {
		listener_attach(t->listeners, c, l);
		if (!f->inode &&
		    (c->state == TCP_STATE_ESTABLISHED || c->state == TCP_STATE_CLOSE_WAIT)) {
			accept_queue_add(t, l, c);
			owner_from_listener(c, l);
		} else if (request) {
			owner_from_listener(c, l);
		}
	}
	emit_existing(t, c, f);
	/* Nothing more will be heard of it where the end of TIME_WAIT is not to be seen. */
	if (c->state == TCP_STATE_TIME_WAIT && tracker_absent(t, KNOW_TIME_WAIT_END)) {
		tracked_forget(t, c);
	}
}

/* ---- after a loss: what the kernel has, against what we believe ---- */

static void put_listener_right(struct tracker *t, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);

	if (!l)
		l = listener_without_cookie(t->listeners, f->s.netns, f->s.lport);
	if (f->s.state == TCP_STATE_LISTEN)
		existing_listener(t, f);
	else if (l && l->alive)
		listen_lost(t, l, f->h.t);
}

/* Half open, and its SYN was lost. */
static struct conn *adopt_request(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c = tracked_add(t, s, true);
	struct listener *l = listener_by_port(t->listeners, s);

	if (!c)
		return NULL;
	c->role = ROLE_SERVER;
	c->state = TCP_STATE_SYN_RECV;
	listener_attach(t->listeners, c, l);
	owner_from_listener(c, l);
	return c;
}

/*
 * Gone, or handed over to a timewait socket whose end nobody will tell: its story is over. (An
 * orphan in FIN_WAIT2 that is not handed over yet looks the same.)
 */
static bool is_over(const struct tracker *t, const struct fact_existing *f)
{
	if (f->s.state == TCP_STATE_TIME_WAIT || (f->s.state == TCP_STATE_FIN_WAIT2 && !f->inode))
		return tracker_absent(t, KNOW_TIME_WAIT_END);
	return f->s.state == TCP_STATE_CLOSE;
}

static void put_conn_right(struct tracker *t, const struct fact_existing *f)
{
	struct conn *c = identity_find(t, &f->s);
	bool over = is_over(t, f);

	if (!c && over)
		return;
	if (!c)
		c = f->s.state == TCP_STATE_SYN_RECV ? adopt_request(t, &f->s)
						     : identity_adopt(t, &f->s, f->s.state);
	if (!c)
		return;
	c->flags |= CONN_PAST_UNKNOWN;
	c->flags &= ~(uint32_t)CONN_LISTENER_GONE;
	/* What it did meanwhile, and when, is not known: no duration is told of it. */
	c->t_begin = c->t_state = 0;
	if (over) {
		if (conn_is(c, CONN_REQUEST))
			figures_uncount_request(t, c);
		/* It may have been accepted. */
		if (!conn_is(c, CONN_ACCEPTED))
			c->flags |= CONN_ACCEPT_UNSEEN;
		listener_dequeue(t->listeners, t->conns, c);
		state_end(t, c, f->h.t, 0);
		return;
	}
	if (conn_is(c, CONN_REQUEST) && f->s.state != TCP_STATE_SYN_RECV)
		tracked_promote(t, c);
	c->state = (uint8_t)f->s.state;
	c->visited |= (uint16_t)(1u << c->state);
	conn_learn_cookie(t->conns, c, f->s.cookie);
}

void tracker_on_existing(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_existing *f = (const struct fact_existing *)h;

	if (h->flags & FACT_F_AGAIN && (f->s.state == TCP_STATE_LISTEN || !f->s.rport))
		put_listener_right(t, f);
	else if (h->flags & FACT_F_AGAIN)
		put_conn_right(t, f);
	else if (f->s.state == TCP_STATE_LISTEN)
		existing_listener(t, f);
	else
		existing_conn(t, f);
}

void tracker_on_existing_end(struct tracker *t, const struct fact_hdr *h)
{
	(void)h;
	t->walked = true;
}
