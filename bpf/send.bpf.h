/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * send.bpf.h - how a hook sends a fact: take room or count a loss, stamp, write, complete, and
 * seldom wake the reader.
 *
 * To wake the reader takes ten times as long as everything else that a program does here. The
 * reader looks by itself every few milliseconds. It is woken only when a CPU has sent so much that
 * its ring could be full before that.
 */
#ifndef SOCKSTATE_SEND_BPF_H
#define SOCKSTATE_SEND_BPF_H

#include "counts.h"
#include "fact.h"
#include "ring.h"
#include "settings.bpf.h"
#include "tokens.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* user space sets it to the number of rings */
	__type(key, __u32);
	__type(value, struct ring_ends);
} ring_ends __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* user space sets it to the number of chunks in all rings */
	__uint(key_size, sizeof(__u32));
	__uint(value_size, RING_CHUNK + RING_SLACK);
} ring_chunks __weak SEC(".maps");

/* Its records carry nothing: they wake the reader. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} bell __weak SEC(".maps");

/*
 * What the programs remember on a CPU from one hook to the next. What belongs to a thread's call is
 * in call.bpf.h.
 */
#define NAMED 64 /* a power of two */

struct cpu {
	struct tokens tokens; /* of again.bpf.h */
	__u32 flags;	      /* flags that the second program passes to the first */
	__u32 pad2;

	/* the child that last completed its handshake on this CPU and is not queued yet */
	__u64 child;
	__u64 child_cookie;
	__u16 child_lport;
	__u16 child_rport;
	__u32 child_netns;

	__u64 bound;	    /* the socket whose interface is to be told */
	__u64 cookie_child; /* the child that was made from a SYN cookie */
	/* the child that was queued last, because two functions can report the same */
	__u64 queued;
	__u64 in_cookie; /* the listener for which a SYN cookie is being checked; 0: none */

	/*
	 * the SYN, ACK, timer or timewait socket that the kernel is working on, from the entry of
	 * its function to the exit
	 */
	__u64 syn_listener;
	__u32 syn_drops;
	__u32 syn_served; /* the SYN got a request, a cookie or a child */
	__u64 ack_listener;
	__u64 ack_req; /* the request that the segment is for, if it was half open; else 0 */
	__u32 ack_drops;
	__u32 cookie_ack; /* with cookie_skb and cookie_t (ns): the cookie that was counted last */
	__u64 cookie_skb, cookie_t;
	__u32 synack_isn; /* with synack_req: the SYN-ACK that was reported last */
	__u64 synack_req;
	__u64 timer_req;
	__u64 brought_closed; /* cookie of what closed last of what was brought */
	__u64 tw;	      /* a timewait socket that was in FIN_WAIT2 at the entry; else 0 */
	/*
	 * the SYN-ACK that left last: the number that it acknowledges, and its destination port
	 * (network order)
	 */
	__u32 answered_ack;
	__be16 answered_port;
	__u16 pad;
	__u32 named[NAMED]; /* processes whose name has been sent, each in the place of its pid */
};

/* Results of user space's self-tests (self_test.c). */
__u32 seen_accept __weak = 0; /* 1: our own accept(-1) was seen */
__u32 seen_listen __weak = 0; /* 1: our own listen(-1) was seen */
__u16 self_port __weak = 0;   /* port of the test's connection, network order; 0: not begun */
__u32 self_netns __weak = 0;  /* inode of the network namespace that only the test uses */
/* address in the kernel where a listener's SYN is freed; 0: not known */
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

	/* Atomic, because an interrupt on this CPU may count the same thing. */
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
 * Place of the byte `head` (since the beginning) of a ring, counted over all rings: the number of
 * the chunk, and in the low 12 bits the offset in it.
 */
static __always_inline __u64 place_in(__u32 ring, __u64 head)
{
	return ring * setting_ring_bytes + (head & (setting_ring_bytes - 1));
}

/* NULL never happens; the verifier wants the test. */
static __always_inline struct fact_hdr *record_at(__u64 place)
{
	__u32 chunk = place / RING_CHUNK;
	void *bytes = bpf_map_lookup_elem(&ring_chunks, &chunk);

	return bytes ? bytes + (place & (RING_CHUNK - 8)) : NULL;
}

/*
 * Reserves size bytes in this CPU's ring and writes their stamp to *t. Returns the place, or
 * RING_FULL.
 *
 * Room is taken before the clock is read. So whatever has a stamp older than the reader's look at
 * the ring is visible to the reader, however long this program is interrupted in between.
 *
 * An interrupt between the two steps takes the room behind ours and has an earlier stamp. Then we
 * take its stamp, because the stamps of a ring have to be in order.
 *
 * The loop ends because only a few contexts (task, softirq, interrupt, NMI) can interrupt each
 * other. The function is global, so the verifier checks it once for each program and not at every
 * fact.
 */
__weak __noinline __u64 ring_take(__u32 size, __u64 *t)
{
	__u32 ring = bpf_get_smp_processor_id();
	const struct fact_hdr *behind;
	struct ring_ends *ends;
	__u64 head;

	if (ring >= setting_rings)
		ring %= setting_rings; /* a CPU that came online later shares a ring */
	ends = bpf_map_lookup_elem(&ring_ends, &ring);
	if (!ends || !t)
		return RING_FULL;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 8; i++) {
		head = *(volatile __u64 *)&ends->head;
		/*
		 * The difference is signed: if this program is interrupted here for long, the
		 * reader's tail can be beyond the head that was read. Then the exchange below
		 * fails.
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
 * Reserves room for a fact and writes its header. Returns NULL if the ring is full; the loss is
 * counted. The caller writes all other bytes and calls fact_submit().
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
 * Completes a fact. Every reserved fact must be submitted: the reader does not go past an
 * incomplete one. The size is written last. On x86 other CPUs see stores in order; elsewhere an
 * atomic operation whose result is used is a full barrier.
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
