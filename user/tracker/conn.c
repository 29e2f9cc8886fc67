// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Entries live in chunks that never move, so that pointers stay good while the table grows. */
#define CHUNK_BITS 12
#define CHUNK	   (1u << CHUNK_BITS)
#define HASH_FIRST 1024u

struct lru {
	conn_id oldest, newest;
	size_t count, max;
};

struct conn_table {
	struct conn **chunks;
	uint32_t chunk_count;
	uint32_t used; /* ids 1 to used have been given out */
	conn_id free;  /* chain through next_cookie */
	conn_id *by_cookie, *by_ends;
	uint32_t mask;	   /* of both hashes */
	struct lru lru[2]; /* [1]: requests */
};

struct conn_table *conn_table_new(size_t max_connections, size_t max_requests)
{
	struct conn_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->mask = HASH_FIRST - 1;
	t->by_cookie = calloc(HASH_FIRST, sizeof(conn_id));
	t->by_ends = calloc(HASH_FIRST, sizeof(conn_id));
	t->lru[false].max = max_connections;
	t->lru[true].max = max_requests;
	if (!t->by_cookie || !t->by_ends) {
		conn_table_free(t);
		return NULL;
	}
	return t;
}

void conn_table_free(struct conn_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->chunk_count; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->by_cookie);
	free(t->by_ends);
	free(t);
}

struct conn *conn_get(struct conn_table *t, conn_id id)
{
	return id ? &t->chunks[(id - 1) >> CHUNK_BITS][(id - 1) & (CHUNK - 1)] : NULL;
}

/* ---- hashes ---- */

