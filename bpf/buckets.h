/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * buckets.h - histograms of durations: their buckets, and what a quantile means.
 *
 * Buckets are log-linear. Values are counted in units of 2^unit_bits ns. Each power of two has
 * 2^sub_bits buckets of equal width, so a bucket is at most 1/2^sub_bits as wide as its smallest
 * value; below that each unit has a bucket of its own. The last bucket also counts all that is
 * longer.
 *
 * The rule of quantiles, for every histogram of this program: a quantile is the upper end of the
 * bucket that holds the nearest rank, or the maximum where that is less. So "p90 is 12 ms" means
 * that at least 90 % of the values were 12 ms or less. It is never below the true quantile, and
 * above it by less than the width of the bucket.
 *
 * Both sides include this header: the programs of --summary count in the kernel, everything else
 * counts in user space. It needs nothing but the fixed-width types of <linux/types.h>.
 */
#ifndef SOCKSTATE_BUCKETS_H
#define SOCKSTATE_BUCKETS_H

#include <linux/types.h>

struct bucket_scheme {
	__u8 unit_bits, sub_bits;
	__u16 count; /* of buckets */
};

#define BUCKET_INLINE static inline __attribute__((always_inline))

/* The number of the highest bit that is set in v; v is not 0. */
BUCKET_INLINE __u32 bucket_log2(__u64 v)
{
#ifdef __bpf__ /* BPF has no instruction for it */
	__u32 log = 0;

#pragma unroll
	for (int bits = 32; bits; bits /= 2) {
		if (v >> bits) {
			v >>= bits;
			log += bits;
		}
	}
	return log;
#else
	return 63 - (__u32)__builtin_clzll(v);
#endif
}

/* The bucket of a duration. */
BUCKET_INLINE __u32 bucket_index(struct bucket_scheme s, __u64 ns)
{
	__u64 v = ns >> s.unit_bits;
	__u32 shift, index;

	if (v < 1u << s.sub_bits)
		return (__u32)v;
	shift = bucket_log2(v) - s.sub_bits;
	index = ((shift + 1) << s.sub_bits) + (__u32)((v >> shift) & ((1u << s.sub_bits) - 1));
	return index < s.count ? index : s.count - 1u;
}

/* The smallest duration of a bucket, in ns. */
BUCKET_INLINE __u64 bucket_lower(struct bucket_scheme s, __u32 index)
{
	__u32 sub = 1u << s.sub_bits;
	__u64 v = index;

	if (index >= sub)
		v = (__u64)(sub + (index & (sub - 1))) << ((index >> s.sub_bits) - 1);
	return v << s.unit_bits;
}

#ifndef __bpf__
/* percent: 0 to 100. count and max: of all values. 0 if there is none. */
static inline __u64 bucket_quantile(struct bucket_scheme s, const __u32 *bucket, __u64 count,
				    __u64 max, double percent)
{
	double rank = (double)count * percent / 100.0;
	__u64 seen = 0;

	for (__u32 i = 0; count && i + 1 < s.count; i++) {
		__u64 upper;

		seen += bucket[i];
		if (!bucket[i] || (double)seen < rank)
			continue;
		upper = bucket_lower(s, i + 1) - 1;
		return upper < max ? upper : max;
	}
	return count ? max : 0;
}
#endif

/*
 * The small histogram, of 1 KiB: --summary has two of them for each listener and CPU. The last
 * bucket begins at 34 minutes.
 */
#define DURATIONS_BUCKETS 256
#define DURATIONS_SCHEME  ((struct bucket_scheme){7, 3, DURATIONS_BUCKETS})

struct durations {
	__u64 sum; /* ns; exact */
	__u64 max; /* ns; exact */
	__u32 bucket[DURATIONS_BUCKETS];
};
_Static_assert(sizeof(struct durations) == 16 + 4 * DURATIONS_BUCKETS, "size of durations");

#endif
