// SPDX-License-Identifier: BSD-2-Clause
#include "clock.h"

#include <time.h>

/* A triple that was interrupted is wide; of this many, the tightest is a few tens of nanoseconds. */
#define TRIPLES 16

static uint64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t clock_now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_boot_offset_ns(void)
{
	uint64_t tightest = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < TRIPLES; i++) {
		uint64_t before = read_ns(CLOCK_MONOTONIC);
		uint64_t wall = read_ns(CLOCK_REALTIME);
		uint64_t after = read_ns(CLOCK_MONOTONIC);

		if (after - before < tightest) {
			tightest = after - before;
			offset = (int64_t)(wall - (before + tightest / 2));
		}
	}
	return offset;
}

int32_t clock_utc_offset_s(void)
{
	time_t now = time(NULL);
	struct tm local;

	return localtime_r(&now, &local) ? (int32_t)local.tm_gmtoff : 0;
}
