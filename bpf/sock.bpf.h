/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sock.bpf.h - who a socket is, its addresses, its queues, and whether it is wanted.
 *
 * Two ways to read the kernel: LOAD is a plain load that the verifier has checked (about nothing), PROBE a guarded
 * copy (about 40 ns). The verifier allows LOAD on what a hook was given and on what hangs from it by pointers; PROBE
 * is for pointers that came by another way. Functions that exist in both kinds are written once, with READ.
 */
#ifndef SOCKSTATE_SOCK_BPF_H
#define SOCKSTATE_SOCK_BPF_H

#include "fact.h"
#include "settings.bpf.h"

#define AF_INET	    2
#define AF_INET6    10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

enum tcp_state {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_NEW_SYN_RECV, /* a request */
};

/* ---- the filter ---- */

static __always_inline bool port_wanted(__u16 port)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < SETTING_PORT_RANGES; i++) {
		if (i >= setting_port_ranges)
			break;
		if (port >= setting_first_port[i] && port <= setting_last_port[i])
			return true;
	}
	return false;
}

/* As filter_match() of user/filter.c: a port of 0 is not known yet and matches nothing. */
static __always_inline bool ports_wanted(__u16 lport, __u16 rport)
{
	if (!setting_port_ranges)
		return true;
	return (setting_local_port && port_wanted(lport)) || (setting_remote_port && port_wanted(rport));
}

/* ---- addresses ---- */

/* ::ffff:a.b.c.d, as two words in memory order */
static __always_inline bool is_mapped(const __u8 addr[16])
{
	return *(const __u64 *)addr == 0 && *(const __u32 *)(addr + 8) == bpf_htonl(0xffff);
}

static __always_inline void ends_are_ipv4(struct fact_sock *s, __be32 laddr, __be32 raddr)
{
	__builtin_memset(s->laddr, 0, sizeof(s->laddr));
	__builtin_memset(s->raddr, 0, sizeof(s->raddr));
	*(__be32 *)s->laddr = laddr;
	*(__be32 *)s->raddr = raddr;
	s->family = AF_INET;
}

/* An AF_INET6 socket that talks IPv4, or listens on an IPv4 address only, is AF_INET to us. */
static __always_inline void ends_are_ipv6(struct fact_sock *s)
{
	s->family = AF_INET6;
	if (is_mapped(s->raddr) || is_mapped(s->laddr))
		ends_are_ipv4(s, *(__be32 *)(s->laddr + 12), *(__be32 *)(s->raddr + 12));
}

/* family, laddr, raddr */
static __always_inline void ends_load(struct fact_sock *s, const struct sock_common *c)
{
	if (c->skc_family != AF_INET6 || !bpf_core_field_exists(c->skc_v6_daddr)) {
		ends_are_ipv4(s, c->skc_rcv_saddr, c->skc_daddr);
		return;
	}
	for (int i = 0; i < 4; i++) {
		((__be32 *)s->laddr)[i] = c->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
		((__be32 *)s->raddr)[i] = c->skc_v6_daddr.in6_u.u6_addr32[i];
	}
	ends_are_ipv6(s);
}

/*
 * A sock_common by one guarded copy, which is hardly dearer than one of a single field: 12 ns against 15. It lies there as
 * this kernel has it, and is read with COMMON().
 */
struct common {
	__u8 bytes[128] __attribute__((aligned(8)));
};

#define COMMON(k, field)                                                                                               \
	(*(typeof(((struct sock_common *)0)->field) *)((k)->bytes + bpf_core_field_offset(struct sock_common, field)))

static __always_inline void common_copy(struct common *k, const struct sock_common *c)
{
	/* The cookie is the last that anybody wants: at 96 on 6.18. */
	__u32 size = bpf_core_field_offset(struct sock_common, skc_cookie) + sizeof(__u64);

	if (size > sizeof(k->bytes))
		size = sizeof(k->bytes);
	bpf_probe_read_kernel(k->bytes, size, c);
}

