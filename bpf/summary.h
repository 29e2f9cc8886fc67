/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * summary.h - what --summary keeps in the kernel: who each listener is, and what it did.
 *
 * Private to bpf/summary*.bpf.[ch] and user/kernel/count_source.c; user/listener/tally.c reads the
 * counters. Numbers are in native byte order, ports in host order, addresses in network order,
 * times in ns of CLOCK_MONOTONIC.
 */
#ifndef SOCKSTATE_SUMMARY_H
#define SOCKSTATE_SUMMARY_H

#include "buckets.h"
#include "fact.h"
#include "tokens.h"

#define SUMMARY_LISTENERS 1024

/* The kernel's states are 1 to 12; the next power of two. */
#define SUMMARY_STATES 16

/*
 * The longest accept queue of the latest times, so that a peak between two readings is seen, and an
 * old one is not told again. A time is 2^SUMMARY_TIME_BITS ns (1.07 s) of CLOCK_MONOTONIC; the
 * place is its number modulo SUMMARY_TIMES.
 */
#define SUMMARY_TIME_BITS 30
#define SUMMARY_TIMES	  4

struct summary_peak {
	__u32 time; /* its number, lower 32 bits */
	__u32 peak; /* connections, the one that was queued then included */
};

/*
 * What the connections of a listener did, on one CPU. The key is the listener's cookie; 0 is for
 * those whose listener found no room.
 */
struct summary_stats {
	__u64 completed; /* handshakes that were completed */
	__u64 accepted;
	__u64 synack_retrans; /* SYN-ACKs sent again */
	/*
	 * segments to a request that came to nothing; sk_drops counts them together with the
	 * refusals
	 */
	__u64 discarded;
	__u64 peak;   /* longest accept queue, the connection that was queued then included */
	__u64 filled; /* how often a connection took the last place of the accept queue */
	/* How often a socket entered that state. The end of TIME_WAIT is not seen. */
	__u64 entered[SUMMARY_STATES];
	struct summary_peak recent[SUMMARY_TIMES];
	struct durations handshake;
	struct durations accept_wait;
};

/* A listener. The key is its cookie. */
struct summary_listener {
	__u64 sk;    /* address of the struct sock; 0: it does not listen any more */
	__u64 since; /* ns, when it began to listen; 0: before the tracer was attached */
	__u32 netns; /* inode of the network namespace */
	__u16 port;
	__u16 family; /* AF_INET or AF_INET6 */
	__u8 addr[16];
	char ifname[16]; /* zone of a link-local addr, with its end; "": none, or not known */
	/* the caller of listen(), or a process that holds the socket; pid 0: not known */
	struct fact_task task;
	__u32 drops_before; /* sk_drops when the listener was registered */
	__u32 drops;	    /* sk_drops when it stopped listening */
	__u32 somaxconn;    /* net.core.somaxconn when it was registered */
	__u32 syn_limit;    /* syn_queue_limit() when it was registered */
	__u32 pad;
	__u16 used;	      /* 1: it has had connections, so it has counters */
	__u16 defers;	      /* 1: TCP_DEFER_ACCEPT, when it was registered */
	struct fact_queues q; /* when they were read last; q.sk 0: it did not listen any more */
};

/* Cgroups from the owner's own towards the root, and the bytes of a name with its end. */
#define SUMMARY_GROUPS	   FACT_PLACE_GROUPS
#define SUMMARY_GROUP_NAME FACT_PLACE_NAME
#define SUMMARY_HOSTNAME   65

/* Where the owner of a listener ran when it began to listen or was found. */
struct summary_place {
	/* names in the unified hierarchy, the innermost first; "": none, the root, or cgroup v1 */
	char group[SUMMARY_GROUPS][SUMMARY_GROUP_NAME];
	char hostname[SUMMARY_HOSTNAME]; /* of its UTS namespace */
	__u8 cut;			 /* 1: there are further cgroups towards the root */
	__u8 pad[6];
};

/* An entry of the map of listeners, as user space reads it. */
struct summary_reading {
	__u64 cookie;
	struct summary_listener listener;
};

