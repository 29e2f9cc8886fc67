/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sock.bpf.h - reads a socket: who it is, its addresses, its queues, and whether the filter wants
 * it.
 *
 * There are two ways to read kernel memory. A plain load costs next to nothing; the verifier allows
 * it through pointers that it trusts, which are the arguments of a hook and what they point to.
 * With every other pointer there are guarded copies (bpf_probe_read_kernel()), which take 12 ns,
 * however long they are, and LOAD() for single fields (load.bpf.h). Code that has an untrusted
 * pointer to a socket calls common_copy() first; the functions that take a struct common then read
 * that copy. No other read of kernel memory exists in these programs.
 *
 * Longer than 500 lines: all reads of a socket stand in one place, to be checked in one reading.
 */
#ifndef SOCKSTATE_SOCK_BPF_H
#define SOCKSTATE_SOCK_BPF_H

#include "brought.bpf.h"
#include "fact.h"
#include "load.bpf.h"
#include "settings.bpf.h"

#define AF_INET	      2
#define AF_INET6      10
#define IPPROTO_TCP   6
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
	TCP_NEW_SYN_RECV, /* a request (request_sock) */
};

/* ---- the filter ---- */

/* The ends of the first range become constants of the program (user/base/fold.h). */
static __always_inline bool in_ranges(const volatile __u16 *first, const volatile __u16 *last,
				      int ranges, int most, __u16 port)
{
	if (ranges && port >= first[0] && port <= last[0])
		return true;
#pragma clang loop unroll(disable)
	for (int i = 1; i < most; i++) {
		if (i >= ranges)
			break;
		if (port >= first[i] && port <= last[i])
			return true;
	}
	return false;
}

static __always_inline bool port_wanted(__u16 port)
{
	return in_ranges(setting_first_port, setting_last_port, setting_port_ranges,
			 FILTER_RANGES_MAX, port);
}

static __always_inline bool lport_wanted(__u16 port)
{
	return in_ranges(setting_first_lport, setting_last_lport, setting_lport_ranges,
			 FILTER_SIDE_RANGES_MAX, port);
}

static __always_inline bool rport_wanted(__u16 port)
{
	return in_ranges(setting_first_rport, setting_last_rport, setting_rport_ranges,
			 FILTER_SIDE_RANGES_MAX, port);
}

static __always_inline bool ports_restricted(void)
{
	return setting_port_ranges || setting_lport_ranges || setting_rport_ranges;
}

/*
 * The same rule as filter_match() of user/event/filter.c. A port of 0 is not known yet and matches
 * no range.
 */
static __always_inline bool ports_wanted(__u16 lport, __u16 rport)
{
	if (setting_lport_ranges && !lport_wanted(lport))
		return false;
	if (setting_rport_ranges && !rport_wanted(rport))
		return false;
	if (!setting_port_ranges)
		return true;
	return (setting_local_port && port_wanted(lport)) ||
	       (setting_remote_port && port_wanted(rport));
}

/* ---- addresses ---- */

/* Whether it is ::ffff:a.b.c.d; compares two words in memory order. */
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

/*
 * Sends as AF_INET what talks IPv4 through an AF_INET6 socket, or listens on an IPv4 address only.
 */
static __always_inline void ends_are_ipv6(struct fact_sock *s)
{
	s->family = AF_INET6;
	if (is_mapped(s->raddr) || is_mapped(s->laddr))
		ends_are_ipv4(s, *(__be32 *)(s->laddr + 12), *(__be32 *)(s->raddr + 12));
}

/* Writes family, laddr and raddr. */
static __always_inline void ends_load(struct fact_sock *s, const struct sock_common *c)
{
	const __be32 *laddr, *raddr;

	if (c->skc_family != AF_INET6 || !bpf_core_field_exists(c->skc_v6_daddr)) {
		ends_are_ipv4(s, c->skc_rcv_saddr, c->skc_daddr);
		return;
	}
	laddr = (const void *)c + bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr);
	raddr = (const void *)c + bpf_core_field_offset(struct sock_common, skc_v6_daddr);
	for (int i = 0; i < 4; i++) {
		((__be32 *)s->laddr)[i] = laddr[i];
		((__be32 *)s->raddr)[i] = raddr[i];
	}
	ends_are_ipv6(s);
}

/*
 * A guarded copy of a struct sock_common, laid out as in the running kernel. COMMON() reads a
 * field.
 */
struct common {
	__u8 bytes[112] __attribute__((aligned(8))); /* the stack is short */
};

