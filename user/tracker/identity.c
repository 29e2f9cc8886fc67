// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/identity.h"

#include <stdlib.h>

#include "base/hash.h"
#include "tracker/accept_queue.h"
#include "tracker/state.h"
#include "tracker/tracked.h"

/* ---- which connection ---- */

/*
 * accept() of a connection that is older than the tracer may be the first fact of it, and come
 * before the kernel gave the socket a cookie. The first fact with a cookie names that connection.
 */
static struct conn *find_without_cookie(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c;

	if (!s->cookie || !s->lport || !s->rport)
		return NULL;
	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (!c->cookie && !conn_is(c, CONN_REQUEST)) {
			conn_learn_cookie(t->conns, c, s->cookie);
			return c;
		}
	return NULL;
}

struct conn *conn_of_fact(struct tracker *t, const struct fact_sock *s, unsigned int adopt_state)
{
	struct conn *c = conn_by_cookie(t->conns, s->cookie);

	if (c || ended_lately(t, s->cookie))
		return c;
	c = identity_fast_open(t, s);
	if (!c)
		c = find_without_cookie(t, s);
	return c || !adopt_state ? c : identity_adopt(t, s, adopt_state);
}

struct conn *identity_find(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c = conn_by_cookie(t->conns, s->cookie);

	if (c || !s->lport || !s->rport)
		return c;
	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (!c->cookie || !s->cookie)
			return c;
	return NULL;
}

struct conn *identity_find_request(struct tracker *t, const struct fact_sock *s)
{
	struct conn *c;

	for (c = conn_by_ends(t->conns, s); c; c = conn_by_ends_next(t->conns, s, c))
		if (conn_is(c, CONN_REQUEST))
			return c;
	return NULL;
}

struct conn *identity_match_request(struct tracker *t, const struct fact_established *f)
{
	struct conn *c = conn_by_cookie(t->conns, f->s.cookie);

	if (c)
		return c;
	for (c = conn_by_ends(t->conns, &f->s); c; c = conn_by_ends_next(t->conns, &f->s, c))
		if ((conn_is(c, CONN_REQUEST) || c->state == TCP_STATE_SYN_RECV) &&
		    (!c->isns_known || c->server_isn == f->local_isn))
			return c;
	return NULL;
}

/*
 * An unknown socket is older than the tracer. But once the kernel's tables have been read, all
 * older ones are known: then its earlier facts were lost.
 */
static void past_is_unseen(struct tracker *t, struct conn *c)
{
	c->flags |= CONN_PAST_UNKNOWN;
	if (!t->walked)
		tracked_existed_before(t, c);
	else
		tracked_adopted(t, c);
}

static void infer(struct conn *c, enum role role, enum role_basis basis)
{
	c->role = role;
	c->role_basis = basis;
}

static enum role opposite(enum role role)
{
	return role == ROLE_SERVER ? ROLE_CLIENT : ROLE_SERVER;
}

/* Both ends have called connect(), and their SYNs have crossed: neither is a server. */
static bool opened_at_once(const struct conn *client)
{
	return client->visited >> TCP_STATE_SYN_RECV & 1 || client->state == TCP_STATE_SYN_SENT;
}

/* What the other end tells. Of the ports both ends know the same: that tells nothing more. */
static enum role role_by_peer(const struct conn *other)
{
	if (!other || !other->role || other->role_basis == ROLE_BY_PORT)
		return ROLE_UNKNOWN;
	if (other->role == ROLE_CLIENT && opened_at_once(other))
		return ROLE_CLIENT;
	return opposite(other->role);
}

