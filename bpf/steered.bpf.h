/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * steered.bpf.h - a connection and its listener, where a hook knows both: the filter wants both if
 * it wants one of them. brought.bpf.h says why, and keeps what was brought.
 *
 * A request names its listener (skc_listener); so do the functions that queue a child. A child that
 * is queued names it no more, nor do the kernel's tables. A request is therefore tested again by
 * each hook, and its child is kept.
 */
#ifndef SOCKSTATE_STEERED_BPF_H
#define SOCKSTATE_STEERED_BPF_H

#include "brings.bpf.h"
#include "segment.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"

/* ---- requests whose child is to be kept ---- */

/*
 * By our initial sequence number and both ports, which the child has too. (A request may have no
 * cookie yet.) Where no hook queues a child before it is ESTABLISHED, they tell then that it is
 * wanted. In a flood a newer request takes the place of an older one, whose child is missed.
 */
#define STEERED_REQUESTS 4096

__u64 steered_requests[STEERED_REQUESTS] __weak = {};

static __always_inline __u64 request_mark(__u32 isn, __u16 lport, __u16 rport)
{
	return (__u64)isn << 32 | (__u32)lport << 16 | rport;
}

/* The lowest bits of the number are as good as random. */
static __always_inline __u64 *request_place(__u64 mark)
{
	return &steered_requests[mark >> 32 & (STEERED_REQUESTS - 1)];
}

/* isn: our initial sequence number. */
static __always_inline void request_note(const struct sock_common *c, __u32 isn)
{
	__u64 mark = request_mark(isn, c->skc_num, bpf_ntohs(c->skc_dport));

	*request_place(mark) = mark;
	bringing = true;
}

static __always_inline bool request_was_steered(const struct sock_common *c, __u32 isn)
{
	__u64 mark = request_mark(isn, c->skc_num, bpf_ntohs(c->skc_dport));

	return *request_place(mark) == mark;
}

/* False: there is no room, and the connection is lost. */
static __always_inline bool child_bring(__u64 cookie, __u64 listener)
{
	if (brought_add(cookie, listener))
		return true;
	count(COUNT_LOST_MAP);
	return false;
}

/* ---- the listener of a connection that is wanted ---- */

/*
 * Sends what a listener is that the filter alone would not show. cookie 0: it has none yet, so it
 * is sent again with its next connection. The walk over listeners (existing.bpf.c) finds it from
 * then on, and with it its owner.
 */