#define COMMON(k, field)                                                                         \
	(*(typeof(((struct sock_common *)0)->field) *)((k)->bytes +                              \
						       bpf_core_field_offset(struct sock_common, \
									     field)))

static __always_inline void common_copy(struct common *k, const struct sock_common *c)
{
	/* No program wants a field behind the cookie, which is at offset 96 on 6.18. */
	__u32 size = bpf_core_field_offset(struct sock_common, skc_cookie) + sizeof(__u64);

	if (size > sizeof(k->bytes))
		size = sizeof(k->bytes);
	bpf_probe_read_kernel(k->bytes, size, c);
}

static __always_inline void ends_copy(struct fact_sock *s, const struct common *k)
{
	if (COMMON(k, skc_family) != AF_INET6 ||
	    !bpf_core_field_exists(((struct sock_common *)0)->skc_v6_daddr)) {
		ends_are_ipv4(s, COMMON(k, skc_rcv_saddr), COMMON(k, skc_daddr));
		return;
	}
	__builtin_memcpy(s->laddr, &COMMON(k, skc_v6_rcv_saddr), sizeof(s->laddr));
	__builtin_memcpy(s->raddr, &COMMON(k, skc_v6_daddr), sizeof(s->raddr));
	ends_are_ipv6(s);
}

static __always_inline bool family_restricted(void)
{
	return !(setting_ipv4 && setting_ipv6);
}

/*
 * The same rule as filter_match_listener() of user/event/filter.c: an IPv6 listener that also
 * serves IPv4 passes with either family. A listener has no peer.
 */
static __always_inline bool ends_wanted(const struct fact_sock *s, bool dual_stack)
{
	return s->family == AF_INET ? setting_ipv4 : setting_ipv6 || dual_stack;
}

static __always_inline bool in_net(const volatile struct net_prefix *net, __u32 family,
				   const __u8 addr[16])
{
	const __u64 *words = (const __u64 *)addr;

	return net->family == family && (words[0] & net->mask[0]) == net->addr[0] &&
	       (words[1] & net->mask[1]) == net->addr[1];
}

static __always_inline bool laddr_wanted(const struct fact_sock *s)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < FILTER_NETS_MAX; i++) {
		if (i >= setting_laddrs)
			break;
		if (in_net(&setting_laddr[i], s->family, s->laddr))
			return true;
	}
	return false;
}

static __always_inline bool host_wanted(const struct fact_sock *s)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < FILTER_NETS_MAX; i++) {
		if (i >= setting_hosts)
			break;
		if (in_net(&setting_host[i], s->family, s->laddr) ||
		    in_net(&setting_host[i], s->family, s->raddr))
			return true;
	}
	return false;
}

static __always_inline bool nets_restricted(void)
{
	return setting_laddrs || setting_hosts;
}

static __always_inline bool is_any(const __u8 addr[16])
{
	return !((const __u64 *)addr)[0] && !((const __u64 *)addr)[1];
}

/*
 * The same rule as filter_match_nets() of user/event/filter.c: a listener passes if a connection of
 * it may.
 */
static __always_inline bool nets_wanted(const struct fact_sock *s, bool listener)
{
	if (setting_laddrs && !laddr_wanted(s) && !(listener && is_any(s->laddr)))
		return false;
	return !setting_hosts || listener || host_wanted(s);
}

/* What only the addresses of a socket tell is asked for. */
static __always_inline bool ends_restricted(void)
{
	return family_restricted() || nets_restricted();
}

static __always_inline bool place_wanted(const struct sock_common *c)
{
	struct fact_sock ends;

	if (setting_netns && BPF_CORE_READ(c, skc_net.net, ns.inum) != setting_netns)
		return false;
	if (!ends_restricted())
		return true;
	ends_load(&ends, c);
	return ends_wanted(&ends, !c->skc_dport && !BPF_CORE_READ_BITFIELD(c, skc_ipv6only)) &&
	       nets_wanted(&ends, !c->skc_dport);
}

/* ---- the network namespace ---- */

/*
 * The inodes of network namespaces, each with the namespace's cookie in the upper half, in the
 * place of that cookie.
 *
 * The kernel counts the references to a namespace beside its inode, one for each socket that is
 * made or freed. So that cache line moves between the CPUs all the time, and to read it takes 40
 * ns. Nobody writes to the line with the cookie, which no second namespace ever has. A cookie of
 * more than 32 bits is not found here again, and its inode is read each time.
 */
#define NETNS_KEPT 64 /* a power of two */

__u64 netns_kept[NETNS_KEPT] __weak = {};

/*
 * One word, which is read and written at once: an interrupt or another CPU cannot mix two. Each CPU
 * takes cookies from 4096 of its own (gen_cookie_next), of which most are never taken.
 */
