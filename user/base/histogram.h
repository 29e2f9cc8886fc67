/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * histogram.h - the large histogram of durations, 32 buckets to each power of two: a quantile is at
 * most 3.2 % too high. Count, sum and maximum are exact. Fixed size (7.7 KiB), no allocation. Pure.
 *
 * Buckets and the rule of quantiles: bpf/buckets.h. The small histogram: listener/durations.h.
 */
#ifndef SOCKSTATE_HISTOGRAM_H
#define SOCKSTATE_HISTOGRAM_H

#include <stdint.h>

#include "buckets.h"

#define HISTOGRAM_SUB_BITS 5
#define HISTOGRAM_BUCKETS  ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)
#define HISTOGRAM_SCHEME   ((struct bucket_scheme){0, HISTOGRAM_SUB_BITS, HISTOGRAM_BUCKETS})

struct histogram {
	uint64_t count, sum, max; /* sum, max: ns */
	uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
/* percent: 0 to 100. 0 if the histogram is empty. */
uint64_t histogram_quantile(const struct histogram *h, double percent);

#endif
