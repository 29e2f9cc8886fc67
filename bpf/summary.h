/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * summary.h - what --summary keeps in the kernel: for each listener who it is and what it did.
 *
 * Private to bpf/summary.bpf.c and user/kernel/count_source.c, apart from the histogram, which
 * user/listener/tally.c reads. Native byte order, ports host order, addresses network order, times
 * CLOCK_MONOTONIC nanoseconds.
 */
#ifndef SOCKSTATE_SUMMARY_H
#define SOCKSTATE_SUMMARY_H

#include "fact.h"

#define SUMMARY_LISTENERS 1024

/*
 * Durations in units of 128 ns, 8 buckets to each power of two: a quantile is at most 7 % off. The
 * last bucket ends at 36 minutes and holds what is longer.
 */
#define SUMMARY_UNIT_BITS 7
#define SUMMARY_SUB_BITS  3
#define SUMMARY_BUCKETS	  256

struct summary_durations {
	__u64 max; /* ns, exact */
	__u32 bucket[SUMMARY_BUCKETS];
};

/* States of the kernel, 1 to 12, and room up to a power of two. */
#define SUMMARY_STATES 16

/*
 * What a listener's connections did, on one CPU. By its cookie; cookie 0: those whose listener
 * found no room.
 */
struct summary_stats {
	__u64 completed; /* handshakes */
	__u64 accepted;
	__u64 synack_retrans; /* SYN-ACKs sent again */
	/* segments to a request that came to nothing: sk_drops has them beside the refusals */
	__u64 discarded;
	__u64 peak;   /* longest accept queue, the connection just queued included */
	__u64 filled; /* how often a connection took the last place of the accept queue */
	/* How often a socket went into that state. TIME_WAIT: its end is not seen. */
	__u64 entered[SUMMARY_STATES];
	struct summary_durations handshake;
	struct summary_durations accept_wait;
};

/* A listener, by its cookie. */
struct summary_listener {
	__u64 sk;    /* 0: it listens no more */
	__u64 since; /* ns: in LISTEN since then; 0: it did when we came */
	__u32 netns; /* inode */
	__u16 port;
	__u16 family; /* AF_INET or AF_INET6 */
	__u8 addr[16];
	struct fact_task task; /* who called listen(), or holds it; pid 0 unknown */
	__u32 drops_before;    /* sk_drops when we met it */
	__u32 drops;	       /* sk_drops when it stopped listening */
	__u32 somaxconn;       /* when it began; 0 unknown */
	__u32 used;	       /* it has had connections: there are stats */
};

/* One listener as the walk tells it, with its queues now. q.sk 0: it listens no more. */
struct summary_reading {
	__u64 cookie;
	struct summary_listener listener;
	struct fact_queues q;
};

/*
 * Local port -> listener, for the sockets that came from it. Open addressing; an entry keeps its
 * key for good, or until another key takes it over while nobody listens there.
 */
#define SUMMARY_PORTS	    8192
#define SUMMARY_PORT_PROBES 8

struct summary_port {
	/* netns << 16 | port; the 16 bits above: how many listeners share it. 0: never used */
	__u64 key;
	__u64 cookie; /* of the first of them; 0: not known */
};
#define SUMMARY_PORT_ONE  (1ULL << 48)
#define SUMMARY_PORT_MASK (SUMMARY_PORT_ONE - 1)

/* Connections in accept queues: sets of four by the socket's address. */
#define SUMMARY_WAITING_SETS 8192
#define SUMMARY_WAITING_WAYS 4

struct summary_waiting {
	__u64 sk;     /* 0: free */
	__u64 t;      /* ns: ESTABLISHED since, or about to be */
	__u64 cookie; /* of its listener; 0: the one of its port */
	__u64 pad;
};

enum summary_count {
	SUMMARY_LOST_LISTENER, /* a listener that found no room */
	SUMMARY_LOST_WAITING,  /* a connection whose wait could not be kept, or was pushed out */
	SUMMARY_RECOVERED,     /* transitions that only the second program saw */
	SUMMARY_COUNTS
};

/*
 * A CPU's own: the first part is for user space, the rest is what the programs remember from one
 * hook to the next.
 */
struct summary_cpu {
	__u64 count[SUMMARY_COUNTS];
	__u64 pad;
	/* sockets of no listener that we know: clients, and what outlived its listener */
	__u64 entered[SUMMARY_STATES];

	/* the last transition that the first program has dealt with */
	__u64 token_sk;
	__u64 token_states;

	/*
	 * a child in SYN_RECV that has had no transition since: a fast open, when its listener is
	 * told
	 */
	__u64 born;

	/* established on a shared port, listener not told yet */
	__u64 pending;
	__u64 pending_cookie; /* the first listener's there */
	__u64 pending_ns;     /* of its handshake; 0 not known */
	__u64 pending_queue;
	__u64 pending_port;

	/* about to be queued, before its transition, by a function that tells its listener */
	__u64 queued;
	__u64 queued_cookie;
};

FACT_SIZE(summary_durations, 8 + 4 * SUMMARY_BUCKETS);
FACT_SIZE(summary_stats, 6 * 8 + 8 * SUMMARY_STATES + 2 * (8 + 4 * SUMMARY_BUCKETS));
FACT_SIZE(summary_listener, 80);
FACT_SIZE(summary_reading, 128);
FACT_SIZE(summary_cpu, 8 * (4 + SUMMARY_STATES + 10));
FACT_SIZE(summary_port, 16);
FACT_SIZE(summary_waiting, 32);

#endif
