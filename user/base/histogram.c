// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.h"

#define SUB (1u << HISTOGRAM_SUB_BITS)

unsigned int histogram_index(uint64_t value)
{
	if (value < SUB)
		return (unsigned int)value;
	unsigned int shift = 63 - (unsigned int)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;

	return ((shift + 1) << HISTOGRAM_SUB_BITS) + (unsigned int)((value >> shift) - SUB);
}

uint64_t histogram_lower(unsigned int index)
{
	if (index < SUB)
		return index;
	unsigned int shift = (index >> HISTOGRAM_SUB_BITS) - 1;

	return (uint64_t)(SUB + (index & (SUB - 1))) << shift;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	h->count++;
	if (value > h->max)
		h->max = value;
	h->bucket[histogram_index(value)]++;
}

uint64_t histogram_quantile(const struct histogram *h, double percent)
{
	double rank = (double)h->count * percent / 100.0;
	uint64_t seen = 0;

	if (!h->count)
		return 0;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->bucket[i];
		if (!h->bucket[i] || (double)seen < rank)
			continue;
		uint64_t upper =
			i + 1 < HISTOGRAM_BUCKETS ? histogram_lower(i + 1) - 1 : UINT64_MAX;

		return upper < h->max ? upper : h->max;
	}
	return h->max;
}