void identity_infer_role(struct tracker *t, struct conn *c, const struct fact_sock *s,
			 const struct listener *l)
{
	const struct filter *f = &t->config.filter;
	struct conn *other = conn_other_end(t->conns, c);
	bool local = filter_asks_for_port(f, s->lport), remote = filter_asks_for_port(f, s->rport);
	enum role by_peer = role_by_peer(other);

	if (c->state == TCP_STATE_SYN_SENT)
		conn_has_role(c, ROLE_CLIENT); /* whatever listens at its port */
	else if (l || listener_at_port(t->listeners, s))
		infer(c, ROLE_SERVER, ROLE_BY_LISTENER);
	else if (by_peer)
		infer(c, by_peer, ROLE_BY_PEER);
	else if (local != remote)
		infer(c, local ? ROLE_SERVER : ROLE_CLIENT, ROLE_BY_PORT);
	/* Now that of the other end follows, if its own was not known. */
	by_peer = role_by_peer(c);
	if (other && by_peer && (!other->role || other->role_basis == ROLE_BY_PORT))
		infer(other, by_peer, ROLE_BY_PEER);
}

struct conn *identity_adopt(struct tracker *t, const struct fact_sock *s, unsigned int state)
{
	struct conn *c = tracked_add(t, s, false);

	if (!c)
		return NULL;
	c->state = (uint8_t)state;
	c->visited = (uint16_t)(1u << state);
	past_is_unseen(t, c);
	identity_infer_role(t, c, s, NULL);
	if (c->role == ROLE_SERVER)
		listener_attach(t->listeners, c, listener_by_port(t->listeners, s));
	return c;
}

struct conn *identity_adopt_request(struct tracker *t, const struct fact_sock *s,
				    struct listener *l)
{
	struct conn *c = tracked_add(t, s, true);

	if (!c)
		return NULL;
	conn_has_role(c, ROLE_SERVER);
	c->state = TCP_STATE_SYN_RECV;
	past_is_unseen(t, c);
	listener_attach(t->listeners, c, l);
	owner_from_listener(c, l);
	return c;
}

/* ---- queued before a fact named their ends ---- */

#define EARLY_BITS 6

/* By the child's address: a newer one takes the place of an older. */
struct early_children {
	struct fact_enqueue fact[1 << EARLY_BITS];
};

struct early_children *early_new(void)
{
	return calloc(1, sizeof(struct early_children));
}

static struct fact_enqueue *early_slot(struct tracker *t, uint64_t child)
{
	return &t->early->fact[hash_u64(child, EARLY_BITS)];
}

void early_remember(struct tracker *t, const struct fact_enqueue *f)
{
	if (f->child)
		*early_slot(t, f->child) = *f;
}

static struct fact_enqueue *find_early(struct tracker *t, const struct fact_sock *s, uint64_t at)
{
	struct fact_enqueue *q = early_slot(t, s->sk);

	if (!s->sk || q->child != s->sk || (q->child_cookie && q->child_cookie != s->cookie))
		return NULL;
	/*
	 * The kernel reuses addresses at once, so an old enqueue may be another socket's. Only the
	 * child of a fast open may wait for long, for the ACK that makes it ESTABLISHED.
	 */
	if (!(q->h.flags & FACT_F_FASTOPEN) && at > q->h.t + ENQUEUE_WAIT)
		return NULL;
	return q;
}

bool early_take(struct tracker *t, const struct fact_sock *s, uint64_t at, struct fact_enqueue *q)
{
	struct fact_enqueue *early = find_early(t, s, at);

	if (!early)
		return false;
	*q = *early;
	early->child = 0;
	return true;
}

/* Its SYN came when it was queued; only now are its ends known. */
static void fast_open_line(struct tracker *t, struct conn *c, const struct fact_queues *q)
{
	struct event *e = state_enter(t, c, c->t_begin, TCP_STATE_LISTEN, TCP_STATE_SYN_RECV);

	event_set_enum(e, F_BASIS, BASIS_SYN);
	event_set(e, F_FASTOPEN, true);
	event_set(e, F_QUEUED, true);
	event_set(e, F_ACCEPT_QUEUE, q->accept_queue);
	event_set(e, F_BACKLOG, q->backlog);
	line_emit(&t->lines);
}

struct conn *identity_fast_open(struct tracker *t, const struct fact_sock *s)
{
	struct fact_enqueue *q = find_early(t, s, 0);
	struct listener *l;
	struct conn *c;

