// SPDX-License-Identifier: BSD-2-Clause
#include "stream/story.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/units.h"
#include "event/tcp.h"
#include "stream/compact.h"

#define TABLE_BITS 16
/*
 * A client that was refused has no cookie. A socket of the same ends goes on with its story if its
 * SYN comes again so soon; later it is another client.
 */
#define SAME_CLIENT_NS (60 * NS_S)
#define FIRST_SIZE     256 /* bytes for copies, to begin with; doubled when it does not do */

struct stories {
	struct story *by_cookie[1 << TABLE_BITS], *by_ends[1 << TABLE_BITS];
	struct story *oldest, *newest;
	size_t bytes, max_bytes;
	uint64_t forgotten, begun;
	void (*forget)(void *ctx, struct story *s);
	void *ctx;
};

struct stories *stories_new(size_t max_bytes, void (*forget)(void *ctx, struct story *s), void *ctx)
{
	struct stories *ss = calloc(1, sizeof(*ss));

	if (!ss)
		return NULL;
	ss->max_bytes = max_bytes;
	ss->forget = forget;
	ss->ctx = ctx;
	return ss;
}

void stories_free(struct stories *ss)
{
	struct story *s, *next;

	if (!ss)
		return;
	for (s = ss->oldest; s; s = next) {
		next = s->newer;
		free(s->bytes);
		free(s);
	}
	free(ss);
}

uint64_t stories_forgotten(const struct stories *ss)
{
	return ss->forgotten;
}

/* ---- identity ---- */

static uint64_t hash_ends(int family, const uint8_t *from, uint64_t from_port, const uint8_t *to,
			  uint64_t to_port)
{
	uint64_t h = hash_more((uint64_t)family, from_port << 16 | to_port), word;

	for (size_t i = 0; i < (family == AF_INET6 ? 16u : 4u); i += 4) {
		word = 0;
		memcpy(&word, from + i, 4);
		memcpy((uint8_t *)&word + 4, to + i, 4);
		h = hash_more(h, word);
	}
	return h | 1; /* 0 is none */
}

static bool has_ends(const struct event *e)
{
	return event_get(e, F_LPORT) && event_get(e, F_RPORT) && event_has(e, F_LADDR) &&
	       event_has(e, F_RADDR);
}

static uint64_t ends_of(const struct event *e)
{
	return hash_ends(e->family, e->v[F_LADDR].addr, e->v[F_LPORT].u, e->v[F_RADDR].addr,
			 e->v[F_RPORT].u);
}

static uint64_t mirror_of(const struct event *e)
{
	return hash_ends(e->family, e->v[F_RADDR].addr, e->v[F_RPORT].u, e->v[F_LADDR].addr,
			 e->v[F_LPORT].u);
}

static struct story **cookie_slot(struct stories *ss, uint64_t cookie)
{
	return &ss->by_cookie[hash_u64(cookie, TABLE_BITS)];
}

static struct story **ends_slot(struct stories *ss, uint64_t ends)
{
	return &ss->by_ends[hash_u64(ends, TABLE_BITS)];
}

struct story *stories_by_cookie(struct stories *ss, uint64_t cookie)
{
	struct story *s = cookie ? *cookie_slot(ss, cookie) : NULL;

	while (s && s->cookie != cookie)
		s = s->next_cookie;
	return s;
}

/* The newest of these ends that fits. cookie, netns: 0 fits any. */
static struct story *by_ends(struct stories *ss, uint64_t ends, uint64_t cookie, uint32_t netns)
{
	struct story *s = *ends_slot(ss, ends);

	while (s && (s->ends != ends || (cookie && s->cookie && s->cookie != cookie) ||
		     (netns && s->netns && s->netns != netns)))
		s = s->next_ends;
	return s;
}

struct story *story_peer(const struct story *s)
{
	struct story *peer = s->peer;

	return peer && s->isns && peer->isns && s->isns != peer->isns ? NULL : peer;
}