/*
 * Which listener serves a local port. Open addressing: an entry keeps its key until another key
 * takes the place, which happens only while nobody listens there.
 */
#define SUMMARY_PORTS	    8192
#define SUMMARY_PORT_PROBES 8

struct summary_port {
	/* netns << 16 | port; the upper 16 bits: how many listeners share it. 0: never used */
	__u64 key;
	__u64 cookie; /* of the first listener there; 0: not known */
};
#define SUMMARY_PORT_ONE  (1ULL << 48)
#define SUMMARY_PORT_MASK (SUMMARY_PORT_ONE - 1)

/*
 * Connections in accept queues, in sets of four places. The address of the socket chooses the set.
 */
#define SUMMARY_WAITING_SETS 8192
#define SUMMARY_WAITING_WAYS 4

struct summary_waiting {
	__u64 sk;     /* address of the socket; 0: the place is free */
	__u64 t;      /* ns, when it became ESTABLISHED or was about to be queued */
	__u64 cookie; /* of the listener; 0: the first one of its port */
	__u64 pad;
};

/*
 * What happens rarely has a counter only where it has happened. The counters of a listener are
 * removed with it.
 */
enum summary_rare_kind {
	SUMMARY_ACCEPT_ERROR,	/* accept() failed; number: errno */
	SUMMARY_RESET_SENT,	/* number: enum fact_reset_reason */
	SUMMARY_RESET_RECEIVED, /* number: 0, and in the following too */
	SUMMARY_COOKIE_SENT,	/* a SYN-ACK with a SYN cookie */
	SUMMARY_NEVER_ACCEPTED, /* connections in the queue when it stopped listening */
	SUMMARY_RARE_KINDS
};

struct summary_rare {
	__u64 cookie; /* of the listener; 0: none is known */
	__u32 kind;   /* enum summary_rare_kind */
	__u32 number;
};
#define SUMMARY_RARE_MAX 4096

enum summary_count {
	SUMMARY_LOST_LISTENER, /* listeners for which there was no room */
	SUMMARY_LOST_WAITING,  /* connections whose wait could not be kept, or was overwritten */
	SUMMARY_LOST_RARE,     /* for which there was no counter */
	SUMMARY_RECOVERED,     /* transitions that the second program (again.bpf.h) recovered */
	SUMMARY_COUNTS
};

/*
 * One for each CPU. User space reads the first part; the rest is what the programs remember from
 * one hook to the next.
 */
struct summary_cpu {
	__u64 count[SUMMARY_COUNTS];
	/*
	 * transitions of sockets without a known listener: clients, and sockets that outlived their
	 * listener
	 */
	__u64 entered[SUMMARY_STATES];

	struct tokens tokens; /* of again.bpf.h */

	/*
	 * a child in SYN_RECV without a transition since then: if its listener is told of a
	 * connection now, it is a fast open
	 */
	__u64 born;

	/* established on a shared port; the listener is not known yet */
	__u64 pending;
	__u64 pending_cookie; /* of the first listener of that port */
	__u64 pending_ns;     /* ns of its handshake; 0: not known */
	__u64 pending_queue;
	__u64 pending_port;

	/* about to be queued by a function that names its listener, before its transition */
	__u64 queued;
	__u64 queued_cookie;

	/* the child that the filter turned away at its transition to ESTABLISHED; 0: none since */
	__u64 turned_away;

	/* the latest that ended with another port than its listener: a RST may follow */
	__u64 steered_ended; /* cookie */
	__u64 steered_listener;
};

FACT_SIZE(summary_stats,
	  6 * 8 + 8 * SUMMARY_STATES + 8 * SUMMARY_TIMES + 2 * (16 + 4 * DURATIONS_BUCKETS));
FACT_SIZE(summary_listener, 144);
FACT_SIZE(summary_reading, 152);
FACT_SIZE(summary_place, 6 * 96 + 72);
FACT_SIZE(summary_cpu, 8 * (4 + SUMMARY_STATES + 15));
FACT_SIZE(summary_port, 16);
FACT_SIZE(summary_waiting, 32);
FACT_SIZE(summary_rare, 16);

#endif
