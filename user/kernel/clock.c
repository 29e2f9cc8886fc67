// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/units.h"

/*
 * How often the two clocks are compared. An interrupted comparison takes long; the shortest of this
 * many takes a few tens of nanoseconds.
 */
#define TRIPLES 16

static uint64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_S + (uint64_t)ts.tv_nsec;
}

/*
 * The offset in ns that a time namespace adds to CLOCK_MONOTONIC of this process.
 * bpf_ktime_get_ns() does not have that offset. The file describes the namespace of this process's
 * children. If that is another one than our own (time_namespaces(7)), or if the kernel has no time
 * namespaces, the result is 0.
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

uint64_t clock_cpu_ns(void)
{
	return read_ns(CLOCK_THREAD_CPUTIME_ID);
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
