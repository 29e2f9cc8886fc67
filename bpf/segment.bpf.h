/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * segment.bpf.h - the TCP segment in a received packet: its ports, addresses and flags.
 *
 * Reading one takes three guarded copies, so callers first make sure that the packet matters.
 */
#ifndef SOCKSTATE_SEGMENT_BPF_H
#define SOCKSTATE_SEGMENT_BPF_H

#include "sock.bpf.h"

#define ETH_P_IP   0x0800
#define ETH_P_IPV6 0x86dd

#define TCP_FLAG_SYN 0x02
#define TCP_FLAG_RST 0x04
#define TCP_FLAG_ACK 0x10

/* The first 14 bytes of a TCP header. */
struct segment {
	__be16 source, dest;
	__be32 seq, ack;
	__u8 offset, flags;
	__u8 pad[2];
};

static __always_inline bool segment_read(struct segment *t, const struct sk_buff *skb)
{
	const void *head = skb->head;

	return !bpf_probe_read_kernel(t, 14, head + skb->transport_header);
}

/*
 * TCP segments that travel as one packet (GSO, GRO). The kernel counts each of them when it
 * discards the packet.
 */
static __always_inline __u32 segment_count(const struct sk_buff *skb)
{
	const struct skb_shared_info *info = (const void *)(skb->head + skb->end);
	__u16 count = BPF_CORE_READ(info, gso_segs);

	return count ? count : 1;
}

/*
 * The drop that a full accept queue causes. Newer kernels (6.18, but not 6.12) have this reason and
 * pass the listener.
 */
static __always_inline bool has_listen_overflow(void)
{
	return bpf_core_enum_value_exists(enum skb_drop_reason,
					  SKB_DROP_REASON_TCP_LISTEN_OVERFLOW);
}

static __always_inline bool is_listen_overflow(__u32 reason)
{
	return has_listen_overflow() &&
	       reason == bpf_core_enum_value(enum skb_drop_reason,
					     SKB_DROP_REASON_TCP_LISTEN_OVERFLOW);
}

/*
 * Writes ports, addresses and family, seen from the receiver. The caller writes sk, cookie, netns
 * and state.
 */
static __always_inline void segment_ends(struct fact_sock *s, const struct sk_buff *skb,
					 const struct segment *t)
{
	const void *ip = skb->head + skb->network_header;

	s->lport = bpf_ntohs(t->dest);
	s->rport = bpf_ntohs(t->source);
	s->ifindex = skb->skb_iif;
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		bpf_probe_read_kernel(s->raddr, 16, ip + 8);
		bpf_probe_read_kernel(s->laddr, 16, ip + 24);
		s->family = AF_INET6;
	} else {
		__be32 addr[2] = {};

		bpf_probe_read_kernel(addr, 8, ip + 12);
		ends_are_ipv4(s, addr[1], addr[0]);
	}
}

/*
 * Inode of the network namespace; 0: not known. TCP clears skb->dev of a packet that it has
 * received, but the packet's route still names a device.
 */
static __always_inline __u32 segment_netns(const struct sk_buff *skb)
{
	const struct net_device *dev = BPF_CORE_READ(skb, dev);
	const struct dst_entry *dst;

	if (dev)
		return BPF_CORE_READ(dev, nd_net.net, ns.inum);
	dst = (const struct dst_entry *)(skb->_skb_refdst & ~1UL);
	return dst ? BPF_CORE_READ(dst, dev, nd_net.net, ns.inum) : 0;
}

static __always_inline bool segment_wanted(const struct sk_buff *skb, const struct segment *t)
{
	struct fact_sock ends;

	if (setting_netns && segment_netns(skb) != setting_netns)
		return false;
	if (family_restricted() &&
	    !(skb->protocol == bpf_htons(ETH_P_IPV6) ? setting_ipv6 : setting_ipv4))
		return false;
	if (!ports_wanted(bpf_ntohs(t->dest), bpf_ntohs(t->source)))
		return false;
	if (!nets_restricted())
		return true;
	segment_ends(&ends, skb, t);
	return nets_wanted(&ends, false);
}

#endif
