// SPDX-License-Identifier: GPL-2.0-only
/*
 * refuse.bpf.c - what a listener refuses, and SYN cookies, with which it accepts more requests than
 * it can store.
 *
 *	a SYN is refused
 *		exact	fentry and fexit/tcp_conn_request; each SYN to a listener: 20 ns
 *		else	tp_btf/net_dev_queue and consume_skb, only with --name-syn-drops; each
 *			packet sent: 5 ns, each packet freed: 5 ns
 *	a final ACK is refused
 *		exact	fentry and fexit/tcp_check_req; each final ACK: 20 ns;
 *			fentry and fexit/cookie_v4_check, cookie_v6_check; each ACK to a
 *			listener without a request: 20 ns
 *		else	tp_btf/kfree_skb with the reason TCP_LISTEN_OVERFLOW (6.18); each
 *			packet dropped: 5 ns
 *	the client resets its request
 *		exact	fentry and fexit/tcp_check_req
 *		else	tp_btf/kfree_skb of the RST, with the listener (6.18)
 *	a child is made from a cookie
 *		exact	fentry and fexit/cookie_v4_check, cookie_v6_check
 *		else	not told apart from others
 *
 * These programs do not repeat the kernel's rules for when a queue is full. They conclude that a
 * segment was refused if the listener's counter of drops grew while this CPU worked on the segment,
 * and nothing came of it.
 *
 * Costs are from user/fact/hooks.c: the time of a run, without the 20 to 40 ns that running any
 * program takes. A hook without a cost runs only for the facts that it sends, 100 to 400 ns each.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "cookie.bpf.h"
#include "drop.bpf.h"
#include "dropped.bpf.h"
#include "segment.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

/* ---- SYN ---- */

SEC("fentry/tcp_conn_request")
int syn_comes(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[2];
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->syn_listener = (__u64)listener;
	cpu->syn_drops = listener->sk_drops.counter;
	cpu->syn_served = false;
	return 0;
}

/*
 * The kernel answers with a SYN cookie. The SYN is served, although it got no request
 * (handshake.bpf.c) and no child (accept.bpf.c).
 */
static __always_inline int cookie_made(const struct sk_buff *syn)
{
	struct cpu *cpu = this_cpu();
	struct segment t;

	if (cpu)
		cpu->syn_served = true;
	if (segment_read(&t, syn))
		cookie_sent(syn, t.dest);
	return 0;
}

SEC("fentry/cookie_v4_init_sequence")
int cookie_made_v4(__u64 *ctx)
{
	return cookie_made((const struct sk_buff *)ctx[0]);
}

SEC("fentry/cookie_v6_init_sequence")
int cookie_made_v6(__u64 *ctx)
{
	return cookie_made((const struct sk_buff *)ctx[0]);
}

SEC("fexit/tcp_conn_request")
int syn_done(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[2];
	struct sk_buff *skb = (struct sk_buff *)ctx[3];
	struct cpu *cpu = this_cpu();
	struct tcp_sock *tp;
	struct segment t;

	if (!cpu || cpu->syn_listener != (__u64)listener || cpu->syn_served ||
	    cpu->syn_drops == listener->sk_drops.counter)
		return 0;
	cpu->syn_listener = 0;
	tp = bpf_skc_to_tcp_sock(listener);
	if (tp && segment_read(&t, skb))
		send_drop(tp, skb, &t, FACT_F_TCP_FUNCTIONS | FACT_F_SEGMENT_SYN, FACT_DROP_OTHER);
	return 0;
}

/*
 * Without fentry, and only on request because both hooks see every packet. Whatever a listener does
 * with a SYN, the kernel frees the packet at one address. self_test.c finds that address by a
 * connection to ourselves. A SYN that is freed there, and to which no SYN-ACK has left on this CPU,
 * was refused.
 */
SEC("tp_btf/net_dev_queue")
int syn_answered(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct sock *sk = skb->sk;
	struct segment t;
	struct cpu *cpu;

	/* The SYN-ACK of a request, of a fast open's child, or (no socket) a cookie. */
	if (sk && sk->__sk_common.skc_state != TCP_NEW_SYN_RECV &&
	    sk->__sk_common.skc_state != TCP_SYN_RECV)
		return 0;
	if (skb->protocol != bpf_htons(ETH_P_IP) && skb->protocol != bpf_htons(ETH_P_IPV6))
		return 0;
	cpu = this_cpu();
	if (!cpu || !segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != (TCP_FLAG_SYN | TCP_FLAG_ACK))
		return 0;
	cpu->answered_port = t.dest;
	cpu->answered_ack = bpf_ntohl(t.ack);
	return 0;
}

