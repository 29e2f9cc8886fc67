/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * series.h - one series a listening address: what its listeners did, summed. Pure.
 *
 * Listeners that share an address and a port (SO_REUSEPORT) are one series, and so are those that
 * followed each other there: a service that restarts goes on counting. Since a sum hides one full
 * member among empty ones, a series also has how full its fullest one is. Beyond a bound all
 * further addresses share one series.
 */
#ifndef SOCKSTATE_EXPORT_SERIES_H
#define SOCKSTATE_EXPORT_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "listener/tally.h"

#define SERIES_LABELS 1536
/* Peaks are kept for so many rounds. */
#define SERIES_ROUNDS 60
/* A share of 1. */
#define SERIES_WHOLE 1000000000u

struct series {
	uint32_t netns;		  /* inode */
	int family;		  /* AF_INET or AF_INET6; 0: the series of all further addresses */
	uint8_t addr[16];	  /* network order */
	uint16_t port;		  /* host order */
	char comm[16];		  /* of the owner; "" not known */
	struct owner_place place; /* the same */
	char labels[SERIES_LABELS];

	/* of the last round; numbers of several listeners are summed */
	unsigned int listeners; /* that listen now */
	uint64_t queue, limit, syn_queue, syn_limit;
	uint64_t fullest; /* queue by limit of the fullest listener, in parts of SERIES_WHOLE */
	uint64_t oldest_ns;
	uint32_t verdicts;  /* bits 1 << enum verdict */
	uint32_t diagnoses; /* bits 1 << enum diagnosis, as far as looks tell */
	/* since the tracer started; listeners that have closed count */
	uint64_t completed, accepted, synack_retrans;
	uint64_t drops; /* the kernel's own counter sk_drops */
	uint64_t refused[DROP_REASON_COUNT];
	struct rare_counts rare;
	struct durations handshake, accept_wait;

	uint64_t round_peak, round_fullest;
	/* of each round, by round modulo SERIES_ROUNDS */
	uint32_t peak[SERIES_ROUNDS];
	uint32_t fullest_peak[SERIES_ROUNDS];
	uint64_t round; /* when it was last seen listening */
};

struct series_set;

/* max: addresses with a series of their own. NULL when out of memory. */
struct series_set *series_new(size_t max);
void series_free(struct series_set *set);
/* Takes the last round of the tally. Returns 0 or -ENOMEM. */
int series_read(struct series_set *set, const struct tally *t);
/*
 * The series that have a listener now, in the order in which they became known. One whose listener
 * closed before it had accepted all connections stays for SERIES_ROUNDS, so that it is told.
 */
size_t series_count(const struct series_set *set);
const struct series *series_get(const struct series_set *set, size_t i);
/* The longest accept queue of the last SERIES_ROUNDS rounds. */
uint64_t series_peak(const struct series *s);
/* How full the fullest listener was at most in these rounds, in parts of SERIES_WHOLE. */
uint64_t series_fullest_peak(const struct series *s);
/* How many addresses share the last series. */
size_t series_shared(const struct series_set *set);

#endif
