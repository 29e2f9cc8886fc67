// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.h"

#include "tap.h"

static struct histogram h;

int main(void)
{
	int wrong = 0;

	ok(histogram_quantile(&h, 50) == 0, "empty: 0");
	histogram_add(&h, 1000000);
	ok(histogram_quantile(&h, 50) == 1000000 && h.max == 1000000 && h.sum == 1000000,
	   "one value: itself");
	memset(&h, 0, sizeof(h));
	for (uint64_t i = 1; i <= 100000; i++)
		histogram_add(&h, i * 1000);
	for (double p = 1; p <= 99; p += 1) {
		double q = (double)histogram_quantile(&h, p), want = p * 1000000;

		wrong += q < want || q > want * 1.032;
	}
	ok(!wrong && h.count == 100000,
	   "percentiles of an even spread are at most 3.2 %% too high");
	ok(h.sum == UINT64_C(100000) * 100001 / 2 * 1000, "the sum is exact");
	ok(histogram_quantile(&h, 100) == 100000000 && histogram_quantile(&h, 0) > 0,
	   "the ends of the scale");
	memset(&h, 0, sizeof(h));
	histogram_add(&h, 0);
	histogram_add(&h, UINT64_MAX);
	ok(histogram_quantile(&h, 50) == 0 && histogram_quantile(&h, 99) == UINT64_MAX,
	   "0 and the greatest value");
	return done();
}