static uint64_t half(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/*
 * The other end of a connection must be found in the same chain. Its ends are reversed and its
 * namespace may be another: both directions hash alike, and the namespace is left out.
 */
static uint64_t hash_ends(const uint8_t *laddr, const uint8_t *raddr, uint16_t lport,
			  uint16_t rport)
{
	uint64_t l = hash_mix(half(laddr) + 3 * half(laddr + 8) + ((uint64_t)lport << 40));
	uint64_t r = hash_mix(half(raddr) + 3 * half(raddr + 8) + ((uint64_t)rport << 40));

	return hash_mix(l + r);
}

static conn_id *cookie_slot(struct conn_table *t, uint64_t cookie)
{
	return &t->by_cookie[hash_mix(cookie) & t->mask];
}

static conn_id *ends_slot(struct conn_table *t, const struct conn *c)
{
	return &t->by_ends[hash_ends(c->laddr, c->raddr, c->lport, c->rport) & t->mask];
}

static void link_cookie(struct conn_table *t, struct conn *c, conn_id id)
{
	conn_id *slot = cookie_slot(t, c->cookie);

	c->next_cookie = *slot;
	c->flags |= CONN_IN_COOKIES;
	*slot = id;
}

static void link_ends(struct conn_table *t, struct conn *c, conn_id id)
{
	conn_id *slot = ends_slot(t, c);

	c->next_ends = *slot;
	c->flags |= CONN_IN_ENDS;
	*slot = id;
}

static void unlink_cookie(struct conn_table *t, struct conn *c, conn_id id)
{
	if (!conn_is(c, CONN_IN_COOKIES))
		return;
	c->flags &= ~(uint32_t)CONN_IN_COOKIES;
	for (conn_id *p = cookie_slot(t, c->cookie); *p; p = &conn_get(t, *p)->next_cookie)
		if (*p == id) {
			*p = c->next_cookie;
			return;
		}
}

static void unlink_ends(struct conn_table *t, struct conn *c, conn_id id)
{
	if (!conn_is(c, CONN_IN_ENDS))
		return;
	c->flags &= ~(uint32_t)CONN_IN_ENDS;
	for (conn_id *p = ends_slot(t, c); *p; p = &conn_get(t, *p)->next_ends)
		if (*p == id) {
			*p = c->next_ends;
			return;
		}
}

/* Keeps chains short. If there is no memory they grow longer: slower, not wrong. */
static void grow_hashes(struct conn_table *t)
{
	uint32_t size = (t->mask + 1) * 2;
	conn_id *by_cookie = calloc(size, sizeof(conn_id));
	conn_id *by_ends = calloc(size, sizeof(conn_id));

	if (!by_cookie || !by_ends) {
		free(by_cookie);
		free(by_ends);
		return;
	}
	free(t->by_cookie);
	free(t->by_ends);
	t->by_cookie = by_cookie;
	t->by_ends = by_ends;
	t->mask = size - 1;
	/* The oldest first, so that the newest stays at the head of its chain. */
	for (int request = 0; request < 2; request++)
		for (conn_id id = t->lru[request].oldest; id; id = conn_get(t, id)->lru_newer) {
			struct conn *c = conn_get(t, id);

			if (conn_is(c, CONN_IN_COOKIES))
				link_cookie(t, c, id);
			if (conn_is(c, CONN_IN_ENDS))
				link_ends(t, c, id);
		}
}

/* ---- age ---- */

static struct lru *lru_of(struct conn_table *t, const struct conn *c)
{
	return &t->lru[conn_is(c, CONN_REQUEST)];
}

static void lru_append(struct conn_table *t, struct conn *c, conn_id id)
{
	struct lru *lru = lru_of(t, c);

	c->lru_older = lru->newest;
	c->lru_newer = 0;
	if (lru->newest)
		conn_get(t, lru->newest)->lru_newer = id;
	else
		lru->oldest = id;
	lru->newest = id;
	lru->count++;
}

static void lru_unlink(struct conn_table *t, struct conn *c)
{
	struct lru *lru = lru_of(t, c);

	if (c->lru_older)
		conn_get(t, c->lru_older)->lru_newer = c->lru_newer;
	else
		lru->oldest = c->lru_newer;
	if (c->lru_newer)
		conn_get(t, c->lru_newer)->lru_older = c->lru_older;
	else
		lru->newest = c->lru_older;
	lru->count--;
}

conn_id conn_id_of(struct conn_table *t, const struct conn *c)
{
	return c->lru_newer ? conn_get(t, c->lru_newer)->lru_older : lru_of(t, c)->newest;
}

/* ---- entries ---- */

static conn_id take(struct conn_table *t)
{
	conn_id id = t->free;

	if (id) {
		t->free = conn_get(t, id)->next_cookie;
		return id;
	}
	if (t->used == t->chunk_count << CHUNK_BITS) {
		struct conn **chunks = realloc(t->chunks, (t->chunk_count + 1) * sizeof(*chunks));

		if (!chunks)
			return 0;
		t->chunks = chunks;
		chunks[t->chunk_count] = malloc(CHUNK * sizeof(struct conn));
		if (!chunks[t->chunk_count])
			return 0;
		t->chunk_count++;
	}
	return ++t->used;
}

struct conn *conn_add(struct conn_table *t, const struct fact_sock *s, bool request)
{
	conn_id id = take(t);
	struct conn *c = conn_get(t, id);

	if (!c)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->cookie = s->cookie;
	c->netns = s->netns;
	c->ifindex = s->ifindex;
	c->family = (uint8_t)s->family;
	c->lport = s->lport;
	c->rport = s->rport;
	memcpy(c->laddr, s->laddr, sizeof(c->laddr));
	memcpy(c->raddr, s->raddr, sizeof(c->raddr));
	if (request)
		c->flags = CONN_REQUEST;
	if (c->cookie)
		link_cookie(t, c, id);
	if (c->lport && c->rport)
		link_ends(t, c, id);
	lru_append(t, c, id);
	if (t->lru[0].count + t->lru[1].count > t->mask)
		grow_hashes(t);
	return c;
}

bool conn_full(const struct conn_table *t, bool request)
{
	return t->lru[request].count >= t->lru[request].max;
}

struct conn *conn_oldest(struct conn_table *t, bool request)
{
	return conn_get(t, t->lru[request].oldest);
}

void conn_remove(struct conn_table *t, struct conn *c)
{
	conn_id id = conn_id_of(t, c);

	unlink_cookie(t, c, id);
	unlink_ends(t, c, id);
	lru_unlink(t, c);
	c->flags = 0; /* a conn_id kept elsewhere must not look alive */
	c->cookie = 0;
	c->next_cookie = t->free;
	t->free = id;
}

struct conn *conn_by_cookie(struct conn_table *t, uint64_t cookie)
{
	struct conn *c;

	if (!cookie)
		return NULL;
	for (c = conn_get(t, *cookie_slot(t, cookie)); c; c = conn_get(t, c->next_cookie))
		if (c->cookie == cookie)
			return c;
	return NULL;
}

static bool same_ends(const struct conn *c, const struct fact_sock *s)
{
	return c->lport == s->lport && c->rport == s->rport && c->netns == s->netns &&
	       c->family == s->family && !memcmp(c->laddr, s->laddr, sizeof(c->laddr)) &&
	       !memcmp(c->raddr, s->raddr, sizeof(c->raddr));
}

struct conn *conn_by_ends_next(struct conn_table *t, const struct fact_sock *s,
			       const struct conn *after)
{
	conn_id id =
		after ? after->next_ends
		      : t->by_ends[hash_ends(s->laddr, s->raddr, s->lport, s->rport) & t->mask];

	for (struct conn *c = conn_get(t, id); c; c = conn_get(t, c->next_ends))
		if (same_ends(c, s))
			return c;
	return NULL;
}

struct conn *conn_by_ends(struct conn_table *t, const struct fact_sock *s)
{
	return conn_by_ends_next(t, s, NULL);
}

/* The numbers of sockets older than the tracer are not known. */
static bool same_isns(const struct conn *a, const struct conn *b)
{
	if (a->isns_known != b->isns_known)
		return false;
	if (!a->isns_known)
		return a->netns == b->netns;
	/* A simultaneous open has two clients. */
	if (a->role == ROLE_CLIENT && b->role == ROLE_CLIENT)
		return a->client_isn == b->server_isn && a->server_isn == b->client_isn;
	return a->client_isn == b->client_isn && a->server_isn == b->server_isn;
}

struct conn *conn_other_end(struct conn_table *t, const struct conn *c)
{
	struct conn *o;

	for (o = conn_get(t, *ends_slot(t, c)); o; o = conn_get(t, o->next_ends))
		if (o != c && same_isns(o, c) && o->lport == c->rport && o->rport == c->lport &&
		    !memcmp(o->laddr, c->raddr, sizeof(o->laddr)) &&
		    !memcmp(o->raddr, c->laddr, sizeof(o->raddr)))
			return o;
	return NULL;
}

void conn_learn_cookie(struct conn_table *t, struct conn *c, uint64_t cookie)
{
	if (!cookie || c->cookie == cookie)
		return;
	unlink_cookie(t, c, conn_id_of(t, c));
	c->cookie = cookie;
	link_cookie(t, c, conn_id_of(t, c));
}

void conn_learn_ends(struct conn_table *t, struct conn *c, const struct fact_sock *s)
{
	if (!s->lport || !s->rport || (conn_is(c, CONN_IN_ENDS) && same_ends(c, s)))
		return;
	unlink_ends(t, c, conn_id_of(t, c));
	c->lport = s->lport;
	c->rport = s->rport;
	c->family = (uint8_t)s->family;
	c->ifindex = s->ifindex;
	memcpy(c->laddr, s->laddr, sizeof(c->laddr));
	memcpy(c->raddr, s->raddr, sizeof(c->raddr));
	link_ends(t, c, conn_id_of(t, c));
}

void conn_promote(struct conn_table *t, struct conn *c)
{
	conn_id id = conn_id_of(t, c);

	lru_unlink(t, c);
	c->flags &= ~(uint32_t)CONN_REQUEST;
	lru_append(t, c, id);
}

void conn_touch(struct conn_table *t, struct conn *c)
{
	conn_id id;

	if (!c->lru_newer)
		return;
	id = conn_id_of(t, c);
	lru_unlink(t, c);
	lru_append(t, c, id);
}

size_t conn_count(const struct conn_table *t, bool request)
{
	return t->lru[request].count;
}

void conn_each(struct conn_table *t, bool request, void (*fn)(void *ctx, struct conn *c), void *ctx)
{
	for (conn_id id = t->lru[request].oldest, next; id; id = next) {
		struct conn *c = conn_get(t, id);

		next = c->lru_newer;
		fn(ctx, c);
	}
}