	/* lport is the listener's, and a child that was steered to it has another. */
	if (!q || !(q->h.flags & FACT_F_FASTOPEN) ||
	    (q->rport ? q->rport != s->rport : q->lport != s->lport))
		return NULL;
	q->child = 0;
	c = tracked_add(t, s, false);
	if (!c)
		return NULL;
	conn_has_role(c, ROLE_SERVER);
	c->flags |= CONN_FASTOPEN;
	c->stage = STAGE_LEFT;
	c->t_begin = c->t_last = q->h.t;
	l = listener_by_queues(t->listeners, &q->q);
	if (l)
		accept_queue_add(t, l, c);
	owner_from_listener(c, l);
	fast_open_line(t, c, &q->q);
	return c;
}

/* ---- owners ---- */

/* One walk over all open files takes less, and two are further apart than one takes. */
#define WALK_NS (500 * NS_MS)

void owner_from_task(struct tracker *t, struct conn *c, const struct fact_task *task)
{
	if (!task->pid)
		return;
	c->pid = task->pid;
	c->name = names_id(t->names, task->comm);
	names_learn(t->names, c->pid, c->name);
}

void owner_from_pid(struct tracker *t, struct conn *c, const struct fact_hdr *h, uint32_t pid)
{
	if (!(h->flags & FACT_F_OWNED) || !pid)
		return;
	c->flags |= CONN_OWNER_ACTED;
	if (c->pid == pid)
		return;
	c->pid = pid;
	c->name = names_of_pid(t->names, pid);
}

void owner_doubt(struct tracker *t, struct conn *c)
{
	uint64_t accepted = conn_is(c, CONN_WAIT_KNOWN) ? c->t_established + c->accept_wait : 0;

	if (c->stage != STAGE_ACCEPTED || conn_is(c, CONN_OWNER_ACTED) ||
	    !names_forked_since(t->names, c->pid, accepted))
		return;
	c->pid = c->name = 0;
}

void owner_holds(struct tracker *t, struct conn *c, uint64_t at, const struct fact_task *task)
{
	if (!task->pid || conn_is(c, CONN_REQUEST) || c->stage == STAGE_QUEUED)
		return;
	/* Another process has it. If the owner had it too a walk would have met that one. */
	if (c->pid && c->pid != task->pid && (!c->t_last || at < c->t_last + WALK_NS)) {
		if (!c->t_last)
			c->t_last = at;
		return;
	}
	owner_from_task(t, c, task);
	c->flags |= CONN_OWNER_ACTED;
	c->t_last = at;
}

void owner_of_listener(struct tracker *t, struct listener *l, const struct fact_task *task)
{
	if (!task->pid)
		return;
	if (l->pid != task->pid)
		l->owner_t = t->t_now;
	l->pid = task->pid;
	l->name = names_id(t->names, task->comm);
	names_learn(t->names, l->pid, l->name);
}

void owner_holds_listener(struct tracker *t, struct listener *l, uint64_t at,
			  const struct fact_task *task)
{
	if (!task->pid)
		return;
	if (!l->pid || l->pid == task->pid) {
		owner_of_listener(t, l, task);
		l->owner_t = at;
		return;
	}
	/* Of several holders the one that called listen() is the last choice: a master does. */
	if (l->heir_t + WALK_NS > at && l->heir && l->heir != l->opener)
		return;
	l->heir = task->pid;
	l->heir_name = names_id(t->names, task->comm);
	l->heir_t = at;
	names_learn(t->names, l->heir, l->heir_name);
}

void owner_inherit_listener(struct listener *l)
{
	if (!l->heir || l->heir_t < l->owner_t + WALK_NS)
		return;
	l->pid = l->heir;
	l->name = l->heir_name;
	l->owner_t = l->heir_t;
	l->heir = 0;
}

void owner_from_listener(struct conn *c, const struct listener *l)
{
	if (!l || c->stage == STAGE_ACCEPTED || !l->pid)
		return;
	c->pid = l->pid;
	c->name = l->name;
}
