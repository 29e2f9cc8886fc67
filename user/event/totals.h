/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * totals.h - what a `summary` line tells of a whole run, listener by listener.
 */
#ifndef SOCKSTATE_TOTALS_H
#define SOCKSTATE_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Durations in ns: how many, percentiles (the rule stands in bpf/buckets.h), the longest, their
 * sum. count 0: the others are undefined.
 */
struct quantiles {
	uint64_t count, p50, p90, p99, max, sum;
};

/* Edges of the counts below: 2^10 ns, 2^12 ns and so on, from 1 us to 69 s. */
#define SPREAD_EDGES	  14
#define SPREAD_EDGE_NS(i) (UINT64_C(1) << (10 + 2 * (i)))

/* Durations of one kind at a listener, for a line of it. */
struct spread {
	struct quantiles since;		/* since the line before */
	uint64_t shorter[SPREAD_EDGES]; /* while tracing: how many were shorter than each edge */
};

struct listener_summary {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;
	int family;
	uint8_t addr[16];
	const char *ifname; /* zone of a link-local addr; NULL: none, or unknown. Borrowed */
	uint16_t port;
	uint32_t pid;	  /* the owner, 0 unknown; of a listener that has ended: the last one */
	const char *comm; /* NULL unknown. Borrowed */
	uint64_t completed, accepted, drops;
	uint64_t unseen, departed; /* of accepted, as accepts_unseen and accepts_departed */
	uint64_t cookies_sent;	   /* as syncookies_sent; 0: none, or not known */
	/* in CLOSE_WAIT for a second or longer at the end; since when, ns; who holds the oldest */
	uint64_t stuck, stuck_ns;
	uint32_t stuck_pid; /* 0 unknown */
	bool closed;	    /* it listens no more */
	bool accept_unseen; /* accepted says nothing: accept() cannot be seen here */
	struct quantiles handshake, accept_wait;
};

struct listener_summaries {
	size_t count;
	const struct listener_summary *list;
};

#endif