static __always_inline void ends_copy(struct fact_sock *s, const struct common *k)
{
	if (COMMON(k, skc_family) != AF_INET6 || !bpf_core_field_exists(((struct sock_common *)0)->skc_v6_daddr)) {
		ends_are_ipv4(s, COMMON(k, skc_rcv_saddr), COMMON(k, skc_daddr));
		return;
	}
	__builtin_memcpy(s->laddr, &COMMON(k, skc_v6_rcv_saddr), sizeof(s->laddr));
	__builtin_memcpy(s->raddr, &COMMON(k, skc_v6_daddr), sizeof(s->raddr));
	ends_are_ipv6(s);
}

static __always_inline void ends_probe(struct fact_sock *s, const struct sock_common *c)
{
	struct common k;

	common_copy(&k, c);
	ends_copy(s, &k);
}

static __always_inline bool family_restricted(void)
{
	return !(setting_ipv4 && setting_ipv6);
}

/* A listener on [::] that serves IPv4 too passes with either; it is known by having no peer. */
static __always_inline bool ends_wanted(const struct fact_sock *s, bool dual_stack)
{
	return dual_stack || (s->family == AF_INET ? setting_ipv4 : setting_ipv6);
}

static __always_inline bool netns_wanted(const struct sock_common *c)
{
	return !setting_netns || BPF_CORE_READ(c, skc_net.net, ns.inum) == setting_netns;
}

static __always_inline bool place_wanted(const struct sock_common *c)
{
	struct fact_sock ends;

	if (!netns_wanted(c))
		return false;
	if (!family_restricted())
		return true;
	ends_load(&ends, c);
	return ends_wanted(&ends, !c->skc_dport && !BPF_CORE_READ_BITFIELD(c, skc_ipv6only));
}

static __always_inline bool place_wanted_probe(const struct sock_common *c)
{
	struct fact_sock ends;

	if (!netns_wanted(c))
		return false;
	if (!family_restricted())
		return true;
	ends_probe(&ends, c);
	return ends_wanted(&ends, !BPF_CORE_READ(c, skc_dport) && !BPF_CORE_READ_BITFIELD_PROBED(c, skc_ipv6only));
}

/* ---- identity ---- */

/*
 * The same socket, as bpf_skc_to_tcp_sock() hands it out. To follow a pointer of what a tracepoint was given, the
 * verifier searches the names of all types of the kernel, milliseconds of start-up; of this one it asks no such thing.
 */
static __always_inline const struct sock *sock_of(const struct tcp_sock *tp)
{
	return &tp->inet_conn.icsk_inet.sk;
}

static __always_inline __u32 netns_of(const struct tcp_sock *tp)
{
	return sock_of(tp)->__sk_common.skc_net.net->ns.inum;
}

/* The cookie is the caller's: some hooks may make one, others take what is there. */
static __always_inline void sock_fill(struct fact_sock *s, const struct sock_common *c, __u32 netns, __u64 cookie,
				      __u16 lport, __u16 state)
{
	s->sk = (__u64)c;
	s->cookie = cookie;
	s->netns = netns;
	s->lport = lport;
	s->rport = bpf_ntohs(c->skc_dport);
	s->state = state;
	s->pad = 0;
	ends_load(s, c);
}

static __always_inline void sock_fill_probe(struct fact_sock *s, const struct sock_common *c, __u16 lport)
{
	const struct net *net;
	struct common k;

	common_copy(&k, c);
	net = COMMON(&k, skc_net.net);
	s->sk = (__u64)c;
	s->cookie = COMMON(&k, skc_cookie.counter);
	s->netns = BPF_CORE_READ(net, ns.inum);
	s->lport = lport;
	s->rport = bpf_ntohs(COMMON(&k, skc_dport));
	s->state = COMMON(&k, skc_state);
	s->pad = 0;
	ends_copy(s, &k);
}

/* The local port, also of a socket that has given it back. */
static __always_inline __u16 local_port(const struct tcp_sock *tp)
{
	const struct inet_sock *inet = &tp->inet_conn.icsk_inet;
	__u16 port = inet->sk.__sk_common.skc_num;

	return port ? port : bpf_ntohs(inet->inet_sport);
}

static __always_inline __u16 local_port_probe(const struct sock *sk)
{
	__u16 port = BPF_CORE_READ(sk, __sk_common.skc_num);

	return port ? port : bpf_ntohs(BPF_CORE_READ((const struct inet_sock *)sk, inet_sport));
}

