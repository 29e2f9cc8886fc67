/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cookie.bpf.h - how many SYNs were answered with a SYN cookie, by namespace and port. Nothing else
 * is left of such a SYN: no request, no fact of its own, for a flood has a million of them.
 */
#ifndef SOCKSTATE_COOKIE_BPF_H
#define SOCKSTATE_COOKIE_BPF_H

#include "segment.bpf.h"

struct cookie_port {
	__u32 netns; /* inode of the network namespace */
	__u32 port;  /* host order */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct cookie_port);
	__type(value, __u64);
} cookies_sent __weak SEC(".maps");

/* port: the server's, network order. Of very many ports the latest are counted. */
static __always_inline void cookie_sent(const struct sk_buff *skb, __be16 port)
{
	struct cookie_port key = {.netns = segment_netns(skb), .port = bpf_ntohs(port)};
	__u64 *count = bpf_map_lookup_elem(&cookies_sent, &key), none = 0;

	if (!count) {
		bpf_map_update_elem(&cookies_sent, &key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&cookies_sent, &key);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
}

static __always_inline __u64 cookies_sent_by(__u32 netns, __u16 port)
{
	struct cookie_port key = {.netns = netns, .port = port};
	const __u64 *count = bpf_map_lookup_elem(&cookies_sent, &key);

	return count ? *count : 0;
}

#endif
