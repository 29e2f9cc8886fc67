/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drop.bpf.h - sends that a segment was refused or discarded.
 */
#ifndef SOCKSTATE_DROP_BPF_H
#define SOCKSTATE_DROP_BPF_H

#include "segment.bpf.h"
#include "send.bpf.h"
#include "sock.bpf.h"
#include "steered.bpf.h"

#define IS_REASON(reason, name)                                                      \
	(bpf_core_enum_value_exists(enum skb_drop_reason, SKB_DROP_REASON_##name) && \
	 reason == bpf_core_enum_value(enum skb_drop_reason, SKB_DROP_REASON_##name))

/* Which limit is exceeded now. The accept queue holds one more than its limit. */
static __always_inline __u32 why_refused(const struct fact_queues *q, __u32 reason)
{
	if (q->accept_queue > q->backlog)
		return FACT_DROP_ACCEPT_QUEUE_FULL;
	if (q->syn_queue >= q->backlog)
		return FACT_DROP_SYN_QUEUE_FULL;
	return reason;
}

/* listener: NULL if only the segment is known. */
static __always_inline bool drop_wanted(struct tcp_sock *listener, const struct sk_buff *skb,
					const struct segment *t)
{
	return listener ? segment_of_wanted(listener, skb, t) : segment_wanted(skb, t);
}

/* Without a listener the reason is the one given. */
static __always_inline void send_wanted_drop(struct tcp_sock *listener, struct sk_buff *skb,
					     const struct segment *t, __u32 flags, __u32 reason)
{
	struct fact_drop *f = fact_reserve(FACT_DROP, sizeof(*f), flags);

	if (!f)
		return;
	f->s.sk = 0;
	f->s.cookie = 0;
	f->s.state = TCP_LISTEN;
	segment_ends(&f->s, skb, t);
	f->client_seq = bpf_ntohl(t->seq);
	if (listener) {
		f->s.netns = netns_of(listener);
		queues_fill(&f->q, listener);
		if (reason < FACT_DROP_SIGNATURE) /* none that was discarded */
			reason = why_refused(&f->q, reason);
	} else {
		f->s.netns = segment_netns(skb);
		queues_none(&f->q);
	}
	f->reason = (__u8)reason;
	f->discard = (__u8)(reason >> 8);
	f->segments = segment_count(skb);
	fact_submit(f, sizeof(*f));
}

static __always_inline void send_drop(struct tcp_sock *listener, struct sk_buff *skb,
				      const struct segment *t, __u32 flags, __u32 reason)
{
	if (drop_wanted(listener, skb, t))
		send_wanted_drop(listener, skb, t, flags, reason);
}

#endif
