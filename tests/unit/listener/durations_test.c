// SPDX-License-Identifier: BSD-2-Clause
#include "listener/durations.h"

#include "tap.h"

#define S  UINT64_C(1000000000)
#define MS UINT64_C(1000000)

static void put(struct durations *d, uint64_t ns, unsigned int times)
{
	while (times--)
		durations_add(d, ns);
}

static void check_quantiles(void)
{
	struct durations d = {0};
	static struct histogram h;
	struct quantiles q, large;
	bool close = true;

	durations_quantiles(&d, &q);
	ok(q.count == 0, "nothing measured: count 0");
	durations_quantiles(NULL, &q);
	histogram_quantiles(NULL, &large);
	ok(q.count == 0 && large.count == 0, "no histogram: count 0");
	for (uint64_t ns = 2000; ns < 60 * S; ns += ns / 3) {
		struct durations two = {0};

		put(&two, ns, 2);
		put(&two, ns * 2, 1);
		durations_quantiles(&two, &q);
		close = close && q.p50 >= ns && q.p50 < ns + ns / 8 + 128;
	}
	ok(close, "a quantile is at most 12.5 %% too high, and never too low");
	put(&d, 1 * MS, 90);
	put(&d, 10 * MS, 9);
	put(&d, 500 * MS, 1);
	durations_quantiles(&d, &q);
	ok(q.count == 100 && q.p50 < 2 * MS && q.p90 < 2 * MS && q.p99 >= 10 * MS &&
		   q.p99 < 12 * MS && q.max == 500 * MS,
	   "p50, p90, p99 of a hundred; the maximum is exact");
	ok(d.sum == 90 * MS + 90 * MS + 500 * MS && q.sum == d.sum, "so is the sum");
	for (int i = 0; i < 1000; i++) {
		histogram_add(&h, (uint64_t)i * MS);
		durations_add(&d, (uint64_t)i * MS);
	}
	histogram_quantiles(&h, &large);
	ok(large.count == 1000 && large.p50 >= 499 * MS && large.p50 < 516 * MS &&
		   large.max == 999 * MS,
	   "the large histogram by the same rule");
}

static void check_sums(void)
{
	struct durations a = {0}, b = {0}, before, since;
	struct quantiles q;

	put(&a, 1 * MS, 3);
	put(&b, 8 * MS, 4);
	durations_merge(&a, &b);
	ok(durations_count(&a) == 7 && a.sum == 35 * MS && a.max == 8 * MS,
	   "merged: count, sum and maximum of both");
	ok(durations_median(&a) == 8 * MS, "the median, at most the maximum");
	before = a;
	ok(durations_median_since(&a, &before) == 0, "nothing since: 0");
	put(&a, 2 * MS, 1);
	ok(durations_median_since(&a, &before) >= 2 * MS &&
		   durations_median_since(&a, &before) < 3 * MS,
	   "the median of what came since");
	durations_since(&since, &a, &before);
	durations_quantiles(&since, &q);
	ok(q.count == 1 && q.sum == 2 * MS && q.p99 == q.max && q.max >= 2 * MS && q.max < 3 * MS,
	   "its quantiles, and a maximum that is not that of the time before");
}

/* 1.024 us, 4.096 us ... 68.7 s. */
static void check_spread(void)
{
	static struct histogram large;
	struct durations small = {0};
	uint64_t of_small[SPREAD_EDGES], of_large[SPREAD_EDGES];
	const uint64_t values[] = {1, 1023, 1024, 5000, 300 * MS, 80000 * MS};
	bool same = true;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		durations_add(&small, values[i]);
		histogram_add(&large, values[i]);
	}
	durations_spread(&small, of_small);
	histogram_spread(&large, of_large);
	for (int i = 0; i < SPREAD_EDGES; i++)
		same &= of_small[i] == of_large[i];
	ok(same, "both histograms count the same below every edge");
	ok(of_large[0] == 2 && of_large[1] == 3 && of_large[2] == 4,
	   "shorter than an edge: what is as long as it is not");
	ok(of_large[SPREAD_EDGES - 1] == 5, "80 s are longer than the last edge");
	histogram_spread(NULL, of_large);
	ok(!of_large[SPREAD_EDGES - 1], "NULL is empty");
}

/* From the small histogram into the large one. */
static void check_merge(void)
{
	static struct histogram h;
	struct durations d = {0};
	struct quantiles q;

	histogram_add(&h, 100);
	put(&d, 1000000, 98);
	put(&d, 5000000, 1);
	histogram_merge(&h, &d);
	histogram_quantiles(&h, &q);
	ok(q.count == 100 && q.sum == 98 * 1000000ull + 5000000 + 100 && q.max == 5000000,
	   "merged: count, sum and maximum");
	ok(q.p50 >= 1000000 && q.p50 < 1150000,
	   "  a quantile is above it by a bucket at most: %llu", (unsigned long long)q.p50);
	histogram_merge(&h, &(struct durations){0});
	ok(h.count == 100, "  nothing adds nothing");
}

int main(void)
{
	check_quantiles();
	check_sums();
	check_spread();
	check_merge();
	return done();
}
