// SPDX-License-Identifier: BSD-2-Clause
/* What existed before the tracer: the kernel's tables, read once the hooks are attached. */
#include <string.h>

#include "tracker/accept_queue.h"
#include "tracker/figures.h"
#include "tracker/handlers.h"
#include "tracker/identity.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

/* ---- a listener ---- */

static void learn_listener(struct tracker *t, struct listener *l, const struct fact_existing *f)
{
	listener_learn(t->listeners, l, f->s.cookie, f->s.sk);
	l->family = f->s.family;
	l->ifindex = f->s.ifindex;
	memcpy(l->addr, f->s.laddr, sizeof(l->addr));
	l->addr_known = true;
	if (f->syn_limit)
		l->syn_limit = f->syn_limit;
	owner_holds_listener(t, l, f->h.t, &f->task);
}

/* A walk tells a listener once for each process that holds it. */
#define SAME_WALK_NS (50 * NS_MS)

struct others {
	const struct listener *l;
	bool any;
};

static void find_other(void *ctx, struct listener *o)
{
	struct others *s = ctx;

	s->any |= o != s->l && o->alive && o->netns == s->l->netns && o->port == s->l->port;
}

static struct port_cookies *cookies_of_port(struct tracker *t, const struct listener *l)
{
	return &t->port_cookies[(l->netns * 31 + l->port) % PORT_COOKIES_MAX];
}

/* What earlier listeners of the port had sent, as far as it is known. */
static uint64_t cookies_before(struct tracker *t, const struct listener *l)
{
	const struct port_cookies *p = cookies_of_port(t, l);

	return p->netns == l->netns && p->port == l->port ? p->sent : 0;
}

/*
 * Cookies are counted by port, since the tracer began. What was sent before this listener began is
 * not its own. A verdict compares what was sent between two walks with what completed meanwhile;
 * where several listeners have the port, whose clients came back is not known.
 */
static void learn_cookies(struct tracker *t, struct listener *l, const struct fact_existing *f)
{
	struct others others = {.l = l};
	uint64_t sent = f->cookies_sent;

	l->flood.t = f->h.t;
	if (!l->cookies_known)
		l->cookies_before = l->t_state ? cookies_before(t, l) : 0;
	l->cookies_known = true;
	*cookies_of_port(t, l) = (struct port_cookies){l->netns, l->port, sent};
	sent = sent > l->cookies_before ? sent - l->cookies_before : 0;
	l->flood.sent = sent > l->cookies_sent ? sent - l->cookies_sent : 0;
	l->flood.completed = l->completed - l->flood.completed_before;
	l->flood.completed_before = l->completed;
	l->cookies_sent = sent > l->cookies_sent ? sent : l->cookies_sent;
	if (!l->flood.sent)
		return;
	listeners_each(t->listeners, find_other, &others);
	if (others.any)
		l->flood.sent = 0;
}

static void listener_line(struct tracker *t, const struct listener *l,
			  const struct fact_existing *f)
{
	struct event *e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);

	event_set(e, F_SOCKET_STATE, TCP_STATE_LISTEN);
	line_listener(&t->lines, l);
	line_queues(&t->lines, l);
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	event_set(e, F_DROPS_TOTAL, l->drops);
	event_set(e, F_PREEXISTING, true);
	line_emit(&t->lines);
}

static void existing_listener(struct tracker *t, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);

	if (l && !l->alive)
		return;
	/*
	 * A hook may have named it before it had a cookie. Its address cannot be compared: a row of
	 * the kernel's tables does not hold it.
	 */
	if (!l)
		l = listener_without_cookie(t->listeners, f->s.netns, f->s.lport);
	if (!l)
		l = listener_add(t->listeners, f->s.cookie, f->s.sk, f->s.netns, f->s.lport,
				 f->h.t);
	if (!l)
		return;
	learn_listener(t, l, f);
	if (f->syn_limit && f->h.t >= l->flood.t + SAME_WALK_NS) /* a walk, and its first holder */
		learn_cookies(t, l, f);
	figures_refresh(t, l, f->h.t, &f->q);
	/*
	 * t_state: it began to listen before our eyes. Else it existed, even if a hook named it
	 * first.
	 */
	if (t->walked || l->preexisting || l->t_state)
		return;
	l->preexisting = true;
	listener_line(t, l, f);
}

