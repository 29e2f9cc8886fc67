/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally.h - from the counters of --summary to `listener` and `summary` lines: that command without
 * the kernel.
 *
 * A round is tally_begin(), tally_listener() for each listener that the kernel side knows, and
 * tally_emit_listeners(). What a listener did in a round is the difference to the round before.
 * Listeners that have gone are kept for the summary, up to a bound. Pure: the time comes with the
 * round.
 */
#ifndef SOCKSTATE_TALLY_H
#define SOCKSTATE_TALLY_H

#include <stdint.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "event/totals.h"
#include "listener/figures.h"
#include "listener/owner_place.h"
#include "listener/queued.h"
#include "listener/rare.h"
#include "listener/verdict.h"
#include "summary.h"

struct tally;

/* Adds what one CPU has counted to the sum. */
void tally_sum(struct summary_stats *sum, const struct summary_stats *one);

/* NULL when out of memory. The limits are copied. now: ns. */
struct tally *tally_new(const struct verdict_limits *limits, uint64_t now);
void tally_free(struct tally *t);

/* A round begins. now: ns. */
void tally_begin(struct tally *t, uint64_t now);
/*
 * What is known of all listeners besides, before the first tally_listener() of the round. Both
 * lists are sorted (rare.h, queued.h), and valid until the round has ended.
 */
struct tally_besides {
	const struct rare_reading *rare;
	size_t rare_count;
	const struct queued_wait *waits;
	size_t wait_count;
};
void tally_besides(struct tally *t, const struct tally_besides *besides);
/* stats: the sum over all CPUs; NULL: it never had a connection. Returns 0 or -ENOMEM. */
int tally_listener(struct tally *t, const struct summary_reading *r,
		   const struct summary_stats *stats);
/* Whether it is not known yet where the owner of that listener of this round runs. */
bool tally_wants_place(struct tally *t, uint64_t cookie);
void tally_place(struct tally *t, uint64_t cookie, const struct summary_place *place);
/* What a look at the listener's program has found, in this round. */
void tally_why(struct tally *t, uint64_t cookie, enum diagnosis diagnosis);
/* Sockets without a known listener: clients, and connections that outlived their listener. */
void tally_nobody(struct tally *t, const struct summary_stats *stats);

/* A listener as the last round found it. Pointers are valid during the call. */
struct tally_row {
	struct listener_figures figures; /* without counters */
	const struct owner_place *place; /* of the owner; all "" if it is not known */
	const struct summary_stats *stats;
	const uint64_t *refused; /* while tracing, by enum drop_reason */
	uint32_t drops;		 /* rise of sk_drops while tracing */
	uint32_t recent_peak;	 /* longest accept queue since the round before */
	uint64_t oldest_ns;	 /* the oldest queued connection waits so long or longer; 0: none */
	bool listens;		 /* false: it has closed, and its counts are kept */
	const struct rare_counts *rare;
	/* what a look has found lately, while the verdict is not ok; DIAGNOSIS_COUNT: none has */
	enum diagnosis diagnosis;
};
/* All listeners, in the order in which they became known. */
void tally_walk(const struct tally *t, void (*fn)(void *ctx, const struct tally_row *row),
		void *ctx);
/* What happened rarely where no listener is known: clients, and ports where nobody listens. */
const struct rare_counts *tally_nobody_rare(const struct tally *t);
/* How much was lost there in all. */
uint64_t tally_lost(const struct tally *t, enum fact_lost_where where);

/* count: of all that was lost there; without a line. */
void tally_note_lost(struct tally *t, enum fact_lost_where where, uint64_t count);
/* count: of all that was lost there. Emits a `lost` line if it has grown. */
void tally_emit_lost(struct tally *t, enum fact_lost_where where, uint64_t count, event_fn emit,
		     void *ctx);
/* Emits a `listener` line for each that listens, the busiest first. */
void tally_emit_listeners(struct tally *t, event_fn emit, void *ctx);
/* The listeners from whose queue nothing was taken for that long, as far as the rounds tell. */
void tally_waiting(const struct tally *t, uint64_t wait_ns, waiting_fn fn, void *ctx);
/* Emits the `summary` line: everything since the beginning. */
void tally_emit_summary(struct tally *t, event_fn emit, void *ctx);

#endif
