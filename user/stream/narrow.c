// SPDX-License-Identifier: BSD-2-Clause
#include "stream/narrow.h"

#include <string.h>
#include <sys/socket.h>

/* A fact without a socket: about the recording itself. */
static bool is_general(const struct fact_hdr *fact)
{
	return fact->kind == FACT_EXISTING_END || fact->kind == FACT_LOST ||
	       fact->kind == FACT_TICK || fact->kind == FACT_PROCESS || fact->kind == FACT_PLACE;
}

static bool socket_passes(const struct filter *f, const struct fact_sock *s)
{
	static const uint8_t any[16];

	if (s->netns && !filter_netns(f, s->netns))
		return false;
	if (!filter_match_nets(f, s->family, s->laddr, s->raddr, !s->rport))
		return false;
	if (s->rport)
		return filter_match(f, s->family, s->lport, s->rport);
	/* A listener. A recording does not tell whether it takes IPv6 alone. */
	return filter_match_listener(f, s->family, memcmp(s->laddr, any, sizeof(any)), s->lport);
}

/* It has no address: where the family or the ends matter, its listener must have passed. */
static bool enqueue_passes(const struct filter *f, const struct fact_enqueue *e, bool known)
{
	bool any_address = f->ipv4 && f->ipv6 && !f->laddrs && !f->hosts;

	if (!any_address && !known)
		return false;
	return filter_netns(f, e->netns) && filter_match(f, AF_UNSPEC, e->lport, e->rport);
}

bool narrow_passes(const struct filter *f, const struct fact_hdr *fact, narrow_knows_fn knows,
		   const void *ctx)
{
	/* Records with a socket have it behind the header, as fact_state does. */
	const struct fact_sock *s = &((const struct fact_state *)fact)->s;
	const struct fact_enqueue *enqueue = (const struct fact_enqueue *)fact;
	const struct fact_accept *accept = (const struct fact_accept *)fact;

	if (is_general(fact))
		return true;
	if (fact->kind == FACT_ENQUEUE)
		return enqueue_passes(f, enqueue, !enqueue->q.sk || knows(ctx, &enqueue->q));
	/* An error names its listener, or a socket that does not listen; an old one nobody. */
	if (fact->kind == FACT_ACCEPT && !s->lport && accept->q.sk)
		return knows(ctx, &accept->q);
	if (fact->kind == FACT_ACCEPT && !s->lport && !s->cookie)
		return true;
	return socket_passes(f, s);
}