/* ---- a connection, or a request ---- */

static void conn_line(struct tracker *t, const struct conn *c, const struct fact_existing *f)
{
	struct event *e = line_begin(&t->lines, EVENT_SOCKET, f->h.t);

	event_set(e, F_SOCKET_STATE, c->state);
	line_conn(&t->lines, c, listener_of(t, c));
	if (f->fd >= 0)
		event_field(e, F_FD)->i = f->fd;
	/*
	 * In the queue: also where accept() cannot be seen and its stage is unseen from the start.
	 */
	if (c->stage == STAGE_QUEUED || c->stage == STAGE_ACCEPT_UNSEEN)
		event_set(e, F_QUEUED, true);
	if (conn_is(c, CONN_WAIT_AT_LEAST) && f->h.t > c->t_established)
		line_wait(&t->lines, c, f->h.t - c->t_established);
	event_set(e, F_PREEXISTING, true);
	line_emit(&t->lines);
}

static void list_conn(struct tracker *t, struct conn *c, const struct fact_existing *f)
{
	c->flags |= CONN_LISTED;
	conn_line(t, c, f);
}

/* A hook named it before its row came. */
static void known_conn(struct tracker *t, struct conn *c, const struct fact_existing *f)
{
	conn_learn_cookie(t->conns, c, f->s.cookie);
	if (t->walked)
		owner_holds(t, c, f->h.t, &f->task);
	else if (!c->pid)
		owner_from_task(t, c, &f->task);
	if (!c->pid)
		owner_from_listener(c, listener_of(t, c));
	if (!t->walked && conn_is(c, CONN_PREEXISTING) && !conn_is(c, CONN_LISTED) &&
	    c->state == f->s.state)
		list_conn(t, c, f);
}

/* The listener of c, and where c stands with its accept queue: no file holds one that waits. */
static void find_place(struct tracker *t, struct conn *c, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->listener_cookie);
	bool open = c->state == TCP_STATE_ESTABLISHED || c->state == TCP_STATE_CLOSE_WAIT;

	if (!l)
		l = listener_by_port(t->listeners, &f->s);
	identity_infer_role(t, c, &f->s, l);
	if (c->role == ROLE_SERVER && f->inode)
		c->stage = STAGE_ACCEPTED;
	if (!l || c->role != ROLE_SERVER)
		return;
	listener_attach(t->listeners, c, l);
	if (open && !f->inode) {
		accept_queue_add(t, l, c);
		if (f->h.flags & FACT_F_QUEUED_SINCE) {
			c->t_established = f->queued_since;
			c->flags |= CONN_WAIT_AT_LEAST;
		}
	}
	if (!f->inode && (open || conn_is(c, CONN_REQUEST)))
		owner_from_listener(c, l);
}

static void existing_conn(struct tracker *t, const struct fact_existing *f)
{
	bool request = f->s.state == TCP_STATE_SYN_RECV && !f->inode;
	struct conn *c = identity_find(t, &f->s);

	if (c && conn_is(c, CONN_REQUEST) && f->s.state == TCP_STATE_TIME_WAIT)
		return; /* a new SYN has ended it, and has its ends now */
	if (c) {
		known_conn(t, c, f);
		return;
	}
	/*
	 * After the first walk all that existed is known: an unknown row ended, or began, while the
	 * tables were read.
	 */
	if (t->walked || ended_lately(t, f->s.cookie))
		return;
	c = tracked_add(t, &f->s, request);
	if (!c)
		return;
	c->state = (uint8_t)f->s.state;
	c->visited = (uint16_t)(1u << c->state);
	tracked_existed_before(t, c);
	c->t_last = f->h.t;
	owner_from_task(t, c, &f->task);
	if (conn_other_end(t->conns, c))
		tracked_count_once(t, c);
	if (request && f->retrans < UINT8_MAX)
		c->synack_retrans = (uint8_t)f->retrans;
	find_place(t, c, f);
	list_conn(t, c, f);
	/* Where the end of TIME_WAIT cannot be seen no other fact will come. */
	if (c->state == TCP_STATE_TIME_WAIT && tracker_absent(t, KNOW_TIME_WAIT_END))
		tracked_forget(t, c);
}

