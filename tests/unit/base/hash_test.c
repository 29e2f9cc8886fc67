// SPDX-License-Identifier: BSD-2-Clause
#include "base/hash.h"

#include <stdlib.h>

#include "tap.h"

#define KEYS 4096

/* Keys n * step in as many buckets as there are keys; the fullest bucket. */
static unsigned int fullest(uint64_t step, uint64_t (*bucket)(uint64_t key))
{
	static unsigned int count[KEYS];
	unsigned int most = 0;

	memset(count, 0, sizeof(count));
	for (uint64_t n = 1; n <= KEYS; n++) {
		unsigned int *c = &count[bucket(n * step)];

		if (++*c > most)
			most = *c;
	}
	return most;
}

static uint64_t by_upper_bits(uint64_t key)
{
	return hash_u64(key, 12);
}

static uint64_t by_mask(uint64_t key)
{
	return hash_mix(key) & (KEYS - 1);
}

static uint64_t by_words(uint64_t key)
{
	return hash_more(hash_more(0, 7), key) & (KEYS - 1);
}

int main(void)
{
	static const uint64_t steps[] = {1, 64, 2048, 1 << 20};
	uint64_t beyond = 0, same = 0;

	for (unsigned int bits = 1; bits <= 64; bits++)
		beyond += bits < 64 && hash_u64(UINT64_MAX - bits, bits) >> bits;
	ok(!beyond, "an index has no more bits than were asked for");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		unsigned int step = (unsigned int)steps[i];

		ok(fullest(steps[i], by_upper_bits) <= 10, "keys %u apart spread: hash_u64", step);
		ok(fullest(steps[i], by_mask) <= 10, "keys %u apart spread: hash_mix", step);
		ok(fullest(steps[i], by_words) <= 10, "keys %u apart spread: hash_more", step);
	}
	for (uint64_t x = 0; x < 1000; x++)
		same += hash_more(x, 1) == hash_more(x + 1, 1);
	ok(!same, "the words before count");
	ok(hash_more(hash_more(0, 1), 2) != hash_more(hash_more(0, 2), 1), "so does their order");
	/* Values of the FNV specification (draft-eastlake-fnv). */
	ok(hash_text("", 0) == 0x811c9dc5u, "FNV-1a of nothing");
	ok(hash_text("a", 1) == 0xe40c292cu, "FNV-1a of a");
	ok(hash_text("foobar", 6) == 0xbf9cf968u, "FNV-1a of foobar");
	return done();
}
