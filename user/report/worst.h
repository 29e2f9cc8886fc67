/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worst.h - which connections had it worst. Pure.
 *
 * One measure for all: the time at the door, from the first sign of a connection until accept()
 * took it. Of one that was not taken it is the time until the last sign of it.
 *
 * There are ranks, because a client that got no service at all may have left at once: first those
 * that were never served, then those that were served late or still wait. Half-open requests that
 * were given up come last: those of a scan or a flood last longest, and nobody misses them.
 */
#ifndef SOCKSTATE_REPORT_WORST_H
#define SOCKSTATE_REPORT_WORST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In how many ways a connection goes wrong, and whether it was served in the end. */
enum worst_kind {
	WORST_ACCEPTED,	      /* accept() took it */
	WORST_ESTABLISHED,    /* the handshake; accept() is not visible, or not on this machine */
	WORST_WAITING,	      /* in the accept queue when the recording ended */
	WORST_REFUSED,	      /* the listener refused its SYN or its final ACK */
	WORST_NEVER_ACCEPTED, /* it ended in the accept queue */
	WORST_NOT_CONNECTED,  /* connect() failed */
	WORST_HALF_OPEN,      /* a request without a final ACK was given up */
	WORST_KIND_COUNT
};

enum worst_rank { RANK_UNSERVED, RANK_SERVED, RANK_HALF_OPEN, RANK_COUNT };

struct worst_entry {
	uint64_t id; /* the caller's, of the connection's end; never 0 */
	uint64_t ns; /* at the door */
	enum worst_kind kind;
};

/* Twice what is shown: both ends of a connection may stand here. */
#define WORST_SHOWN 20
#define WORST_KEPT  (2 * WORST_SHOWN)

struct worst {
	struct worst_entry list[RANK_COUNT][WORST_KEPT]; /* the worst first */
	size_t count[RANK_COUNT];
};

/* What is known of a connection now; replaces what was known before. */
void worst_note(struct worst *w, const struct worst_entry *e);
void worst_forget(struct worst *w, uint64_t id);
bool worst_has(const struct worst *w, uint64_t id);
/*
 * Fills out with at most max entries, rank by rank. At least half of the places go to those that
 * were served, if there are so many. is_twin: whether two entries are the ends of one connection,
 * of which one is enough. Returns how many.
 */
size_t worst_choose(const struct worst *w, struct worst_entry *out, size_t max,
		    bool (*is_twin)(void *ctx, uint64_t id, uint64_t other), void *ctx);

#endif
