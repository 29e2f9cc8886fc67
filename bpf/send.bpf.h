/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * send.bpf.h - from a hook to the ring: reserve or count, stamp, submit, wake seldom.
 *
 * Waking the reader is ten times dearer than everything else that a program does here. The reader looks by itself
 * every few milliseconds; it is woken only when a CPU has sent so much that the ring could fill before that.
 */
#ifndef SOCKSTATE_SEND_BPF_H
#define SOCKSTATE_SEND_BPF_H

#include "counts.h"
#include "fact.h"
#include "settings.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 23); /* 8 MiB is 70000 facts; --ring-size sets it */
} ring __weak SEC(".maps");

/* All that the kernel side remembers from one hook to the next, apart from a thread's own call (call.bpf.h). */
struct cpu {
	__u64 unread; /* bytes sent since the last wake-up */

	/* the last transition that the first program has dealt with */
	__u64 token_sk;
	__u64 token_states;

	/* the child that was last taken through the handshake on this CPU and is not queued yet */
	__u64 child;
	__u64 child_cookie;
	__u16 child_lport;
	__u16 child_rport;
	__u32 child_netns;

	__u64 cookie_child; /* the child that was made from a SYN cookie */
	__u64 queued;	    /* the child that was queued last: two functions can report the same */
	__u64 in_cookie;    /* a SYN cookie is being checked, for this listener */

	/* the SYN, ACK or timer that is being dealt with, between entry and exit of the kernel's function */
	__u64 syn_listener;
	__u32 syn_drops;
	__u32 syn_served; /* it got a request, a cookie or a child */
	__u64 ack_listener;
	__u64 ack_req; /* the request that the segment is for, if it was half open */
	__u32 ack_drops;
	__u32 synack_isn; /* with synack_req: the SYN-ACK that was last reported */
	__u64 synack_req;
	__u64 timer_req;
	__u64 tw; /* a timewait socket that is still in FIN_WAIT2 */
	__u32 answered_ack; /* the SYN-ACK that left last: what it acknowledges, and to which port (network order) */
	__be16 answered_port;
	__u16 pad;
};

/* Answers to user space's self-tests: what it did itself was seen, or where. */
__u32 seen_accept __weak = 0;	/* accept() of descriptor -1 */
__u32 seen_listen __weak = 0;	/* listen() on descriptor -1 */
__u16 self_port __weak = 0;	/* where we connect to ourselves, network order */
__u32 self_netns __weak = 0;	/* inode of the network namespace that we have alone meanwhile */
__u64 seen_syn_freed __weak = 0; /* the address where a listener's SYN is freed; used from then on */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu);
} cpus __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} counts __weak SEC(".maps");

static __always_inline void count(enum count which)
{
	__u32 key = which;
	__u64 *n = bpf_map_lookup_elem(&counts, &key);

	/* An interrupt may count here too. */
	if (n)
		__sync_fetch_and_add(n, 1);
}

static __always_inline struct cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

/* Room for a fact, with its header written; NULL and counted where the ring is full. The caller writes all the rest. */
static __always_inline void *fact_reserve(enum fact_kind kind, __u32 size, __u32 flags)
{
	__u64 now = bpf_ktime_get_ns();
	struct fact_hdr *h = bpf_ringbuf_reserve(&ring, size, 0);

	if (!h) {
		count(COUNT_LOST_RING);
		return NULL;
	}
	h->t = now;
	h->size = size;
	h->kind = kind;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = flags;
	return h;
}

static __always_inline void fact_submit(struct cpu *cpu, void *fact, __u32 size)
{
	__u64 unread = cpu->unread + size;
	__u64 wake = BPF_RB_NO_WAKEUP;

	if (unread >= setting_wake_bytes) {
		unread = 0;
		wake = BPF_RB_FORCE_WAKEUP;
	}
	cpu->unread = unread;
	bpf_ringbuf_submit(fact, wake);
}

#endif