/*
 * The other end of a connection within this machine. The two may be in different network
 * namespaces. One that is over belongs to an earlier connection of the same ends.
 */
static void find_peer(struct stories *ss, struct story *s)
{
	struct story *peer = by_ends(ss, s->mirror, 0, 0);

	if (!peer || peer == s || peer->peer || s->peer || peer->over)
		return;
	s->peer = peer;
	peer->peer = s;
}

static void learn(struct stories *ss, struct story *s, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);

	if (cookie && !s->cookie) {
		s->cookie = cookie;
		s->next_cookie = *cookie_slot(ss, cookie);
		*cookie_slot(ss, cookie) = s;
	}
	if (!s->netns)
		s->netns = (uint32_t)event_get(e, F_NETNS);
	if (!s->isns && event_has(e, F_CLIENT_ISN) && event_has(e, F_SERVER_ISN))
		s->isns = event_get(e, F_CLIENT_ISN) << 32 | event_get(e, F_SERVER_ISN);
	s->t_latest = e->t;
	s->socket |= e->type != EVENT_RESET;
	if (s->ends || !has_ends(e))
		return;
	s->ends = ends_of(e);
	s->mirror = mirror_of(e);
	s->next_ends = *ends_slot(ss, s->ends);
	*ends_slot(ss, s->ends) = s;
	find_peer(ss, s);
}

struct story *stories_of(struct stories *ss, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	struct story *s = stories_by_cookie(ss, cookie);

	if (!s && has_ends(e))
		s = by_ends(ss, ends_of(e), cookie, (uint32_t)event_get(e, F_NETNS));
	if (s && s->cookie != cookie && e->t > s->t_latest + SAME_CLIENT_NS)
		return NULL;
	if (s)
		learn(ss, s, e);
	return s;
}

/* ---- memory ---- */

static void unlink_age(struct stories *ss, struct story *s)
{
	*(s->older ? &s->older->newer : &ss->oldest) = s->newer;
	*(s->newer ? &s->newer->older : &ss->newest) = s->older;
}

static void link_newest(struct stories *ss, struct story *s)
{
	s->older = ss->newest;
	s->newer = NULL;
	*(ss->newest ? &ss->newest->newer : &ss->oldest) = s;
	ss->newest = s;
}

static void unlink_tables(struct stories *ss, struct story *s)
{
	struct story **p;

	for (p = cookie_slot(ss, s->cookie); s->cookie && *p; p = &(*p)->next_cookie) {
		if (*p == s) {
			*p = s->next_cookie;
			break;
		}
	}
	for (p = ends_slot(ss, s->ends); s->ends && *p; p = &(*p)->next_ends) {
		if (*p == s) {
			*p = s->next_ends;
			break;
		}
	}
}

void story_empty(struct stories *ss, struct story *s)
{
	ss->bytes -= s->size;
	free(s->bytes);
	s->bytes = NULL;
	s->len = s->size = 0;
}

void story_free(struct stories *ss, struct story *s)
{
	if (ss->forget)
		ss->forget(ss->ctx, s);
	if (s->peer)
		s->peer->peer = NULL;
	unlink_tables(ss, s);
	unlink_age(ss, s);
	story_empty(ss, s);
	ss->bytes -= sizeof(*s);
	free(s);
}

/*
 * The one that rests longest goes, but not keep; nor one that has been told: what follows of it
 * would be half of a story. Those hold no copies.
 */
static void make_room(struct stories *ss, size_t more, const struct story *keep)
{
	const struct story *first_told = NULL;

	while (ss->bytes + more > ss->max_bytes && ss->oldest && ss->oldest != keep) {
		if (ss->oldest->told && !ss->oldest->over) {
			struct story *told = ss->oldest;

			if (told == first_told)
				return;
			first_told = first_told ? first_told : told;
			unlink_age(ss, told);
			link_newest(ss, told);
			continue;
		}
		ss->forgotten += ss->oldest->socket && !ss->oldest->over && !ss->oldest->told;
		story_free(ss, ss->oldest);
	}
}

