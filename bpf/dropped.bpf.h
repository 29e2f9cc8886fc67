/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dropped.bpf.h - segments of a handshake that are dropped without a refusal of the listener's. For
 * programs at tp_btf/kfree_skb.
 *
 * A SYN-ACK that a packet filter of this host throws away on its way out (nf_hook_slow(), in the
 * OUTPUT and POSTROUTING chains) belongs to a request, which names its listener. So the request is
 * sent, which no SYN-ACK that leaves will show, and the drop. The kernel gives a request up if its
 * timer cannot send the SYN-ACK again (reqsk_timer_handler), unless the final ACK has come.
 *
 * A SYN for a connection that exists is discarded (tcp_validate_incoming), and answered by an ACK,
 * unless one has just been sent (RFC 5961 4.2). The kernel passes the socket since 6.11.
 */
#ifndef SOCKSTATE_DROPPED_BPF_H
#define SOCKSTATE_DROPPED_BPF_H

#include "drop.bpf.h"
#include "request.bpf.h"

/* kfree_skb passes the socket for which the packet was received. */
const volatile bool setting_dropped_sock __weak = false;

/* sk: a request. */
static __always_inline void synack_drop_send(const struct sk_buff *skb, const struct sock *sk,
					     __u32 flags)
{
	struct fact_drop *f = fact_reserve(FACT_DROP, sizeof(*f), FACT_F_SYNACK | flags);
	struct common k;

	if (!f)
		return;
	common_copy(&k, &sk->__sk_common);
	sock_fill_copy(&f->s, &k, sk, COMMON(&k, skc_num));
	queues_probe(&f->q, LOAD(sock, sk, __sk_common.skc_listener));
	f->reason = FACT_DROP_NETFILTER;
	f->discard = FACT_DISCARD_NETFILTER_DROP;
	f->segments = 1;
	f->client_seq = LOAD(tcp_request_sock, sk, rcv_isn);
	fact_submit(f, sizeof(*f));
}

/*
 * The packet has not reached any device: then the sender is told that it was dropped. A bridge or a
 * tunnel that drops it tells nobody.
 */
static __always_inline bool sender_knows(const struct sk_buff *skb)
{
	return skb->mac_header == (__u16)~0U;
}

/* Why the SYN-ACK is sent again, and what comes of it that it cannot be. */
static __always_inline __u32 synack_again_flags(const struct sk_buff *skb,
						const struct request_sock *req)
{
	if (!sender_knows(skb))
		return 0;
	if (syn_came(req))
		return FACT_F_SYN_CAME;
	return BPF_CORE_READ_BITFIELD_PROBED((const struct inet_request_sock *)req, acked)
		       ? 0
		       : FACT_F_GIVEN_UP;
}

/*
 * A SYN-ACK with a SYN cookie belongs to no request, and that of a fast open to the child. That it
 * was sent is noted, as of every other: its SYN was not refused (syn_freed in refuse.bpf.c).
 */
static __always_inline int unrequested_filtered(struct cpu *cpu, const struct sk_buff *skb)
{
	struct segment t;

	if (!seen_syn_freed ||
	    (skb->protocol != bpf_htons(ETH_P_IP) && skb->protocol != bpf_htons(ETH_P_IPV6)) ||
	    !segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != (TCP_FLAG_SYN | TCP_FLAG_ACK))
		return 0;
	cpu->answered_port = t.dest;
	cpu->answered_ack = bpf_ntohl(t.ack);
	return 0;
}

/* Of a packet that a packet filter drops. */
static __noinline int synack_filtered(struct sk_buff *skb)
{
	const struct sock *sk = setting_cast ? LOAD(sk_buff, skb, sk) : skb->sk;
	struct cpu *cpu = this_cpu();
	__u32 flags = 0;
	enum kin kin;

	/* What has come in by a device can have the socket of its connection, too (early demux). */
	if (!cpu || LOAD(sk_buff, skb, skb_iif))
		return 0;
	if (!sk || sk->__sk_common.skc_state == TCP_SYN_RECV)
		return unrequested_filtered(cpu, skb);
	if (sk->__sk_common.skc_state != TCP_NEW_SYN_RECV)
		return 0;
	cpu->answered_port = sk->__sk_common.skc_dport;
	cpu->answered_ack = LOAD(tcp_request_sock, sk, rcv_isn) + 1;
	/* Of a fast open, sent again: the child exists, and the kernel goes on trying. */
	if (LOAD(tcp_request_sock, sk, tfo_listener))
		return 0;
	kin = kin_of_request(&sk->__sk_common);
	if (kin == KIN_UNWANTED)
		return 0;
	if (is_first_synack(sk))
		request_send(cpu, sk, kin);
	else
		flags = synack_again_flags(skb, (const struct request_sock *)sk);
	synack_drop_send(skb, sk, flags);
	return 0;
}

static __always_inline bool is_filtered(__u32 reason)
{
	return IS_REASON(reason, NETFILTER_DROP);
}

/* Of a SYN that was discarded as invalid, for sk. */
static __noinline int syn_at_connection(struct sk_buff *skb, struct sock *sk)
{
	struct tcp_sock *tp = sk ? bpf_skc_to_tcp_sock(sk) : NULL;
	struct fact_drop *f;
	struct segment t;

	/* A SYN-ACK that comes again is none: the final ACK was lost. */
	if (!tp || !wanted(tp) || !segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return 0;
	f = fact_reserve(FACT_DROP, sizeof(*f), FACT_F_SEGMENT_SYN);
	if (!f)
		return 0;
	sock_fill(&f->s, &sk->__sk_common, netns_of(tp), cookie_of(sk), local_port(tp),
		  sk->__sk_common.skc_state);
	queues_none(&f->q);
	f->reason = FACT_DROP_CONNECTION;
	f->discard = FACT_DISCARD_TCP_INVALID_SYN;
	f->segments = segment_count(skb);
	f->client_seq = bpf_ntohl(t.seq);
	fact_submit(f, sizeof(*f));
	return 0;
}

/* ctx: of kfree_skb. Whether the packet was one of these. */
static __always_inline bool dropped_besides(__u64 *ctx)
{
	__u32 reason = ctx[2];

	if (is_filtered(reason)) {
		synack_filtered((struct sk_buff *)ctx[0]);
		return true;
	}
	if (!setting_dropped_sock || !IS_REASON(reason, TCP_INVALID_SYN))
		return false;
	syn_at_connection((struct sk_buff *)ctx[0], (struct sock *)ctx[3]);
	return true;
}

#endif
