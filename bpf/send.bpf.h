/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * send.bpf.h - from a hook to the ring: take room or count, stamp, complete, wake seldom.
 *
 * Waking the reader is ten times dearer than everything else that a program does here. The reader
 * looks by itself every few milliseconds; it is woken only when a CPU has sent so much that its
 * ring could fill before that.
 */
#ifndef SOCKSTATE_SEND_BPF_H
#define SOCKSTATE_SEND_BPF_H

#include "counts.h"
#include "fact.h"
#include "ring.h"
#include "settings.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* rings */
	__type(key, __u32);
	__type(value, struct ring_ends);
} ring_ends __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* chunks of all rings */
	__uint(key_size, sizeof(__u32));
	__uint(value_size, RING_CHUNK + RING_SLACK);
} ring_chunks __weak SEC(".maps");

/* Its records say nothing; it wakes the reader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} bell __weak SEC(".maps");

/*
 * All that the kernel side remembers from one hook to the next, apart from a thread's own call
 * (call.bpf.h).
 */
struct cpu {
	/* the last transition that the first program has dealt with */
	__u64 token_sk;
	__u64 token_states;
	__u32 flags; /* what the second program has to say when it hands over to the first */
	__u32 pad2;

	/* the child that was last taken through the handshake on this CPU and is not queued yet */
	__u64 child;
	__u64 child_cookie;
	__u16 child_lport;
	__u16 child_rport;
	__u32 child_netns;

	__u64 cookie_child; /* the child that was made from a SYN cookie */
	__u64 queued;	    /* the child that was queued last: two functions can report the same */
	__u64 in_cookie;    /* a SYN cookie is being checked, for this listener */

	/*
	 * the SYN, ACK or timer that is being dealt with, between entry and exit of the kernel's
	 * function
	 */
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
	/* the SYN-ACK that left last: what it acknowledges, and to which port (network order) */
	__u32 answered_ack;
	__be16 answered_port;
	__u16 pad;
};

/* Answers to user space's self-tests: what it did itself was seen, or where. */
__u32 seen_accept __weak = 0; /* accept() of descriptor -1 */
__u32 seen_listen __weak = 0; /* listen() on descriptor -1 */
__u16 self_port __weak = 0;   /* where we connect to ourselves, network order */
__u32 self_netns __weak = 0;  /* inode of the network namespace that we have alone meanwhile */
/* the address where a listener's SYN is freed; used from then on */
__u64 seen_syn_freed __weak = 0;

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

static __always_inline void ring_bell(void)
{
	__u64 nothing = 0;

	bpf_ringbuf_output(&bell, &nothing, sizeof(nothing), BPF_RB_FORCE_WAKEUP);
}

#define RING_FULL (~0ULL)

/*
 * head: bytes since the beginning. The result: the number of a chunk and, in the low 12 bits, where
 * in there.
 */
static __always_inline __u64 place_in(__u32 ring, __u64 head)
{
	return ring * setting_ring_bytes + (head & (setting_ring_bytes - 1));
}

/* NULL only to please the verifier. */
static __always_inline struct fact_hdr *record_at(__u64 place)
{
	__u32 chunk = place / RING_CHUNK;
	void *bytes = bpf_map_lookup_elem(&ring_chunks, &chunk);

	return bytes ? bytes + (place & (RING_CHUNK - 8)) : NULL;
}

/*
 * A place with room in the ring of this CPU, or RING_FULL. *t: when. First the room and then the
 * look at the clock: what is stamped before the reader looks at a ring is there to be seen, however
 * long a program is stopped in between. An interrupt in between has taken the room behind and an
 * earlier stamp: that is taken for ours then, since stamps are to be in order within a ring. Only
 * so many interrupts and tasks can lie above each other, so the loop ends. A function of its own,
 * since the verifier then reads it once for each program and not at each fact.
 */
__weak __noinline __u64 ring_take(__u32 size, __u64 *t)
{
	__u32 ring = bpf_get_smp_processor_id();
	const struct fact_hdr *behind;
	struct ring_ends *ends;
	__u64 head;

	if (ring >= setting_rings)
		ring %= setting_rings; /* a CPU that came later */
	ends = bpf_map_lookup_elem(&ring_ends, &ring);
	if (!ends || !t)
		return RING_FULL;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 8; i++) {
		head = *(volatile __u64 *)&ends->head;
		/*
		 * Signed: whoever is interrupted here for long finds a tail beyond its head, and
		 * the taking fails.
		 */
		if ((__s64)(head + size - *(volatile __u64 *)&ends->tail) >
		    (__s64)setting_ring_bytes)
			break;
		if (__sync_val_compare_and_swap(&ends->head, head, head + size) != head)
			continue;
		*t = bpf_ktime_get_ns();
		if (*(volatile __u64 *)&ends->head != head + size) {
			behind = record_at(place_in(ring, head + size));
			if (behind && behind->t && behind->t < *t)
				*t = behind->t;
		}
		if ((head ^ (head + size)) & setting_wake_bytes)
			ring_bell();
		return place_in(ring, head);
	}
	count(COUNT_LOST_RING);
	return RING_FULL;
}

/*
 * Room for a fact, with its header written; NULL and counted where the ring is full. The caller
 * writes all the rest.
 */
static __always_inline void *fact_reserve(enum fact_kind kind, __u32 size, __u32 flags)
{
	__u64 t = 0, place = ring_take(size, &t);
	struct fact_hdr *h = place == RING_FULL ? NULL : record_at(place);

	if (!h)
		return NULL;
	h->t = t;
	h->kind = kind;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = flags;
	return h;
}

/*
 * The fact is complete. To be called for whatever was reserved: the reader does not go past a
 * record that is not. Its size is written last: x86 shows others its stores in order, elsewhere an
 * atomic operation whose result is used is a barrier.
 */
static __always_inline void fact_submit(void *fact, __u32 size)
{
	struct fact_hdr *h = fact;

#ifndef __TARGET_ARCH_x86
	__u64 t = __sync_lock_test_and_set(&h->t, h->t);

	asm volatile("" : : "r"(t) : "memory");
#endif
	asm volatile("" ::: "memory");
	*(volatile __u16 *)&h->size = size;
}

#endif