static __always_inline bool wanted(const struct tcp_sock *tp)
{
	const struct sock_common *c = &tp->inet_conn.icsk_inet.sk.__sk_common;

	if (setting_port_ranges && !ports_wanted(local_port(tp), bpf_ntohs(c->skc_dport)))
		return false;
	return place_wanted(c);
}

/* A listening or requested end: the port is in skc_num. */
static __always_inline bool common_wanted(const struct sock_common *c)
{
	if (setting_port_ranges && !ports_wanted(c->skc_num, bpf_ntohs(c->skc_dport)))
		return false;
	return place_wanted(c);
}

static __always_inline bool sock_wanted_probe(const struct sock *sk)
{
	if (setting_port_ranges &&
	    !ports_wanted(local_port_probe(sk), bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport))))
		return false;
	return place_wanted_probe(&sk->__sk_common);
}

/* The TCP socket behind a descriptor's: itself, or the first subflow of MPTCP; NULL for all else. */
static __always_inline const struct sock *tcp_behind(const struct sock *sk)
{
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol);
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family != AF_INET && family != AF_INET6)
		return NULL;
	if (protocol == IPPROTO_MPTCP && bpf_core_field_exists(((struct mptcp_sock *)0)->first))
		return BPF_CORE_READ((const struct mptcp_sock *)sk, first);
	return protocol == IPPROTO_TCP ? sk : NULL;
}

/* Whether a request is half open still: in the kernel's table. */
static __always_inline bool request_hashed(const struct request_sock *req)
{
	return BPF_CORE_READ(req, __req_common.skc_nulls_node.pprev);
}

/* ---- a listener's queues ---- */

#define LOAD(p, field)	((p)->field)
#define PROBE(p, field) BPF_CORE_READ(p, field)

/* tp is the listener; wide (struct tcp_sock) because the queues lie beyond struct sock. */
#define QUEUES_FILL(READ, q, tp)                                                                                       \
	({                                                                                                             \
		(q)->sk = (__u64)(tp);                                                                                 \
		(q)->cookie = READ(tp, inet_conn.icsk_inet.sk.__sk_common.skc_cookie.counter);                         \
		(q)->accept_queue = READ(tp, inet_conn.icsk_inet.sk.sk_ack_backlog);                                   \
		(q)->backlog = READ(tp, inet_conn.icsk_inet.sk.sk_max_ack_backlog);                                    \
		(q)->syn_queue = READ(tp, inet_conn.icsk_accept_queue.qlen.counter);                                   \
		(q)->syn_young = READ(tp, inet_conn.icsk_accept_queue.young.counter);                                  \
		(q)->drops = READ(tp, inet_conn.icsk_inet.sk.sk_drops.counter);                                        \
		(q)->cookie_stamp = READ(tp, rx_opt.ts_recent_stamp);                                                  \
	})

static __always_inline void queues_fill(struct fact_queues *q, const struct tcp_sock *listener)
{
	QUEUES_FILL(LOAD, q, listener);
}

static __always_inline void queues_probe(struct fact_queues *q, const struct sock *listener)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)listener;

	QUEUES_FILL(PROBE, q, tp);
}

static __always_inline void queues_none(struct fact_queues *q)
{
	__builtin_memset(q, 0, sizeof(*q));
}

/* ---- who ---- */

static __always_inline bool is_owned(const struct sock *sk)
{
	return sk->sk_lock.owned == 1;
}

static __always_inline __u32 current_pid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/* Whether the current task is our own: we may live in a pid namespace, where getpid() is not what the kernel calls us. */
static __always_inline bool is_self(void)
{
	struct bpf_pidns_info ids = {};

	return setting_self && !bpf_get_ns_current_pid_tgid(setting_pidns_dev, setting_pidns_ino, &ids, sizeof(ids)) &&
	       ids.tgid == setting_self;
}

static __always_inline void task_fill(struct fact_task *task)
{
	__u64 id = bpf_get_current_pid_tgid();

	task->pid = id >> 32;
	task->tid = (__u32)id;
	bpf_get_current_comm(task->comm, sizeof(task->comm));
}

#endif
