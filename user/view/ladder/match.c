// SPDX-License-Identifier: BSD-2-Clause
/*
 * match.c - which connection an event belongs to, and which of its ends is the client.
 */
#include "view/ladder/match.h"

#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "view/ladder/step.h"

static bool read_ends(const struct event *e, int local, struct ends *x)
{
	x->side = local;
	if (!event_has(e, F_LADDR) || !event_has(e, F_RADDR) ||
	    (e->family != AF_INET && e->family != AF_INET6) || !e->v[F_LADDR].addr ||
	    !e->v[F_RADDR].addr)
		return false;
	x->addr[local] = e->v[F_LADDR].addr;
	x->addr[!local] = e->v[F_RADDR].addr;
	x->port[local] = (uint16_t)event_get(e, F_LPORT);
	x->port[!local] = (uint16_t)event_get(e, F_RPORT);
	x->zone = event_text(e, F_IFNAME);
	x->cookie = event_get(e, F_COOKIE);
	x->netns = event_get(e, F_NETNS);
	x->isn_known = event_has(e, F_CLIENT_ISN) && event_has(e, F_SERVER_ISN);
	x->isn[CLIENT] = (uint32_t)event_get(e, F_CLIENT_ISN);
	x->isn[SERVER] = (uint32_t)event_get(e, F_SERVER_ISN);
	return true;
}

static bool differ(uint64_t a, uint64_t b)
{
	return a && b && a != b;
}

static bool same_isn(const struct ladder *c, const struct ends *x)
{
	return !c->isn_known || !x->isn_known || (c->isn[0] == x->isn[0] && c->isn[1] == x->isn[1]);
}

static bool same_addrs(const struct ladder *c, int family, const uint8_t *const addr[2])
{
	size_t n = family == AF_INET ? 4 : 16;

	return c->family == family && !memcmp(c->addr[0], addr[0], n) &&
	       !memcmp(c->addr[1], addr[1], n);
}

bool ladder_same_ends(const struct ladder *c, int family, const uint8_t *const addr[2],
		      const uint16_t port[2])
{
	return port[0] && port[1] && c->port[0] == port[0] && c->port[1] == port[1] &&
	       same_addrs(c, family, addr);
}

/* What may still be told of an end that is done: it begins nothing. */
static bool is_epilogue(const struct event *e)
{
	return e->type == EVENT_CLOSE || e->type == EVENT_RESET ||
	       (e->type == EVENT_DROP && event_has(e, F_SEGMENT) && !ladder_segment_is_syn(e));
}

static struct ladder *find(const struct ladder_view *v, const struct event *e, const struct ends *x)
{
	struct ladder *best = NULL, *ended = NULL;

	for (struct ladder *c = v->list; c; c = c->next) {
		if (x->cookie && c->cookie[x->side] == x->cookie &&
		    !differ(c->netns[x->side], x->netns) && same_isn(c, x))
			return c;
		if (!ladder_same_ends(c, e->family, x->addr, x->port) || !same_isn(c, x) ||
		    differ(c->cookie[x->side], x->cookie) || differ(c->netns[x->side], x->netns))
			continue;
		if (c->done[x->side])
			ended = c;
		else if (!best || (c->isn_known && x->isn_known) || !best->isn_known)
			best = c; /* the youngest, or one whose numbers agree */
	}
	return best || !is_epilogue(e) ? best : ended;
}

/*
 * Of two sockets here that connect to each other (a simultaneous open, RFC 9293 3.5) the second:
 * it has the server's place, and its own number is K. NULL: e is of no such socket.
 */
static struct ladder *find_crossing(const struct ladder_view *v, const struct event *e,
				    struct ends *x)
{
	bool connects = e->type == EVENT_STATE && event_get(e, F_NEW) == TCP_STATE_SYN_SENT;
	uint32_t own;

	if (!read_ends(e, SERVER, x))
		return NULL;
	own = x->isn[CLIENT];
	x->isn[CLIENT] = x->isn[SERVER];
	x->isn[SERVER] = own;
	for (struct ladder *c = v->list; c; c = c->next) {
		if (c->both_connect && x->cookie && c->cookie[SERVER] == x->cookie)
			return c;
		if (connects && !c->seen[SERVER] && !c->done[CLIENT] && same_isn(c, x) &&
		    ladder_has(c, CLIENT, TCP_STATE_SYN_SENT) &&
		    ladder_same_ends(c, e->family, x->addr, x->port) &&
		    differ(c->cookie[CLIENT], x->cookie) && !differ(c->netns[CLIENT], x->netns))
			return c;
	}
	return NULL;
}

/*
 * The connect() that a RST without a socket answers: its own port is not known yet. NULL: none, or
 * more than one.
 */
static struct ladder *find_refused(const struct ladder_view *v, const struct event *e,
				   const struct ends *x)
{
	struct ladder *found = NULL;

	for (struct ladder *c = v->list; c; c = c->next) {
		if (c->port[CLIENT] || c->port[SERVER] != x->port[SERVER] ||
		    !same_addrs(c, e->family, x->addr) || !ladder_within(c->last_t, HOLD_NS, e->t))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

bool ladder_place(const struct ladder_view *v, const struct event *e, struct ends *x,
		  struct ladder **c)
{
	enum role role = event_enum(e, F_ROLE);
	uint64_t lport = event_get(e, F_LPORT), rport = event_get(e, F_RPORT);
	bool above = lport > rport;

	*c = NULL;
	if (role == ROLE_LISTENER)
		return false;
	if (role) {
		if (!read_ends(e, role == ROLE_CLIENT ? CLIENT : SERVER, x))
			return false;
		*c = find(v, e, x);
		if (!*c && role == ROLE_CLIENT) {
			struct ends crossing;

			*c = find_crossing(v, e, &crossing);
			if (*c)
				*x = crossing;
		}
		return true;
	}
	for (int side = CLIENT; side <= SERVER && !*c; side++) {
		if (!read_ends(e, side, x))
			return false;
		*c = find(v, e, x);
	}
	if (!*c && e->type == EVENT_RESET) /* x has it at the server's end now */
		*c = find_refused(v, e, x);
	if (*c)
		return true;
	if (ladder_listens(v, lport) != ladder_listens(v, rport))
		above = ladder_listens(v, rport);
	return read_ends(e, above ? CLIENT : SERVER, x); /* servers have the lower ports */
}
