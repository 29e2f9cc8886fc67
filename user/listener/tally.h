/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally.h - from the kernel's counts to `listener` and `summary` lines: --summary without the
 * kernel.
 *
 * A round: tally_begin(), tally_listener() for each listener that the kernel side knows,
 * tally_tell(). What a listener did in a round is the difference to the last one. Listeners that
 * have gone stay for the summary (bounded). Pure: time comes with the round.
 */
#ifndef SOCKSTATE_TALLY_H
#define SOCKSTATE_TALLY_H

#include <stdint.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "event/tcp.h"
#include "event/totals.h"
#include "listener/verdict.h"
#include "summary.h"

struct tally;

/* Adds what one CPU has counted. */
void tally_sum(struct summary_stats *sum, const struct summary_stats *one);

/* NULL when out of memory. The limits are copied. */
struct tally *tally_new(const struct verdict_limits *limits, uint64_t now);
void tally_free(struct tally *t);

void tally_begin(struct tally *t, uint64_t now);
/* stats: the sum over all CPUs; NULL: it has had no connection. 0 or -ENOMEM. */
int tally_listener(struct tally *t, const struct summary_reading *r,
		   const struct summary_stats *stats);
/* Sockets of no known listener: clients, and what outlived its listener. */
void tally_nobody(struct tally *t, const struct summary_stats *stats);
/* Cumulative; tells a `lost` line of what is new. */
void tally_lost(struct tally *t, enum fact_lost_where where, uint64_t count, event_fn emit,
		void *ctx);
/* A `listener` line for each that listens, the busiest first. */
void tally_tell(struct tally *t, event_fn emit, void *ctx);
/* The `summary` line: everything since the beginning. */
void tally_summary(struct tally *t, event_fn emit, void *ctx);

#endif
