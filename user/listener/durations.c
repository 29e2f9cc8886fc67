// SPDX-License-Identifier: BSD-2-Clause
#include "listener/durations.h"

void durations_add(struct durations *d, uint64_t ns)
{
	d->sum += ns;
	if (ns > d->max)
		d->max = ns;
	d->bucket[bucket_index(DURATIONS_SCHEME, ns)]++;
}

void durations_merge(struct durations *into, const struct durations *one)
{
	into->sum += one->sum;
	if (one->max > into->max)
		into->max = one->max;
	for (unsigned int i = 0; i < DURATIONS_BUCKETS; i++)
		into->bucket[i] += one->bucket[i];
}

uint64_t durations_count(const struct durations *d)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < DURATIONS_BUCKETS; i++)
		count += d->bucket[i];
	return count;
}

static uint64_t quantile(const struct durations *d, uint64_t count, double percent)
{
	return bucket_quantile(DURATIONS_SCHEME, d->bucket, count, d->max, percent);
}

uint64_t durations_median(const struct durations *d)
{
	return quantile(d, durations_count(d), 50);
}

uint64_t durations_median_since(const struct durations *now, const struct durations *before)
{
	struct durations since = {.max = now->max};

	for (unsigned int i = 0; i < DURATIONS_BUCKETS; i++)
		since.bucket[i] = now->bucket[i] - before->bucket[i];
	return durations_median(&since);
}

void durations_since(struct durations *since, const struct durations *now,
		     const struct durations *before)
{
	*since = (struct durations){.sum = now->sum - before->sum};
	for (unsigned int i = 0; i < DURATIONS_BUCKETS; i++) {
		since->bucket[i] = now->bucket[i] - before->bucket[i];
		if (since->bucket[i])
			since->max = bucket_lower(DURATIONS_SCHEME, i + 1) - 1;
	}
	if (since->max > now->max || since->bucket[DURATIONS_BUCKETS - 1])
		since->max = now->max;
}

void histogram_merge(struct histogram *into, const struct durations *one)
{
	for (unsigned int i = 0; i < DURATIONS_BUCKETS; i++) {
		uint64_t upper = bucket_lower(DURATIONS_SCHEME, i + 1) - 1;

		if (i + 1 == DURATIONS_BUCKETS || upper > one->max)
			upper = one->max;
		into->bucket[bucket_index(HISTOGRAM_SCHEME, upper)] += one->bucket[i];
		into->count += one->bucket[i];
	}
	into->sum += one->sum;
	if (one->max > into->max)
		into->max = one->max;
}

/* Every edge is the lower end of a bucket of either scheme. */
static void spread(struct bucket_scheme s, const uint32_t *bucket, uint64_t shorter[SPREAD_EDGES])
{
	uint64_t count = 0;
	uint32_t next = 0;

	for (int edge = 0; edge < SPREAD_EDGES; edge++) {
		while (next < s.count && bucket_lower(s, next) < SPREAD_EDGE_NS(edge))
			count += bucket[next++];
		shorter[edge] = count;
	}
}

void durations_spread(const struct durations *d, uint64_t shorter[SPREAD_EDGES])
{
	static const struct durations none;

	spread(DURATIONS_SCHEME, d ? d->bucket : none.bucket, shorter);
}

void histogram_spread(const struct histogram *h, uint64_t shorter[SPREAD_EDGES])
{
	static const struct histogram none;

	spread(HISTOGRAM_SCHEME, h ? h->bucket : none.bucket, shorter);
}

void durations_quantiles(const struct durations *d, struct quantiles *q)
{
	*q = (struct quantiles){0};
	if (!d)
		return;
	q->count = durations_count(d);
	q->sum = d->sum;
	q->p50 = quantile(d, q->count, 50);
	q->p90 = quantile(d, q->count, 90);
	q->p99 = quantile(d, q->count, 99);
	q->max = d->max;
}

void histogram_quantiles(const struct histogram *h, struct quantiles *q)
{
	*q = (struct quantiles){0};
	if (!h)
		return;
	q->count = h->count;
	q->sum = h->sum;
	q->p50 = histogram_quantile(h, 50);
	q->p90 = histogram_quantile(h, 90);
	q->p99 = histogram_quantile(h, 99);
	q->max = h->max;
}