static __always_inline volatile __u64 *netns_place(__u64 cookie)
{
	return &netns_kept[(cookie ^ cookie >> 12) & (NETNS_KEPT - 1)];
}

static __always_inline bool netns_known(__u64 cookie, __u32 *inode)
{
	__u64 kept = *netns_place(cookie);

	*inode = kept;
	return cookie && kept >> 32 == cookie;
}

static __always_inline __u32 netns_keep(__u64 cookie, __u32 inode)
{
	*netns_place(cookie) = cookie << 32 | inode;
	return inode;
}

static __always_inline __u32 netns_inode(const struct net *net)
{
	__u32 inode;

	if (!bpf_core_field_exists(net->net_cookie))
		return net->ns.inum;
	return netns_known(net->net_cookie, &inode) ? inode
						    : netns_keep(net->net_cookie, net->ns.inum);
}

static __always_inline __u32 netns_of_copy(const struct common *k)
{
	const struct net *net = COMMON(k, skc_net.net);

	return LOAD(net, net, ns.inum);
}

static __always_inline bool place_wanted_copy(const struct common *k)
{
	struct fact_sock ends;

	if (setting_netns && netns_of_copy(k) != setting_netns)
		return false;
	if (!ends_restricted())
		return true;
	ends_copy(&ends, k);
	return ends_wanted(&ends,
			   !COMMON(k, skc_dport) &&
				   !BPF_CORE_READ_BITFIELD((const struct sock_common *)k->bytes,
							   skc_ipv6only)) &&
	       nets_wanted(&ends, !COMMON(k, skc_dport));
}

/* ---- identity ---- */

/*
 * The struct sock of a tcp_sock that bpf_skc_to_tcp_sock() returned. Through a tracepoint's own
 * pointer the verifier compares the names of all kernel types at each load, milliseconds of
 * start-up; through this one it does not.
 */
static __always_inline const struct sock *sock_of(const struct tcp_sock *tp)
{
	return &tp->inet_conn.icsk_inet.sk;
}

static __always_inline __u32 netns_of(const struct tcp_sock *tp)
{
	return netns_inode(sock_of(tp)->__sk_common.skc_net.net);
}

/*
 * Gives a socket without a cookie one for life. The helper does the same, and takes 8 ns more for a
 * socket that has one.
 */
static __always_inline __u64 cookie_of(struct sock *sk)
{
	__u64 cookie = sk->__sk_common.skc_cookie.counter;

	return cookie ? cookie : bpf_get_socket_cookie(sk);
}

/* The cookie is an argument, because some hooks may generate one and others may only read it. */
static __always_inline void sock_fill(struct fact_sock *s, const struct sock_common *c, __u32 netns,
				      __u64 cookie, __u16 lport, __u16 state)
{
	s->sk = (__u64)c;
	s->cookie = cookie;
	s->netns = netns;
	s->lport = lport;
	s->rport = bpf_ntohs(c->skc_dport);
	s->state = state;
	s->ifindex = c->skc_bound_dev_if;
	ends_load(s, c);
}

/* k: a copy of *sk, which is a full socket or a request. */
static __always_inline void sock_fill_copy(struct fact_sock *s, const struct common *k,
					   const void *sk, __u16 lport)
{
	s->sk = (__u64)sk;
	s->cookie = COMMON(k, skc_cookie.counter);
	s->netns = netns_of_copy(k);
	s->lport = lport;
	s->rport = bpf_ntohs(COMMON(k, skc_dport));
	s->state = COMMON(k, skc_state);
	s->ifindex = COMMON(k, skc_bound_dev_if);
	ends_copy(s, k);
}

/*
 * The local port. After the kernel has unhashed a socket, skc_num is 0 and inet_sport still has it.
 */
static __always_inline __u16 local_port(const struct tcp_sock *tp)
{
	const struct inet_sock *inet = &tp->inet_conn.icsk_inet;
	__u16 port = inet->sk.__sk_common.skc_num;

	return port ? port : bpf_ntohs(inet->inet_sport);
}

static __always_inline __u16 local_port_copy(const struct common *k, const struct sock *sk)
{
	__u16 port = COMMON(k, skc_num);

	return port ? port : bpf_ntohs(LOAD(tcp_sock, sk, inet_conn.icsk_inet.inet_sport));
}

/* By its own ends. */
static __always_inline bool ends_of_sock_wanted(const struct tcp_sock *tp)
{
	const struct sock_common *c = &tp->inet_conn.icsk_inet.sk.__sk_common;

	if (ports_restricted() && !ports_wanted(local_port(tp), bpf_ntohs(c->skc_dport)))
		return false;
	return place_wanted(c);
}