/* ---- after a loss: what the kernel has, against what the tracker believes ---- */

static void correct_listener(struct tracker *t, const struct fact_existing *f)
{
	struct listener *l = listener_by_cookie(t->listeners, f->s.cookie);

	if (!l)
		l = listener_without_cookie(t->listeners, f->s.netns, f->s.lport);
	if (f->s.state == TCP_STATE_LISTEN)
		existing_listener(t, f);
	else if (l && l->alive)
		listen_lost(t, l, f->h.t);
}

/*
 * Gone, or handed over to a timewait socket whose end no hook sees. (An orphan in FIN_WAIT2 that is
 * not handed over yet looks the same.)
 */
static bool is_over(const struct tracker *t, const struct fact_existing *f)
{
	if (f->s.state == TCP_STATE_TIME_WAIT || (f->s.state == TCP_STATE_FIN_WAIT2 && !f->inode))
		return tracker_absent(t, KNOW_TIME_WAIT_END);
	return f->s.state == TCP_STATE_CLOSE;
}

/* It ended unseen: it may have been accepted before that. */
static void end_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	if (conn_is(c, CONN_REQUEST))
		figures_uncount_request(t, c);
	listener_dequeue(t->listeners, t->conns, c);
	if (c->stage != STAGE_ACCEPTED)
		c->stage = STAGE_ACCEPT_UNSEEN;
	state_end(t, c, at, 0);
}

static struct conn *adopt(struct tracker *t, const struct fact_sock *s)
{
	if (s->state == TCP_STATE_SYN_RECV)
		return identity_adopt_request(t, s, listener_by_port(t->listeners, s));
	return identity_adopt(t, s, s->state);
}

/*
 * Without a loss a request is not known where the hook is its SYN-ACK's, which may still wait for
 * the client's link address.
 */
static bool is_repair(const struct tracker *t, const struct fact_existing *f)
{
	return !(f->h.flags & FACT_F_TOLD) &&
	       (f->s.state != TCP_STATE_SYN_RECV || tracker_exact(t, KNOW_SYN_RECV_BEGIN));
}

static void correct_conn(struct tracker *t, const struct fact_existing *f)
{
	struct conn *c = identity_find(t, &f->s);
	bool over = is_over(t, f);

	if (!c && !over) {
		c = adopt(t, &f->s);
		if (c && is_repair(t, f))
			state_not_seen_to_begin(t, f->h.t, c);
	}
	if (!c)
		return;
	if (c->state != f->s.state && !(f->h.flags & FACT_F_TOLD))
		state_differs(t, f->h.t, c, "corrected after a loss", c->state, f->s.state);
	/* What it did meanwhile, and when, is not known: no duration is either. */
	c->flags |= CONN_PAST_UNKNOWN;
	c->t_begin = c->t_state = 0;
	/* It outlived its listener: somebody has it. */
	if (c->stage == STAGE_FLUSHED)
		c->stage = STAGE_ACCEPT_UNSEEN;
	if (over) {
		end_unseen(t, c, f->h.t);
		return;
	}
	if (conn_is(c, CONN_REQUEST) && f->s.state != TCP_STATE_SYN_RECV)
		tracked_promote(t, c);
	c->state = (uint8_t)f->s.state;
	c->visited |= (uint16_t)(1u << c->state);
	conn_learn_cookie(t->conns, c, f->s.cookie);
	tracked_meet_peer(t, c);
}

/* ---- the facts ---- */

void tracker_on_existing(struct tracker *t, const struct fact_hdr *h)
{
	const struct fact_existing *f = (const struct fact_existing *)h;

	if (h->flags & FACT_F_AGAIN && (f->s.state == TCP_STATE_LISTEN || !f->s.rport))
		correct_listener(t, f);
	else if (h->flags & FACT_F_AGAIN)
		correct_conn(t, f);
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