__attribute__((unused)) static __noinline int listener_bring(const struct sock *listener,
							     __u64 cookie)
{
	struct fact_existing *f;
	struct common k;

	if (cookie && (brought_find(cookie) || !child_bring(cookie, 0)))
		return 0;
	f = fact_reserve(FACT_EXISTING, sizeof(*f), 0);
	if (!f)
		return 0;
	common_copy(&k, &listener->__sk_common);
	sock_fill_copy(&f->s, &k, listener, COMMON(&k, skc_num));
	f->s.cookie = cookie;
	queues_copy(&f->q, cookie, listener);
	__builtin_memset(&f->task, 0, sizeof(f->task));
	f->fd = -1;
	f->inode = 0;
	f->retrans = 0;
	f->srtt_us = 0;
	f->bytes_in = 0;
	f->bytes_out = 0;
	f->listener_cookie = 0;
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ---- the connections of a listener that is wanted ---- */

enum kin {
	KIN_UNWANTED,
	KIN_WANTED,
	KIN_BROUGHT, /* by its listener, and not kept yet */
};

/* c: a request, or a child that is being queued. Brings the listener if c is wanted by itself. */
static __always_inline enum kin kin_of(struct sock *listener, const struct sock_common *c)
{
	const struct sock_common *l = &listener->__sk_common;

	if (!common_wanted(c))
		return can_bring() && listener_brings(l, c) ? KIN_BROUGHT : KIN_UNWANTED;
	if (can_bring() && !common_wanted(l))
		listener_bring(listener, bpf_get_socket_cookie(listener));
	return KIN_WANTED;
}

/* Where it listens, at an address that the verifier does not trust. */
static __always_inline void listener_ends(struct fact_sock *s, const struct sock *listener)
{
	s->family = LOAD(sock, listener, __sk_common.skc_family);
	if (s->family != AF_INET6 ||
	    !bpf_core_field_exists(((struct sock_common *)0)->skc_v6_rcv_saddr)) {
		ends_are_ipv4(s, LOAD(sock, listener, __sk_common.skc_rcv_saddr), 0);
		return;
	}
	__builtin_memset(s->raddr, 0, sizeof(s->raddr));
	bpf_probe_read_kernel(s->laddr, sizeof(s->laddr),
			      (const void *)listener +
				      bpf_core_field_offset(struct sock,
							    __sk_common.skc_v6_rcv_saddr));
	ends_are_ipv6(s);
}

/* Whether a listener on that port is asked for, if a connection of it is. */
static __always_inline bool listener_wanted(const struct sock *listener, __u16 port)
{
	struct fact_sock ends;

	if (!ports_wanted(port, 0))
		return false;
	if (!setting_laddrs)
		return true;
	listener_ends(&ends, listener);
	return is_any(ends.laddr) || laddr_wanted(&ends);
}

/* ends: those of a request, with its peer's port. port: its listener's. */
static __always_inline bool brings_ends(const struct sock *listener, __u16 port,
					const struct fact_sock *ends)
{
	struct fact_sock l;

	if (!port_brings(port, ends))
		return false;
	if (!setting_laddrs || laddr_wanted(ends))
		return true;
	listener_ends(&l, listener);
	return laddr_wanted(&l);
}

/*
 * For a request, whose listener the verifier does not trust. These two need little stack: their
 * callers have much on theirs.
 */
__attribute__((unused)) static __noinline bool brings_request(const struct sock *listener,
							      const struct sock_common *c,
							      __u16 port)
{
	struct fact_sock ends;

	if (setting_netns && c->skc_net.net->ns.inum != setting_netns)
		return false;
	ends_load(&ends, c);
	ends.rport = bpf_ntohs(c->skc_dport);
	return brings_ends(listener, port, &ends);
}

/* k: a copy of a request that may be anywhere. */
__attribute__((unused)) static __noinline bool brings_copy(const struct common *k)
{
	const struct sock *listener = COMMON(k, skc_listener);
	__u16 port = LOAD(sock, listener, __sk_common.skc_num);
	struct fact_sock ends;

	if ((port == COMMON(k, skc_num) && !setting_laddrs) ||
	    (setting_netns && netns_of_copy(k) != setting_netns))
		return false;
	ends_copy(&ends, k);
	ends.rport = bpf_ntohs(COMMON(k, skc_dport));
	return brings_ends(listener, port, &ends);
}

static __always_inline bool request_copy_wanted(const struct common *k)
{
	return common_wanted_copy(k) || (can_bring() && brings_copy(k));
}

/* Nearly all are turned away with their listener's port, so that is looked at first. */
static __always_inline enum kin kin_of_request(const struct sock_common *c)
{
	bool own = common_wanted(c);
	const struct sock *listener;
	__u64 cookie;
	__u16 port;

	if (!can_bring())
		return own ? KIN_WANTED : KIN_UNWANTED;
	listener = LOAD(sock, c, __sk_common.skc_listener);
	port = LOAD(sock, listener, __sk_common.skc_num);
	if (!own) {
		if (port == c->skc_num && !setting_laddrs)
			return KIN_UNWANTED;
		return brings_request(listener, c, port) ? KIN_BROUGHT : KIN_UNWANTED;
	}
	cookie = LOAD(sock, listener, __sk_common.skc_cookie.counter);
	if (!listener_wanted(listener, port) && !brought_find(cookie))
		listener_bring(listener, cookie);
	return KIN_WANTED;
}

/* A segment that this listener got. */
static __always_inline bool segment_of_wanted(const struct tcp_sock *listener,
					      const struct sk_buff *skb, const struct segment *t)
{
	const struct sock_common *l = &sock_of(listener)->__sk_common;
	struct fact_sock ends;

	if (segment_wanted(skb, t)) {
		if (can_bring() && l->skc_cookie.counter && !common_wanted(l))
			listener_bring(sock_of(listener), l->skc_cookie.counter);
		return true;
	}
	if (!can_bring() || (l->skc_num == bpf_ntohs(t->dest) && !setting_laddrs) ||
	    (setting_netns && netns_of(listener) != setting_netns))
		return false;
	segment_ends(&ends, skb, t);
	return port_brings(l->skc_num, &ends) && laddr_brings(l, &ends);
}

#endif