static __always_inline bool wanted(const struct tcp_sock *tp)
{
	return ends_of_sock_wanted(tp) || brought_find(sock_of(tp)->__sk_common.skc_cookie.counter);
}

/* For listeners and requests, whose port is in skc_num. By its own ends. */
static __always_inline bool ends_of_common_wanted(const struct sock_common *c)
{
	if (ports_restricted() && !ports_wanted(c->skc_num, bpf_ntohs(c->skc_dport)))
		return false;
	return place_wanted(c);
}

static __always_inline bool common_wanted(const struct sock_common *c)
{
	return ends_of_common_wanted(c) || brought_find(c->skc_cookie.counter);
}

static __always_inline bool ends_of_copy_wanted(const struct common *k, const struct sock *sk)
{
	if (ports_restricted() &&
	    !ports_wanted(local_port_copy(k, sk), bpf_ntohs(COMMON(k, skc_dport))))
		return false;
	return place_wanted_copy(k);
}

static __always_inline bool wanted_copy(const struct common *k, const struct sock *sk)
{
	return ends_of_copy_wanted(k, sk) || brought_find(COMMON(k, skc_cookie.counter));
}

static __always_inline bool common_wanted_copy(const struct common *k)
{
	return (ports_wanted(COMMON(k, skc_num), bpf_ntohs(COMMON(k, skc_dport))) &&
		place_wanted_copy(k)) ||
	       brought_find(COMMON(k, skc_cookie.counter));
}

/*
 * Returns the TCP socket that sk is, or the first subflow if it is an MPTCP socket. Returns NULL
 * for every other kind of socket.
 */
static __always_inline const struct sock *tcp_of_sock(const struct sock *sk)
{
	__u16 family = LOAD(sock, sk, __sk_common.skc_family), protocol;

	if (family != AF_INET && family != AF_INET6)
		return NULL;
	protocol = LOAD(sock, sk, sk_protocol);
	if (protocol == IPPROTO_MPTCP && bpf_core_field_exists(((struct mptcp_sock *)0)->first))
		return BPF_CORE_READ((const struct mptcp_sock *)sk, first);
	return protocol == IPPROTO_TCP ? sk : NULL;
}

/* The same, and copies it to k. */
static __always_inline const struct sock *tcp_behind(const struct sock *sk, struct common *k)
{
	sk = tcp_of_sock(sk);
	if (sk)
		common_copy(k, &sk->__sk_common);
	return sk;
}

/* Whether a request is still half open: it is in the kernel's table of connections. */
static __always_inline bool request_hashed(const struct request_sock *req)
{
	return BPF_CORE_READ(req, __req_common.skc_nulls_node.pprev);
}

/* ---- a listener's queues ---- */

/* of_group: its sk_reuseport_cb, or NULL; then it is its own, rx_opt.ts_recent_stamp. */
static __always_inline __u32 cookie_stamp(const struct sock_reuseport *of_group, __u32 own)
{
	return of_group ? BPF_CORE_READ(of_group, synq_overflow_ts) : own;
}

/* tp is the listener as a struct tcp_sock, because the queues lie behind struct sock. */
static __always_inline void queues_fill(struct fact_queues *q, const struct tcp_sock *tp)
{
	q->sk = (__u64)tp;
	q->cookie = tp->inet_conn.icsk_inet.sk.__sk_common.skc_cookie.counter;
	q->accept_queue = tp->inet_conn.icsk_inet.sk.sk_ack_backlog;
	q->backlog = tp->inet_conn.icsk_inet.sk.sk_max_ack_backlog;
	q->syn_queue = tp->inet_conn.icsk_accept_queue.qlen.counter;
	q->syn_young = tp->inet_conn.icsk_accept_queue.young.counter;
	q->drops = tp->inet_conn.icsk_inet.sk.sk_drops.counter;
	q->cookie_stamp = cookie_stamp(tp->inet_conn.icsk_inet.sk.sk_reuseport_cb,
				       tp->rx_opt.ts_recent_stamp);
}

static __always_inline void queues_copy(struct fact_queues *q, __u64 cookie,
					const struct sock *listener)
{
	q->sk = (__u64)listener;
	q->cookie = cookie;
	q->accept_queue = LOAD(sock, listener, sk_ack_backlog);
	q->backlog = LOAD(sock, listener, sk_max_ack_backlog);
	q->syn_queue = LOAD(tcp_sock, listener, inet_conn.icsk_accept_queue.qlen.counter);
	q->syn_young = LOAD(tcp_sock, listener, inet_conn.icsk_accept_queue.young.counter);
	q->drops = LOAD(sock, listener, sk_drops.counter);
	q->cookie_stamp = cookie_stamp(LOAD(sock, listener, sk_reuseport_cb),
				       LOAD(tcp_sock, listener, rx_opt.ts_recent_stamp));
}

