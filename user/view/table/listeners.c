// SPDX-License-Identifier: BSD-2-Clause
/*
 * listeners.c - what the table remembers of each listener from the lines that it has printed:
 *  - its backlog, so that a new one is printed beside the old one;
 *  - its owner, for the rows at the end;
 *  - whether others listen on the same address and port (SO_REUSEPORT): a line about such a
 *    listener must name its owner.
 *
 * The memory is bounded. A listener that was evicted from it is treated as a new one.
 */
#include "view/table/table.h"

#include <stdio.h>

static struct table_listener *place_of(struct table *t, uint64_t cookie)
{
	return &t->listeners[cookie % TABLE_LISTENERS];
}

const struct table_listener *table_listener(struct table *t, uint64_t cookie)
{
	const struct table_listener *known = place_of(t, cookie);

	return cookie && known->cookie == cookie ? known : NULL;
}

const struct table_listener *table_listener_of(struct table *t, const struct event *e)
{
	return table_listener(t, event_get(e, F_COOKIE));
}

static bool same_ends(const struct table_listener *a, const struct table_listener *b)
{
	return a->port == b->port && a->netns == b->netns && a->family == b->family &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

static void look_for_others(struct table *t, struct table_listener *l)
{
	for (unsigned int i = 0; i < TABLE_LISTENERS; i++) {
		struct table_listener *other = &t->listeners[i];

		if (other != l && other->listens && same_ends(l, other))
			l->one_of_many = other->one_of_many = true;
	}
}

void table_learn_listener(struct table *t, const struct event *e, const char *owner)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	struct table_listener *l = place_of(t, cookie);

	if (!cookie)
		return;
	if (l->cookie != cookie)
		*l = (struct table_listener){.cookie = cookie};
	if (event_has(e, F_BACKLOG)) {
		l->backlog = e->v[F_BACKLOG].u;
		l->backlog_known = true;
	}
	if (*owner && strlen(owner) < sizeof(l->owner))
		stpcpy(l->owner, owner);
	if (l->listens)
		return;
	l->listens = true;
	l->netns = event_get(e, F_NETNS);
	l->port = event_get(e, F_LPORT);
	l->family = e->family;
	if (event_has(e, F_LADDR) && e->v[F_LADDR].addr)
		memcpy(l->addr, e->v[F_LADDR].addr, e->family == AF_INET6 ? 16 : 4);
	if (event_has(e, F_IFNAME))
		snprintf(l->zone, sizeof(l->zone), "%s", event_text(e, F_IFNAME));
	look_for_others(t, l);
}

void table_listener_ended(struct table *t, const struct event *e)
{
	struct table_listener *l = place_of(t, event_get(e, F_COOKIE));

	if (l->cookie == event_get(e, F_COOKIE))
		l->listens = l->backlog_known = false;
}
