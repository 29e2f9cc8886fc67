// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.h"

#include "tap.h"

static struct histogram h;

int main(void)
{
	int wrong = 0;
	uint64_t x = 1;

	ok(histogram_quantile(&h, 50) == 0, "empty: 0");
	for (unsigned int i = 0; i + 1 < HISTOGRAM_BUCKETS; i++)
		wrong += histogram_index(histogram_lower(i)) != i ||
			 histogram_lower(i) >= histogram_lower(i + 1) ||
			 histogram_index(histogram_lower(i + 1) - 1) != i;
	ok(!wrong, "buckets follow one another without a gap");
	ok(histogram_index(UINT64_MAX) == HISTOGRAM_BUCKETS - 1,
	   "the greatest value is in the last");
	ok(histogram_index(0) == 0 && histogram_index(31) == 31 && histogram_index(32) == 32,
	   "small values are exact");
	for (int i = 0; i < 100000; i++) {
		double width;
		unsigned int b;

		x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		b = histogram_index(x >> (i % 60));
		if (b + 1 >= HISTOGRAM_BUCKETS || b < 32)
			continue;
		width = (double)(histogram_lower(b + 1) - histogram_lower(b));
		wrong += width / (double)histogram_lower(b) > 1.0 / 32;
	}
	ok(!wrong, "a bucket is at most 1/32 of its value wide");

	histogram_add(&h, 1000000);
	ok(histogram_quantile(&h, 50) <= 1000000 && histogram_quantile(&h, 50) >= 970000 &&
		   h.max == 1000000,
	   "one value: itself, at most 3 %% less");
	memset(&h, 0, sizeof(h));
	for (uint64_t i = 1; i <= 100000; i++)
		histogram_add(&h, i * 1000);
	for (double p = 1; p <= 99; p += 1) {
		double q = (double)histogram_quantile(&h, p), want = p * 1000000;

		wrong += q < want * 0.97 || q > want * 1.03;
	}
	ok(!wrong && h.count == 100000, "percentiles of an even spread are within 3 %%");
	ok(histogram_quantile(&h, 100) <= 100000000 && histogram_quantile(&h, 0) > 0,
	   "the ends of the scale");
	memset(&h, 0, sizeof(h));
	histogram_add(&h, 0);
	histogram_add(&h, UINT64_MAX);
	ok(histogram_quantile(&h, 50) == 0 && histogram_quantile(&h, 99) > UINT64_MAX / 100 * 97,
	   "0 and the greatest value");
	return done();
}
