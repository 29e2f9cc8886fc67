// SPDX-License-Identifier: GPL-2.0-only
/*
 * filtered.bpf.c - segments of a handshake that are dropped before or behind TCP's listener.
 *
 *	a SYN that a packet filter drops before TCP sees it; only with --name-syn-drops
 *		tp_btf/kfree_skb with the reason NETFILTER_DROP; each packet dropped: 5 ns
 *	a SYN-ACK that one drops on its way out, a SYN for a connection that exists (dropped.bpf.h)
 *		tp_btf/kfree_skb; where ack_dropped is attached there (refuse.bpf.c), it does this
 *		too
 *
 * Told are those SYNs that the kernel had routed to this host, which is so in the INPUT chains. Of
 * what the PREROUTING chains drop it is not known for whom it was. Whether anybody listens there,
 * user space knows.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "drop.bpf.h"
#include "dropped.bpf.h"

#define IPPROTO_AT_V4 9 /* bytes from the network header */
#define IPPROTO_AT_V6 6
#define DST_NOREF     1UL	  /* lowest bit of skb->_skb_refdst (SKB_DST_NOREF) */
#define RTN_LOCAL     2		  /* of rtable.rt_type */
#define RTF_LOCAL     0x80000000U /* of rt6_info.rt6i_flags */

static __always_inline bool is_for_this_host(const struct sk_buff *skb, bool v6)
{
	const void *dst = (const void *)(skb->_skb_refdst & ~DST_NOREF);

	if (!dst)
		return false;
	return v6 ? BPF_CORE_READ((const struct rt6_info *)dst, rt6i_flags) & RTF_LOCAL
		  : BPF_CORE_READ((const struct rtable *)dst, rt_type) == RTN_LOCAL;
}

static __always_inline bool is_tcp(const struct sk_buff *skb, bool v6)
{
	const void *ip = skb->head + skb->network_header;
	__u8 protocol = 0;

	bpf_probe_read_kernel(&protocol, 1, ip + (v6 ? IPPROTO_AT_V6 : IPPROTO_AT_V4));
	return protocol == IPPROTO_TCP;
}

SEC("tp_btf/kfree_skb")
int syn_filtered(__u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	bool v6 = skb->protocol == bpf_htons(ETH_P_IPV6);
	struct segment t;

	/* What has not come in by a device is being sent. */
	if (!is_filtered(ctx[2]) || !skb->skb_iif || (!v6 && skb->protocol != bpf_htons(ETH_P_IP)))
		return 0;
	if (!is_for_this_host(skb, v6) || !is_tcp(skb, v6) || !segment_read(&t, skb) ||
	    (t.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return 0;
	send_drop(NULL, skb, &t, FACT_F_SEGMENT_SYN,
		  FACT_DROP_NETFILTER | FACT_DISCARD_NETFILTER_DROP << 8);
	return 0;
}

SEC("tp_btf/kfree_skb")
int segment_dropped(__u64 *ctx)
{
	dropped_besides(ctx);
	return 0;
}
