/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * durations.h - counts, sums and quantiles of durations, from either histogram: the small one of
 * bpf/buckets.h and the large one of base/histogram.h. Pure.
 */
#ifndef SOCKSTATE_LISTENER_DURATIONS_H
#define SOCKSTATE_LISTENER_DURATIONS_H

#include <stdint.h>

#include "base/histogram.h"
#include "buckets.h"
#include "event/totals.h"

void durations_add(struct durations *d, uint64_t ns);
/* Adds to `into` what `one` has counted. */
void durations_merge(struct durations *into, const struct durations *one);
uint64_t durations_count(const struct durations *d);
/* The p50 of all; 0 if there is none. */
uint64_t durations_median(const struct durations *d);
/*
 * The p50 of what was counted between two readings of one histogram; 0 if nothing was. The maximum
 * of that time is not known, so the later reading's limits the result.
 */
uint64_t durations_median_since(const struct durations *now, const struct durations *before);

/*
 * What was counted between two readings of one histogram. Its maximum is the upper end of the
 * highest bucket, or the later reading's maximum where that is less.
 */
void durations_since(struct durations *since, const struct durations *now,
		     const struct durations *before);
/* Adds to `into`, each at the upper end of its bucket. */
void histogram_merge(struct histogram *into, const struct durations *one);
/* How many were shorter than each edge (event/totals.h). NULL is an empty histogram. */
void durations_spread(const struct durations *d, uint64_t shorter[SPREAD_EDGES]);
void histogram_spread(const struct histogram *h, uint64_t shorter[SPREAD_EDGES]);
/* NULL is an empty histogram. */
void durations_quantiles(const struct durations *d, struct quantiles *q);
void histogram_quantiles(const struct histogram *h, struct quantiles *q);

#endif
