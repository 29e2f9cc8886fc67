// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.h"

void histogram_add(struct histogram *h, uint64_t ns)
{
	h->count++;
	h->sum += ns;
	if (ns > h->max)
		h->max = ns;
	h->bucket[bucket_index(HISTOGRAM_SCHEME, ns)]++;
}

uint64_t histogram_quantile(const struct histogram *h, double percent)
{
	return bucket_quantile(HISTOGRAM_SCHEME, h->bucket, h->count, h->max, percent);
}
