/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * histogram.h - counts durations in log-linear buckets, 32 to each power of two: a quantile is at
 * most 3 % off, and the maximum is exact. Fixed size, no allocation. Pure.
 */
#ifndef SOCKSTATE_HISTOGRAM_H
#define SOCKSTATE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 5
#define HISTOGRAM_BUCKETS  ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count, max;
	uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t value);
/*
 * The upper end of the bucket in which the share of `percent` (0 to 100) of all values is reached;
 * at most the maximum. 0 if the histogram is empty.
 */
uint64_t histogram_quantile(const struct histogram *h, double percent);
/* The bucket of a value, and the smallest value of a bucket. */
unsigned int histogram_index(uint64_t value);
uint64_t histogram_lower(unsigned int index);

#endif
