// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/mapped_rings.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/units.h"
#include "base/value.h"
#include "fact/rings.h"
#include "kernel/clock.h"
#include "ring.h"

#define WAKE_BYTES_MAX (256 * 1024)
/*
 * The most records that one poll hands over. Without this limit a poll of rings that fill as fast
 * as they are read would not return, and the caller could neither print nor see a signal.
 */
#define RECORDS_MAX 4096
/*
 * More than enough: the clocks of two CPUs differ by some nanoseconds, and another CPU sees at once
 * that a program has reserved space.
 */
#define CLOCKS_DIFFER_NS 50000
/*
 * A record is incomplete for nanoseconds. It is for longer only if its (virtual) CPU is stopped
 * meanwhile.
 */
#define STOPPED_MS	1
#define STOPPED_LONG_NS (5 * NS_MS)

/*
 * One more than the highest number of an online CPU. CPUs that come online later share a ring. The
 * kernel's list reads "0-3,8".
 */
static unsigned int online_cpus(int possible)
{
	FILE *f = fopen("/sys/devices/system/cpu/online", "re");
	char list[4096] = "";
	uint64_t highest = UINT64_MAX;
	const char *end;
	char *last;

	if (f && fgets(list, sizeof(list), f) && strchr(list, '\n')) {
		last = list + strcspn(list, "\n");
		while (last > list && last[-1] >= '0' && last[-1] <= '9')
			last--;
		value_digits(last, &highest, &end);
	}
	if (f)
		fclose(f);
	return (unsigned int)(highest < (uint64_t)possible ? highest + 1 : (uint64_t)possible);
}

void mapped_rings_plan(struct mapped_rings *m, size_t total, int possible_cpus)
{
	*m = (struct mapped_rings){.count = online_cpus(possible_cpus), .since = clock_now_ns()};
	m->bytes = rings_share(total, m->count);
	m->wake_bytes = m->bytes / 2 < WAKE_BYTES_MAX ? m->bytes / 2 : WAKE_BYTES_MAX;
}

int mapped_rings_size(const struct mapped_rings *m, struct bpf_map *ends, struct bpf_map *chunks)
{
	int rc = bpf_map__set_max_entries(ends, m->count);

	return rc ? rc
		  : bpf_map__set_max_entries(chunks, (uint32_t)(m->bytes / RING_CHUNK * m->count));
}

/* Maps the memory of a map, which the programs write. */
static int map_pages(struct mapping *m, const struct bpf_map *map, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	m->bytes = (bytes + page - 1) / page * page;
	m->at = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (m->at != MAP_FAILED)
		return 0;
	m->at = NULL;
	return -errno;
}

static void unmap_pages(struct mapping *m)
{
	if (m->at)
		munmap(m->at, m->bytes);
}

/* The record is empty: its arrival ends the wait, and nothing is read from it. */
static int on_bell(void *ctx, void *bytes, size_t size)
{
	(void)ctx;
	(void)bytes;
	(void)size;
	return 0;
}

int mapped_rings_open(struct mapped_rings *m, const struct bpf_map *ends,
		      const struct bpf_map *chunks, const struct bpf_map *bell)
{
	int rc = map_pages(&m->ends, ends, m->count * sizeof(struct ring_ends));

	if (!rc)
		rc = map_pages(&m->chunks, chunks, rings_memory(m->bytes, m->count));
	if (rc)
		return rc;
	m->rings = rings_new(m->ends.at, m->chunks.at, m->bytes, m->count, m->since);
	if (!m->rings)
		return -ENOMEM;
	m->bell = ring_buffer__new(bpf_map__fd(bell), on_bell, NULL, NULL);
	return m->bell ? 0 : -errno;
}

void mapped_rings_close(struct mapped_rings *m)
{
	ring_buffer__free(m->bell);
	rings_free(m->rings);
	unmap_pages(&m->chunks);
	unmap_pages(&m->ends);
}

/* 0 or a negative errno. */
static int wait_for_bell(const struct mapped_rings *m, int timeout_ms)
{
	struct epoll_event event;

	if (epoll_wait(ring_buffer__epoll_fd(m->bell), &event, 1, timeout_ms) < 0)
		return -errno;
	ring_buffer__consume(m->bell);
	return 0;
}

int mapped_rings_wait(const struct mapped_rings *m, int timeout_ms)
{
	/* Another look now would find only the two or three records of this moment. */
	if (m->caught_up || m->stopped)
		return wait_for_bell(m, m->stopped ? STOPPED_MS : timeout_ms);
	return 0;
}

bool mapped_rings_were_full(const struct mapped_rings *m)
{
	return rings_were_full(m->rings);
}

unsigned int mapped_rings_fill(const struct mapped_rings *m)
{
	return rings_fill(m->rings);
}

int mapped_rings_poll(struct mapped_rings *m, record_fn fn, void *ctx)
{
	uint64_t asked, complete;
	int read;

	complete = asked = clock_now_ns() - CLOCKS_DIFFER_NS;
	read = rings_read(m->rings, &complete, RECORDS_MAX, fn, ctx);
	m->caught_up = read < RECORDS_MAX && complete == asked;
	m->stopped = read < RECORDS_MAX && complete < asked;
	if (complete > m->complete)
		m->complete = complete;
	return read;
}

int mapped_rings_poll_ahead(struct mapped_rings *m, record_fn fn, void *ctx)
{
	uint64_t now = clock_now_ns() - CLOCKS_DIFFER_NS;

	if (!m->stopped || now < m->complete + STOPPED_LONG_NS)
		return 0;
	return rings_read_ahead(m->rings, now, RECORDS_MAX, fn, ctx);
}

uint64_t mapped_rings_abandon(struct mapped_rings *m, uint64_t until)
{
	return rings_abandon(m->rings, until);
}
