/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally_impl.h - what a tally keeps of each listener. tally.c counts and judges, tally_lines.c
 * makes lines of it. Not for use elsewhere.
 */
#ifndef SOCKSTATE_TALLY_IMPL_H
#define SOCKSTATE_TALLY_IMPL_H

#include <stdbool.h>

#include "event/vocabulary.h"
#include "listener/tally.h"

#define TALLY_BUCKETS 4096u /* of the hash table: a power of two, several times SUMMARY_LISTENERS */
#define ADVICE_MAX    256

/* A listener. */
struct tally_entry {
	struct summary_reading r; /* as last read */
	struct summary_stats stats;
	struct rare_counts rare;
	struct owner_place place;
	bool placed;				/* place has been read */
	uint64_t refused;			/* while tracing */
	uint64_t refused_by[DROP_REASON_COUNT]; /* the same, by reason */
	uint32_t counted; /* how much of sk_drops has been explained, as refused or otherwise */
	uint64_t peak;	  /* of the accept queue */
	uint64_t round;	  /* when it was last read */
	bool full_before, syn_full_before; /* a queue was full when it was last read */

	/* what it did in the last round */
	uint64_t completed, accepted, refused_now, wait_p50;
	struct quantiles handshake, accept_wait;
	uint64_t fd_errors, syncookies;
	uint64_t undecided;    /* refused in earlier rounds, see verdict_undecided() */
	uint32_t queue_before; /* length of the accept queue in the round before */
	/* ns: connections have waited since, without an accept(); 0: none waits */
	uint64_t queue_since;
	uint64_t oldest_ns;   /* how long the oldest one waits at least; 0: none waits */
	uint64_t last_accept; /* ns: the last round with an accept(), or when it became known */
	enum verdict verdict;
	char advice[ADVICE_MAX];
	enum diagnosis diagnosis;
	uint64_t diagnosed;	  /* ns; 0: never */
	struct tally_entry *next; /* in its hash bucket */
};

struct tally {
	struct verdict_limits limits;
	uint64_t now, before; /* ns: when this round began, and the one before */
	uint64_t round;
	struct tally_entry *bucket[TALLY_BUCKETS];
	struct tally_entry **list; /* in the order in which they became known */
	size_t count, room;
	struct tally_besides besides;	/* of this round */
	struct summary_stats nobody;	/* of sockets without a known listener */
	struct rare_counts nobody_rare; /* the same */
	struct summary_stats forgotten; /* of listeners that are no longer kept */
	uint64_t drops[DROP_REASON_COUNT];
	uint64_t lost[FACT_LOST_PLACES], lost_total;
};

/*
 * It does not listen any more. If it never had a connection, the kernel side forgets it at once,
 * and it is just not read again.
 */
static inline bool tally_has_gone(const struct tally *t, const struct tally_entry *row)
{
	return !row->r.listener.q.sk || row->round != t->round;
}

#endif
