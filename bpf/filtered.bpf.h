/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filtered.bpf.h - a SYN-ACK that a packet filter of this host throws away on its way out
 * (nf_hook_slow(), in the OUTPUT and POSTROUTING chains). For programs at tp_btf/kfree_skb.
 *
 * It belongs to a request, which names its listener. So the request is sent, which no SYN-ACK that
 * leaves will show, the drop, and the request's end: the kernel gives a request up if its timer
 * cannot send the SYN-ACK again (reqsk_timer_handler), unless the final ACK has come.
 */
#ifndef SOCKSTATE_FILTERED_BPF_H
#define SOCKSTATE_FILTERED_BPF_H

#include "drop.bpf.h"
#include "request.bpf.h"

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

/* Of a packet that a packet filter drops. */
static __noinline int synack_filtered_send(struct sk_buff *skb)
{
	const struct sock *sk = setting_cast ? LOAD(sk_buff, skb, sk) : skb->sk;
	struct cpu *cpu = this_cpu();
	bool first, by_timer;
	enum kin kin;

	/* What has come in by a device can have the socket of its connection, too (early demux). */
	if (!cpu || !sk || LOAD(sk_buff, skb, skb_iif) ||
	    sk->__sk_common.skc_state != TCP_NEW_SYN_RECV)
		return 0;
	kin = kin_of_request(&sk->__sk_common);
	if (kin == KIN_UNWANTED)
		return 0;
	first = is_first_synack(sk);
	by_timer = !syn_came((const struct request_sock *)sk);
	if (first)
		request_send(cpu, sk, kin);
	synack_drop_send(skb, sk, first || by_timer ? 0 : FACT_F_SYN_CAME);
	if (by_timer && !BPF_CORE_READ_BITFIELD_PROBED((const struct inet_request_sock *)sk, acked))
		request_send_expired((const struct request_sock *)sk, 0, true);
	return 0;
}

static __always_inline bool is_filtered(__u32 reason)
{
	return IS_REASON(reason, NETFILTER_DROP);
}

#endif