static __always_inline void queues_probe(struct fact_queues *q, const struct sock *listener)
{
	queues_copy(q, LOAD(sock, listener, __sk_common.skc_cookie.counter), listener);
}

/*
 * A SYN-ACK is sent again because the client's SYN came again (tcp_check_req). The other cause is
 * the request's timer (reqsk_timer_handler), and a timer is taken out before its handler runs.
 */
static __always_inline bool syn_came(const struct request_sock *req)
{
	return BPF_CORE_READ(req, rsk_timer.entry.pprev) != NULL;
}

/* TCP_DEFER_ACCEPT: an ACK without data does not complete a handshake (tcp_check_req). */
static __always_inline bool is_deferring(const struct sock *listener)
{
	return LOAD(tcp_sock, listener, inet_conn.icsk_accept_queue.rskq_defer_accept);
}

/*
 * How many requests a listener holds before it refuses a SYN or answers it with a cookie: the
 * backlog (inet_csk_reqsk_queue_is_full); without cookies the last quarter of tcp_max_syn_backlog
 * is not for strangers either (tcp_conn_request).
 */
static __always_inline __u32 syn_queue_limit(const struct sock *listener, __u32 backlog)
{
	const struct net *net = BPF_CORE_READ(listener, __sk_common.skc_net.net);
	__u32 most = BPF_CORE_READ(net, ipv4.sysctl_max_syn_backlog);

	most = most - (most >> 2) + 1;
	return BPF_CORE_READ(net, ipv4.sysctl_tcp_syncookies) || most > backlog ? backlog : most;
}

static __always_inline void queues_none(struct fact_queues *q)
{
	__builtin_memset(q, 0, sizeof(*q));
}

/* ---- who ---- */

/*
 * Our own process in the initial pid namespace, while and after it walks over files; 0: no walk
 * yet.
 */
__u32 walker_pid __weak = 0;

static __always_inline __u32 current_pid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/*
 * Whether a task has the socket locked: the current task is a user of the socket. Otherwise this is
 * a softirq or a timer, and the current task is any task that was interrupted.
 */
static __always_inline bool is_owned(const struct sock *sk)
{
	return *(const volatile int *)&sk->sk_lock.owned == 1;
}

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/*
 * A thread of the kernel itself owns no socket, though it locks some: a worker opens the subflows
 * of MPTCP, and closes what an io_uring program leaves open.
 */
static __always_inline bool is_kernel_thread(void)
{
	return LOAD(task_struct, (const void *)bpf_get_current_task(), flags) & PF_KTHREAD;
}

/*
 * The current process, or 0 if it is ourselves. Our walk over open files (existing.bpf.c) holds
 * each file for a moment. If its owner closes it in that moment, we close the socket, which does
 * not make us its owner.
 */
static __always_inline __u32 owner_pid(void)
{
	__u32 pid = current_pid();

	return pid == walker_pid || is_kernel_thread() ? 0 : pid;
}

/*
 * Whether the current task is our own process. getpid() does not help if we run in a pid namespace.
 */
static __always_inline bool is_self(void)
{
	struct bpf_pidns_info ids = {};

	return setting_self &&
	       !bpf_get_ns_current_pid_tgid(setting_pidns_dev, setting_pidns_ino, &ids,
					    sizeof(ids)) &&
	       ids.tgid == setting_self;
}

/* The name is the process's, so that one pid has one name whichever of its threads acts. */
static __always_inline void task_fill(struct fact_task *task)
{
	const void *current = (const void *)bpf_get_current_task();
	const struct task_struct *leader;
	__u64 id = bpf_get_current_pid_tgid();

	__builtin_memset(task, 0, sizeof(*task));
	if (is_kernel_thread())
		return;
	task->pid = id >> 32;
	task->tid = (__u32)id;
	leader = LOAD(task_struct, current, group_leader);
	bpf_probe_read_kernel_str(&task->comm, sizeof(task->comm), leader->comm);
}

/* The same for a task that a walk has come to. */
static __always_inline void holder_fill(struct fact_task *out, const struct task_struct *task)
{
	out->pid = task->tgid;
	out->tid = task->pid;
	BPF_CORE_READ_STR_INTO(&out->comm, task, comm);
}

#endif
