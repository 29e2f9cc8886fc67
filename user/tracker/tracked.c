// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/tracked.h"

#include <stdlib.h>

void tracked_forget(struct tracker *t, struct conn *c)
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
		tracked_forget(t, c);
	}
}

struct conn *tracked_add(struct tracker *t, const struct fact_sock *s, bool request)
{
	struct conn *c;

	make_room(t, request);
	c = conn_add(t->conns, s, request);
	if (c)
		t->connections++;
	else
		t->evicted++;
	if (c && t->thin)
		c->flags |= CONN_THINNED;
	return c;
}

void tracker_thin(struct tracker *t, bool on)
{
	t->thin = on;
}

void tracked_promote(struct tracker *t, struct conn *c)
{
	make_room(t, false);
	conn_promote(t->conns, c);
}

#define ENDED_MAX 65536

/* Sockets that ended lately, by cookie % ENDED_MAX. */
struct ended {
	uint64_t cookie[ENDED_MAX];
	uint64_t listener[ENDED_MAX]; /* cookie of it */
	uint8_t role[ENDED_MAX], role_basis[ENDED_MAX];
};

struct ended *ended_new(void)
{
	return calloc(1, sizeof(struct ended));
}

static uint64_t *count_of(struct tracker *t, const struct conn *c)
{
	if (conn_is(c, CONN_DOUBTFUL))
		return &t->doubtful;
	return conn_is(c, CONN_PREEXISTING) ? &t->connections_before : &t->connections;
}

static void count_as(struct tracker *t, struct conn *c, uint32_t flag)
{
	--*count_of(t, c);
	c->flags |= flag;
	++*count_of(t, c);
}

void tracked_existed_before(struct tracker *t, struct conn *c)
{
	count_as(t, c, CONN_PREEXISTING);
}

void tracked_adopted(struct tracker *t, struct conn *c)
{
	if (t->walked && (t->lost || t->evicted))
		count_as(t, c, CONN_DOUBTFUL);
}

void tracked_meet_peer(struct tracker *t, struct conn *c)
{
	struct conn *other = conn_is(c, CONN_PEER_TRACED) ? NULL : conn_other_end(t->conns, c);

	if (other && !conn_is(other, CONN_PEER_TRACED))
		tracked_count_once(t, c);
}

void tracked_count_unseen(struct tracker *t, struct conn *c, uint64_t at)
{
	struct listener *l = listener_of(t, c);

	/* A subflow that joins an MPTCP connection has a socket, and was never queued. */
	if (!l || c->stage != STAGE_ACCEPT_UNSEEN || conn_is(c, CONN_UNSEEN_COUNTED | CONN_MPTCP))
		return;
	listener_accept_unseen(l, at, true);
	t->unseen++;
	c->flags |= CONN_UNSEEN_COUNTED;
}

void tracked_count_once(struct tracker *t, struct conn *c)
{
	c->flags |= CONN_PEER_TRACED;
	--*count_of(t, c);
}

void ended_remember(struct tracker *t, uint64_t cookie, const struct conn *c)
{
	const struct listener *l = c && c->role == ROLE_SERVER ? listener_of(t, c) : NULL;
	size_t i = cookie % ENDED_MAX;

	if (!cookie)
		return;
	t->ended->cookie[i] = cookie;
	t->ended->listener[i] = l ? l->cookie : 0;
	t->ended->role[i] = c ? c->role : ROLE_LISTENER;
	t->ended->role_basis[i] = c ? c->role_basis : ROLE_SEEN;
}

bool ended_lately(const struct tracker *t, uint64_t cookie)
{
	return cookie && t->ended->cookie[cookie % ENDED_MAX] == cookie;
}

bool ended_was(const struct tracker *t, uint64_t cookie, struct ended_conn *was)
{
	size_t i = cookie % ENDED_MAX;

	if (!ended_lately(t, cookie))
		return false;
	*was = (struct ended_conn){.role = (enum role)t->ended->role[i],
				   .role_basis = (enum role_basis)t->ended->role_basis[i],
				   .listener = t->ended->listener[i]};
	return true;
}
