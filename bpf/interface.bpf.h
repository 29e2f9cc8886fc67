/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interface.bpf.h - the name of the network interface that a socket with a link-local address is
 * bound to.
 *
 * The kernel binds such a socket (tcp_v6_connect, tcp_v6_init_req), and few others are bound. The
 * name is looked up once for each interface: one that is renamed later keeps its name here.
 */
#ifndef SOCKSTATE_INTERFACE_BPF_H
#define SOCKSTATE_INTERFACE_BPF_H

#include "sock.bpf.h"

#define NETDEV_HASHENTRIES 256 /* lists at net.dev_index_head */
#define INTERFACES_A_LIST  16  /* so many of one list are looked at */

/* namespace << 32 | number; 0: free. */
__u64 interfaces_told[FACT_INTERFACES] __weak = {};

static __always_inline __u64 *interface_told(__u64 mark)
{
	const __u32 netns = mark >> 32, ifindex = mark;

	return &interfaces_told[FACT_INTERFACE_PLACE(netns, ifindex)];
}

static __always_inline bool is_link_local(const struct in6_addr *a)
{
	return (BPF_CORE_READ(a, in6_u.u6_addr32[0]) & bpf_htonl(0xffc00000)) ==
	       bpf_htonl(0xfe800000);
}

/* The interface that c is bound to, if one of its ends is link-local; else NULL. */
static __always_inline const struct net_device *zone_of(const struct sock_common *c)
{
	const struct hlist_head *lists = BPF_CORE_READ(c, skc_net.net, dev_index_head);
	__u32 ifindex = BPF_CORE_READ(c, skc_bound_dev_if);
	const struct net_device *dev;
	const struct hlist_node *node;

	if (BPF_CORE_READ(c, skc_family) != AF_INET6 || !bpf_core_field_exists(c->skc_v6_daddr) ||
	    (!is_link_local(&c->skc_v6_daddr) && !is_link_local(&c->skc_v6_rcv_saddr)))
		return NULL;
	node = BPF_CORE_READ(&lists[ifindex & (NETDEV_HASHENTRIES - 1)], first);
	for (int i = 0; node && i < INTERFACES_A_LIST; i++) {
		dev = (const void *)node - bpf_core_field_offset(struct net_device, index_hlist);
		if (BPF_CORE_READ(dev, ifindex) == ifindex)
			return dev;
		node = BPF_CORE_READ(node, next);
	}
	return NULL;
}

/*
 * Fills the name of the interface that c is bound to, if one of its ends is link-local and its name
 * has not been told. Returns whether it has.
 */
static __always_inline bool interface_fill(struct fact_interface *f, const struct sock_common *c)
{
	const struct net_device *dev;
	__u64 mark;

	f->ifindex = BPF_CORE_READ(c, skc_bound_dev_if);
	f->netns = BPF_CORE_READ(c, skc_net.net, ns.inum);
	mark = (__u64)f->netns << 32 | f->ifindex;
	dev = *interface_told(mark) == mark ? NULL : zone_of(c);
	if (!dev)
		return false;
	BPF_CORE_READ_STR_INTO(&f->name, dev, name);
	return true;
}

static __always_inline void interface_is_told(const struct fact_interface *f)
{
	const __u64 mark = (__u64)f->netns << 32 | f->ifindex;

	*interface_told(mark) = mark;
}

#endif
