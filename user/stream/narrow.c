// SPDX-License-Identifier: BSD-2-Clause
#include "stream/narrow.h"

#include <string.h>
#include <sys/socket.h>

/* A fact without a socket: about the recording itself. */
static bool is_general(const struct fact_hdr *fact)
{
	return fact->kind == FACT_EXISTING_END || fact->kind == FACT_LOST ||
	       fact->kind == FACT_TICK || fact->kind == FACT_PROCESS || fact->kind == FACT_PLACE ||
	       fact->kind == FACT_INTERFACE;
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

/* Its listener has the ends that are asked for, and brings the connection. */
static bool listener_brings(const struct filter *f, const struct fact_sock *s,
			    const struct fact_queues *q, const struct narrow_known *known)
{
	struct lookup_listener l;

	if ((!q->sk && !q->cookie) || !known->listener(known->ctx, q, &l))
		return false;
	return filter_netns(f, s->netns) && filter_match(f, s->family, l.port, s->rport) &&
	       (filter_match_nets(f, s->family, s->laddr, s->raddr, false) ||
		(l.addr && filter_match_nets(f, l.family, l.addr, s->raddr, false)));
}

const struct fact_queues *narrow_queues(const struct fact_hdr *fact)
{
	switch (fact->kind) {
	case FACT_SYN:
	case FACT_RETRANSMIT:
	case FACT_EXPIRED:
		return &((const struct fact_syn *)fact)->q;
	case FACT_DROP:
		return &((const struct fact_drop *)fact)->q;
	case FACT_ENQUEUE:
		return &((const struct fact_enqueue *)fact)->q;
	case FACT_ACCEPT:
		return &((const struct fact_accept *)fact)->q;
	default:
		return NULL;
	}
}

/* What was brought stays: a connection, and a listener. */
static bool is_brought(const struct filter *f, const struct fact_hdr *fact,
		       const struct fact_sock *s, const struct narrow_known *known)
{
	const struct fact_queues *q = narrow_queues(fact);
	const struct fact_queues itself = {.cookie = s->cookie};
	struct lookup_listener l;

	if (!filter_brings(f))
		return false;
	if (!s->rport)
		return s->cookie && known->listener(known->ctx, &itself, &l);
	return (q && listener_brings(f, s, q, known)) || known->connection(known->ctx, s);
}

/* It has no address: where the family or the ends matter, its listener must have passed. */
static bool enqueue_passes(const struct filter *f, const struct fact_enqueue *e,
			   const struct narrow_known *known)
{
	const struct fact_sock child = {.cookie = e->child_cookie};
	bool any_address = f->ipv4 && f->ipv6 && !f->laddrs && !f->hosts;
	struct lookup_listener l;

	if (!any_address && e->q.sk && !known->listener(known->ctx, &e->q, &l))
		return false;
	return (filter_netns(f, e->netns) && filter_match(f, AF_UNSPEC, e->lport, e->rport)) ||
	       (filter_brings(f) && e->child_cookie && known->connection(known->ctx, &child));
}

bool narrow_passes(const struct filter *f, const struct fact_hdr *fact,
		   const struct narrow_known *known)
{
	/* Records with a socket have it behind the header, as fact_state does. */
	const struct fact_sock *s = &((const struct fact_state *)fact)->s;
	const struct fact_accept *accept = (const struct fact_accept *)fact;
	struct lookup_listener l;

	if (is_general(fact))
		return true;
	if (fact->kind == FACT_ENQUEUE)
		return enqueue_passes(f, (const struct fact_enqueue *)fact, known);
	/* An error names its listener, or a socket that does not listen; an old one nobody. */
	if (fact->kind == FACT_ACCEPT && !s->lport && accept->q.sk)
		return known->listener(known->ctx, &accept->q, &l);
	if (fact->kind == FACT_ACCEPT && !s->lport && !s->cookie)
		return true;
	return socket_passes(f, s) || is_brought(f, fact, s, known);
}