struct story *stories_begin(struct stories *ss, const struct event *e)
{
	struct story *s;

	make_room(ss, sizeof(*s), NULL);
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	ss->bytes += sizeof(*s);
	s->id = ++ss->begun;
	s->t_first = e->t;
	link_newest(ss, s);
	learn(ss, s, e);
	return s;
}

static bool reserve(struct stories *ss, struct story *s, uint32_t more)
{
	uint32_t size = s->size ? s->size : FIRST_SIZE;
	uint8_t *bytes;

	if (s->len + more <= s->size)
		return true;
	while (size < s->len + more)
		size *= 2;
	make_room(ss, size - s->size, s);
	bytes = realloc(s->bytes, size);
	if (!bytes)
		return false;
	ss->bytes += size - s->size;
	s->bytes = bytes;
	s->size = size;
	return true;
}

void story_add(struct stories *ss, struct story *s, const struct event *e)
{
	uint8_t copy[COMPACT_MAX];
	uint32_t len = compact_event(copy, e);

	unlink_age(ss, s);
	link_newest(ss, s);
	if (!reserve(ss, s, len))
		return;
	memcpy(s->bytes + s->len, copy, len);
	s->len += len;
}

struct story *stories_follow(struct stories *ss, const struct event *e)
{
	struct story *s = stories_of(ss, e);

	if (!s && (event_has(e, F_RPORT) || event_has(e, F_COOKIE)) && !event_is_listeners(e) &&
	    event_enum(e, F_ROLE) != ROLE_LISTENER)
		s = stories_begin(ss, e);
	if (s)
		story_add(ss, s, e);
	return s;
}

void stories_settle(struct stories *ss, struct story *s, const struct event *e,
		    bool (*wanted)(void *ctx, const struct story *s), void *ctx)
{
	struct story *peer = story_peer(s);

	if (e->type != EVENT_CLOSE)
		return;
	s->over = true;
	if ((peer && !peer->over) || wanted(ctx, s) || (peer && wanted(ctx, peer)))
		return;
	story_free(ss, s);
	if (peer)
		story_free(ss, peer);
}

void stories_each(const struct stories *ss, void (*fn)(void *ctx, const struct story *s), void *ctx)
{
	for (const struct story *s = ss->oldest; s; s = s->newer)
		fn(ctx, s);
}

uint64_t stories_untold(const struct stories *ss)
{
	uint64_t count = 0;

	for (const struct story *s = ss->oldest; s; s = s->newer)
		count += s->socket && !s->told;
	return count;
}

/* ---- reading ---- */

/* One story while it is read: its next event, expanded. */
struct reading {
	const uint8_t *at, *end;
	struct event e;
	struct compact_room room;
	bool any;
};

static void read_next(struct reading *r)
{
	r->any = r->at < r->end;
	if (r->any)
		r->at += compact_expand(r->at, &r->e, &r->room);
}

static void read_begin(struct reading *r, const struct story *s)
{
	/* A story without events may have no memory yet. */
	r->at = r->end = s ? s->bytes : NULL;
	if (r->at)
		r->end += s->len;
	read_next(r);
}

void story_print(const struct story *a, const struct story *b, event_fn print, void *ctx)
{
	struct reading one, other;

	read_begin(&one, a);
	read_begin(&other, b);
	while (one.any || other.any) {
		struct reading *r = !other.any || (one.any && one.e.t <= other.e.t) ? &one : &other;

		print(ctx, &r->e);
		read_next(r);
	}
}

void stories_print(struct stories *ss, const uint64_t *cookies, size_t count, event_fn print,
		   void *ctx)
{
	for (size_t i = 0; i < count; i++) {
		const struct story *s = stories_by_cookie(ss, cookies[i]);

		if (s)
			story_print(s, story_peer(s), print, ctx);
	}
}
