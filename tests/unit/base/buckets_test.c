// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.h"
#include "buckets.h"

#include <stdlib.h>

#include "tap.h"

static uint64_t random_state = 1;

static uint64_t next_random(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return random_state >> 3;
}

/* What holds for every scheme. */
static void check_scheme(struct bucket_scheme s, const char *name)
{
	int gaps = 0, wide = 0;

	for (unsigned int i = 0; i + 1 < s.count; i++)
		gaps += bucket_index(s, bucket_lower(s, i)) != i ||
			bucket_lower(s, i) >= bucket_lower(s, i + 1) ||
			bucket_index(s, bucket_lower(s, i + 1) - 1) != i;
	ok(!gaps, "%s: buckets follow one another without a gap", name);
	for (unsigned int i = 1u << s.sub_bits; i + 1 < s.count; i++) {
		uint64_t lower = bucket_lower(s, i);

		wide += (bucket_lower(s, i + 1) - lower) << s.sub_bits > lower;
	}
	ok(!wide, "%s: a bucket is at most 1/%u as wide as its smallest value", name,
	   1u << s.sub_bits);
	ok(bucket_index(s, 0) == 0 && bucket_index(s, UINT64_MAX) == s.count - 1u,
	   "%s: the greatest value is in the last bucket", name);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The rule against the values themselves, over many sizes of samples. */
static void check_rule(struct bucket_scheme s, const char *name)
{
	static const double percents[] = {1, 50, 90, 99, 99.9, 100};
	static uint64_t value[1000];
	int low = 0, high = 0;

	for (size_t n = 1; n <= 1000; n += 37) {
		uint32_t bucket[HISTOGRAM_BUCKETS] = {0};

		for (size_t i = 0; i < n; i++) {
			value[i] = next_random() >> (24 + next_random() % 20);
			bucket[bucket_index(s, value[i])]++;
		}
		qsort(value, n, sizeof(*value), ascending);
		for (size_t p = 0; p < sizeof(percents) / sizeof(*percents); p++) {
			double rank = (double)n * percents[p] / 100;
			size_t nearest = (size_t)rank < rank ? (size_t)rank : (size_t)rank - 1;
			uint64_t exact = value[nearest];
			uint64_t width = bucket_lower(s, bucket_index(s, exact) + 1) -
					 bucket_lower(s, bucket_index(s, exact));
			uint64_t got = bucket_quantile(s, bucket, n, value[n - 1], percents[p]);

			low += got < exact;
			high += got >= exact + width;
		}
	}
	ok(!low, "%s: a quantile is never below the value of the nearest rank", name);
	ok(!high, "%s: and above it by less than the width of the bucket", name);
}

int main(void)
{
	const struct bucket_scheme small = DURATIONS_SCHEME, large = HISTOGRAM_SCHEME;
	uint32_t bucket[DURATIONS_BUCKETS] = {0};

	check_scheme(small, "small");
	check_scheme(large, "large");
	check_rule(small, "small");
	check_rule(large, "large");
	ok(bucket_lower(small, 8) == 8 * 128 && bucket_lower(small, 9) == 9 * 128 &&
		   bucket_lower(small, 16) == 16 * 128 && bucket_lower(small, 17) == 18 * 128,
	   "small: eight to a power of two, in units of 128 ns");
	ok(bucket_index(large, 31) == 31 && bucket_index(large, 32) == 32 &&
		   bucket_index(large, 63) == 63 && bucket_index(large, 64) == 64 &&
		   bucket_index(large, 65) == 64,
	   "large: 32 to a power of two, small values are exact");
	ok(bucket_quantile(small, bucket, 0, 0, 50) == 0, "nothing counted: 0");
	bucket[DURATIONS_BUCKETS - 1] = 1;
	ok(bucket_quantile(small, bucket, 1, 90000, 50) == 90000,
	   "in the last bucket: the maximum");
	return done();
}