SEC("tp_btf/consume_skb")
int syn_freed(__u64 *ctx)
{
	struct sk_buff *skb;
	struct segment t;
	struct cpu *cpu;

	if (ctx[1] != seen_syn_freed)
		return 0;
	skb = (struct sk_buff *)ctx[0];
	cpu = this_cpu();
	if (!cpu || !segment_read(&t, skb))
		return 0;
	/* A fast open's answer acknowledges the data of the SYN, too: less than skb->len. */
	if (cpu->answered_ack - bpf_ntohl(t.seq) - 1 <= skb->len && cpu->answered_port == t.source)
		return 0;
	send_drop(NULL, skb, &t, FACT_F_SEGMENT_SYN, FACT_DROP_UNKNOWN);
	return 0;
}

/* Attached during the self-test: finds the address where our own SYN is freed. */
SEC("tp_btf/consume_skb")
int syn_freed_where(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	__be16 port = *(volatile __be16 *)&self_port;
	struct segment t;

	/* What is freed may be no packet: where its header would be is what was there before. */
	if (!port || seen_syn_freed || skb->protocol != bpf_htons(ETH_P_IP) ||
	    !segment_read(&t, skb))
		return 0;
	/* Any task can process the packet, so the namespace, which is ours alone, identifies it. */
	if (t.dest == port && (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN &&
	    segment_netns(skb) == self_netns)
		seen_syn_freed = ctx[1];
	return 0;
}

/* ---- the final ACK ---- */

SEC("fentry/tcp_check_req")
int ack_comes(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	const struct request_sock *req = (const struct request_sock *)ctx[2];
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->ack_listener = (__u64)listener;
	cpu->ack_drops = listener->sk_drops.counter;
	cpu->ack_req = request_hashed(req) ? (__u64)req : 0;
	return 0;
}

/* The client's RST ended its request. A RST of ours is seen by tcp_send_reset (close.bpf.c). */
static __always_inline void send_reset_of_request(const struct request_sock *req)
{
	struct fact_reset *f;
	struct common k;

	common_copy(&k, &req->__req_common);
	if (!request_copy_wanted(&k))
		return;
	f = fact_reserve(FACT_RESET, sizeof(*f), FACT_F_TCP_FUNCTIONS);
	if (!f)
		return;
	sock_fill_copy(&f->s, &k, req, COMMON(&k, skc_num));
	f->reason = FACT_RESET_UNKNOWN;
	f->pid = 0;
	fact_submit(f, sizeof(*f));
}

/*
 * Two things keep this from taking something else for a refusal. acked is also set while
 * TCP_DEFER_ACCEPT waits for data, but then the counter does not grow. The counter also grows when
 * another CPU refuses a segment, but a bad segment here leaves acked 0 and the queue not full. (A
 * refused ACK sets acked, or with tcp_abort_on_overflow has found the queue full.)
 */
SEC("fexit/tcp_check_req")
int ack_done(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct sk_buff *skb = (struct sk_buff *)ctx[1];
	struct request_sock *req = (struct request_sock *)ctx[2];
	struct cpu *cpu = this_cpu();
	__u64 child = 0;
	struct tcp_sock *tp;
	struct segment t;
	bool acked;

	if (!cpu || cpu->ack_listener != (__u64)listener || bpf_get_func_ret(ctx, &child) || child)
		return 0;
	cpu->ack_listener = 0;
	if (cpu->ack_req == (__u64)req && !request_hashed(req) && segment_read(&t, skb) &&
	    t.flags & TCP_FLAG_RST) {
		send_reset_of_request(req);
		return 0;
	}
	if (cpu->ack_drops == listener->sk_drops.counter)
		return 0;
	tp = bpf_skc_to_tcp_sock(listener);
	if (!tp || !segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_ACK)) != TCP_FLAG_ACK)
		return 0;
	acked = BPF_CORE_READ_BITFIELD_PROBED((struct inet_request_sock *)req, acked);
	if (!acked && tp->inet_conn.icsk_inet.sk.sk_ack_backlog <=
			      tp->inet_conn.icsk_inet.sk.sk_max_ack_backlog)
		return 0;
	send_drop(tp, skb, &t, FACT_F_TCP_FUNCTIONS | (acked ? FACT_F_ACKED : 0), FACT_DROP_OTHER);
	return 0;
}

/*
 * A RST that the kernel drops with its listener was for a request (tcp_v4_rcv()). It ended that one
 * if its number is the next that the request expects, which the tracker knows.
 */
static __always_inline void send_reset_of_segment(const struct sk_buff *skb,
						  const struct segment *t)
{
	struct fact_reset *f = fact_reserve(FACT_RESET, sizeof(*f), FACT_F_SEGMENT);

	if (!f)
		return;
	f->s.sk = 0;
	f->s.cookie = 0;
	f->s.netns = segment_netns(skb);
	f->s.state = TCP_NEW_SYN_RECV;
	segment_ends(&f->s, skb, t);
	f->reason = FACT_RESET_UNKNOWN;
	f->pid = bpf_ntohl(t->seq);
	fact_submit(f, sizeof(*f));
}

