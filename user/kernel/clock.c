// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/units.h"

/*
 * A triple that was interrupted is wide; of this many, the tightest is a few tens of nanoseconds.
 */
#define TRIPLES 16

static uint64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_S + (uint64_t)ts.tv_nsec;
}

/*
 * What a time namespace adds to the clocks of this process: bpf_ktime_get_ns() knows no namespaces.
 * The file tells of the namespace of children, which is that of this process unless they differ
 * (time_namespaces(7)); 0 then, and where there are none.
 */
static int64_t read_namespace_offset(void)
{
	struct stat own, children;
	char name[16];
	long long s, ns;
	int64_t offset = 0;
	FILE *f;

	if (stat("/proc/self/ns/time", &own) ||
	    stat("/proc/self/ns/time_for_children", &children) || own.st_ino != children.st_ino)
		return 0;
	f = fopen("/proc/self/timens_offsets", "re");
	if (!f)
		return 0;
	while (fscanf(f, "%15s %lld %lld", name, &s, &ns) == 3) {
		if (strcmp(name, "monotonic") == 0)
			offset = (int64_t)s * (int64_t)NS_S + ns;
	}
	fclose(f);
	return offset;
}

uint64_t clock_now_ns(void)
{
	static int64_t namespace_offset;
	static bool known;

	if (!known) {
		namespace_offset = read_namespace_offset();
		known = true;
	}
	return read_ns(CLOCK_MONOTONIC) - (uint64_t)namespace_offset;
}

int64_t clock_boot_offset_ns(void)
{
	uint64_t tightest = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < TRIPLES; i++) {
		uint64_t before = clock_now_ns();
		uint64_t wall = read_ns(CLOCK_REALTIME);
		uint64_t after = clock_now_ns();

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
