/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * summary_waiting.bpf.h - which connections wait in an accept queue, and since when.
 *
 * A table in sets of four places; the address of the socket chooses the set. A connection that is
 * never accepted stays until another socket at its address takes the place, or user space clears up
 * behind its listener, or the set is full: then the oldest of the four is given up and counted.
 */
#ifndef SOCKSTATE_SUMMARY_WAITING_BPF_H
#define SOCKSTATE_SUMMARY_WAITING_BPF_H

#include "summary_listeners.bpf.h"

#define WAITING_PLACES (SUMMARY_WAITING_SETS * SUMMARY_WAITING_WAYS)
#define NOT_WAITING    (~0U)

struct summary_waiting waiting[WAITING_PLACES] = {};

/*
 * First place of the socket's set. Only the low 32 bits of the address are hashed, because the
 * verifier forbids arithmetic on a whole pointer. The lowest six are the same for all sockets.
 */
static __always_inline __u32 waiting_set(__u64 sk)
{
	_Static_assert(SUMMARY_WAITING_SETS == 1 << (32 - 19),
		       "the shift leaves a number of a set");
	return (((__u32)sk >> 6) * 0x9e3779b1U >> 19) * SUMMARY_WAITING_WAYS;
}

static __always_inline struct summary_waiting *waiting_place(__u32 set, int way)
{
	return &waiting[(set + way) & (WAITING_PLACES - 1)];
}

/* Index of the socket's place; NOT_WAITING if it has none, and for the address 0. */
static __always_inline __u32 waiting_search(__u64 sk)
{
	__u32 set = waiting_set(sk);

#pragma clang loop unroll(disable)
	for (int i = 0; sk && i < SUMMARY_WAITING_WAYS; i++) {
		if (waiting_place(set, i)->sk == sk)
			return set + i;
	}
	return NOT_WAITING;
}

/* The same as a global function, for an address that the verifier takes for a number. */
__noinline __u32 waiting_index(__u64 sk)
{
	return waiting_search(sk);
}

/* t: ns, when the wait began. cookie: the listener's, 0 if only the port is known. */
static __always_inline void waiting_add(__u64 sk, __u64 t, __u64 cookie)
{
	__u32 at = waiting_search(sk), set = waiting_set(sk);
	struct summary_waiting *w = waiting_place(at, 0);
	struct summary_waiting *oldest;

	if (at == NOT_WAITING) {
		oldest = waiting_place(set, 0);
#pragma unroll
		for (int i = 0; i < SUMMARY_WAITING_WAYS; i++) {
			w = waiting_place(set, i);
			if (!w->sk && !__sync_val_compare_and_swap(&w->sk, 0, sk))
				goto found;
			if (w->t < oldest->t)
				oldest = w;
		}
		count_lost(SUMMARY_LOST_WAITING);
		w = oldest;
		w->sk = sk;
	}
found:
	w->t = t;
	w->cookie = cookie;
}

#endif