/* A reason as send_drop() takes it: ours, and the kernel's own in the second byte. */
#define DISCARDED(name, why)                                     \
	do {                                                     \
		if (IS_REASON(reason, name))                     \
			return (why) | FACT_DISCARD_##name << 8; \
	} while (0)

/*
 * The reasons of tcp_v4_rcv() that have nothing to do with a listener's queues, although sk_drops
 * counts them. FACT_DROP_UNKNOWN: another one. Global: what comes behind it the verifier follows
 * once, and not for each answer.
 */
__weak __noinline __u32 why_discarded(__u32 reason)
{
	DISCARDED(TCP_MD5NOTFOUND, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_MD5UNEXPECTED, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_MD5FAILURE, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_AUTH_HDR, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_AONOTFOUND, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_AOUNEXPECTED, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_AOKEYNOTFOUND, FACT_DROP_SIGNATURE);
	DISCARDED(TCP_AOFAILURE, FACT_DROP_SIGNATURE);
	DISCARDED(SOCKET_FILTER, FACT_DROP_FILTER);
	DISCARDED(XFRM_POLICY, FACT_DROP_POLICY);
	DISCARDED(TCP_MINTTL, FACT_DROP_TTL);
	return FACT_DROP_UNKNOWN;
}

/*
 * Without fentry and fexit. The kernel drops an ACK because the accept queue is full, or a segment
 * with its listener, before anybody looked for its request. One program for all that is dropped:
 * also for SYN-ACKs that a packet filter drops.
 */
SEC("tp_btf/kfree_skb")
int ack_dropped(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	bool full = is_listen_overflow(ctx[2]);
	struct tcp_sock *tp = NULL;
	struct sock *listener;
	__u32 reason, flags;
	struct segment t;

	if (dropped_besides(ctx))
		return 0;
	if (!has_listen_overflow())
		return 0;
	listener = (struct sock *)ctx[3];
	if (listener && listener->__sk_common.skc_state == TCP_LISTEN)
		tp = bpf_skc_to_tcp_sock(listener);
	if ((!full && !tp) || !segment_read(&t, skb))
		return 0;
	reason = full ? FACT_DROP_ACCEPT_QUEUE_FULL : why_discarded(ctx[2]);
	/* A RST that is discarded leaves its request alone. */
	if ((reason == FACT_DROP_UNKNOWN && !(t.flags & TCP_FLAG_RST)) || !drop_wanted(tp, skb, &t))
		return 0;
	flags = t.flags & TCP_FLAG_SYN ? FACT_F_SEGMENT_SYN : full ? FACT_F_ACKED : 0;
	if (reason == FACT_DROP_UNKNOWN)
		send_reset_of_segment(skb, &t);
	else
		send_wanted_drop(tp, skb, &t, flags, reason);
	return 0;
}

/* ---- SYN cookies: the ACK that carries one ---- */

static __always_inline int cookie_comes(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct cpu *cpu = this_cpu();

	if (!cpu)
		return 0;
	cpu->in_cookie = (__u64)listener;
	cpu->ack_drops = listener->sk_drops.counter;
	return 0;
}

/*
 * cookie_v4_check(listener, skb) returns the listener itself if the segment carries no cookie, the
 * child, or NULL.
 */
static __always_inline int cookie_done(__u64 *ctx)
{
	struct sock *listener = (struct sock *)ctx[0];
	struct sk_buff *skb = (struct sk_buff *)ctx[1];
	struct cpu *cpu = this_cpu();
	__u64 child = 0;
	struct tcp_sock *tp;
	struct segment t;

	if (!cpu || cpu->in_cookie != (__u64)listener)
		return 0;
	cpu->in_cookie = 0;
	if (cpu->ack_drops == listener->sk_drops.counter || bpf_get_func_ret(ctx, &child) || child)
		return 0;
	tp = bpf_skc_to_tcp_sock(listener);
	if (tp && segment_read(&t, skb))
		send_drop(tp, skb, &t, FACT_F_TCP_FUNCTIONS | FACT_F_ACKED | FACT_F_SYNCOOKIE,
			  FACT_DROP_OTHER);
	return 0;
}

SEC("fentry/cookie_v4_check")
int cookie_comes_v4(__u64 *ctx)
{
	return cookie_comes(ctx);
}

SEC("fexit/cookie_v4_check")
int cookie_done_v4(__u64 *ctx)
{
	return cookie_done(ctx);
}

SEC("fentry/cookie_v6_check")
int cookie_comes_v6(__u64 *ctx)
{
	return cookie_comes(ctx);
}

SEC("fexit/cookie_v6_check")
int cookie_done_v6(__u64 *ctx)
{
	return cookie_done(ctx);
}
