// SPDX-License-Identifier: BSD-2-Clause
/*
 * rings.c - what reading the rings costs with more CPUs than this machine has: `rings WRITERS`
 *
 * The memory is that of bpf/ring.h, the writers do what the programs do (bpf/send.bpf.h), and the
 * reader is the one that sockstate uses (fact/rings.h). Each record has the number of its ring and
 * counts what its writer wanted to write there, so that the reader sees gaps. One JSON object:
 *
 *	interleaved	one thread writes into the rings in a random order, as CPUs do that write at
 *			the same time; then they are read. CPU time of the reader for a record.
 *	beside		a thread for each ring writes, at a rate that can be read, while another one
 *			reads. A thread can be interrupted anywhere in its write.
 *	flood		the same, as fast as they can: what found no room must be what is missing.
 *
 *	records		read
 *	refused		found no room
 *	missing		gaps between the numbers of a ring
 *	unordered	handed over with an earlier stamp than the one before
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"
#include "fact/rings.h"

#define WRITERS_MAX	 64
#define SIZE		 104 /* of a record: nearly the mean of those of a connection */
#define INTERLEAVED	 1000000
#define RUN_NS		 (400 * NS_MS)
#define RATE		 400000 /* records a second, all writers together */
#define BURST_NS	 (2 * NS_MS)
#define LOOK_NS		 (5 * NS_MS)
#define READ_MAX	 4096
#define CLOCKS_DIFFER_NS 50000

struct record {
	struct fact_hdr h;
	uint64_t ring, nth;
	unsigned char rest[SIZE - sizeof(struct fact_hdr) - 16];
};
_Static_assert(sizeof(struct record) == SIZE, "a record");

struct place {
	struct ring_ends *ends;
	unsigned char *chunks;
	size_t ring_bytes;
	unsigned int count;
	struct rings *rings;
};

struct seen {
	uint64_t records, missing, unordered, last;
	uint64_t next[WRITERS_MAX];
};

struct writer {
	const struct place *p;
	unsigned int ring;
	uint64_t begin, per_burst; /* per_burst 0: as fast as it can */
	uint64_t tried, refused;
	pthread_t thread;
};

static uint64_t clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (uint64_t)t.tv_sec * NS_S + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / NS_S), .tv_nsec = (long)(ns % NS_S)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct place open_place(unsigned int count)
{
	struct place p = {.ring_bytes = rings_share(0, count), .count = count};

	p.ends = aligned_alloc(64, count * sizeof(*p.ends));
	p.chunks = aligned_alloc(64, rings_memory(p.ring_bytes, count));
	if (!p.ends || !p.chunks)
		die("memory");
	memset(p.ends, 0, count * sizeof(*p.ends));
	memset(p.chunks, 0, rings_memory(p.ring_bytes, count));
	p.rings = rings_new(p.ends, p.chunks, p.ring_bytes, count, clock_ns(CLOCK_MONOTONIC));
	if (!p.rings)
		die("memory");
	return p;
}

static void close_place(struct place *p)
{
	rings_free(p->rings);
	free(p->chunks);
	free(p->ends);
}

/* Takes room, then reads the clock, and writes the size last. False: no room. */
static bool put(const struct place *p, unsigned int ring, uint64_t nth)
{
	struct ring_ends *e = &p->ends[ring];
	uint64_t head = __atomic_load_n(&e->head, __ATOMIC_RELAXED);
	struct record *r;
	size_t chunk;

	do {
		if (head + SIZE - __atomic_load_n(&e->tail, __ATOMIC_ACQUIRE) > p->ring_bytes)
			return false;
	} while (!__atomic_compare_exchange_n(&e->head, &head, head + SIZE, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	chunk = ring * (p->ring_bytes / RING_CHUNK) + (head & (p->ring_bytes - 1)) / RING_CHUNK;
	r = (struct record *)(p->chunks + chunk * (RING_CHUNK + RING_SLACK) + head % RING_CHUNK);
	r->h.t = clock_ns(CLOCK_MONOTONIC);
	r->ring = ring;
	r->nth = nth;
	memset(r->rest, 1, sizeof(r->rest));
	__atomic_store_n(&r->h.size, SIZE, __ATOMIC_RELEASE);
	return true;
}

static int see(void *ctx, const void *bytes, size_t size)
{
	const struct record *r = bytes;
	struct seen *s = ctx;

	if (size != SIZE || r->ring >= WRITERS_MAX)
		return -1;
	s->records++;
	s->missing += r->nth - s->next[r->ring];
	s->next[r->ring] = r->nth + 1;
	s->unordered += r->h.t < s->last;
	s->last = r->h.t;
	return 0;
}

/* Everything that is older than now. */
static void read_all(const struct place *p, uint64_t before_ns, struct seen *seen)
{
	int read;

	do {
		uint64_t until = clock_ns(CLOCK_MONOTONIC) - before_ns;

		read = rings_read(p->rings, &until, READ_MAX, see, seen);
		if (read < 0) {
			fprintf(stderr, "rings: a record is damaged\n");
			exit(1);
		}
	} while (read == READ_MAX);
}

static void print(const char *name, const struct seen *seen, uint64_t refused, uint64_t cpu_ns)
{
	printf(",\"%s\":{\"records\":%llu,\"refused\":%llu,\"missing\":%llu,\"unordered\":%llu,\"ns\":%.2f}",
	       name, (unsigned long long)seen->records, (unsigned long long)refused,
	       (unsigned long long)seen->missing, (unsigned long long)seen->unordered,
	       seen->records ? (double)cpu_ns / (double)seen->records : 0);
}

static void interleaved(unsigned int count)
{
	struct place p = open_place(count);
	struct seen seen = {0};
	uint64_t nth[WRITERS_MAX] = {0}, cpu = 0, begin;
	uint32_t random = 1;

	while (seen.records < INTERLEAVED) {
		/* Half of a ring's records, in the mean: none overflows. */
		for (uint64_t i = 0; i < p.ring_bytes / SIZE / 2 * count; i++) {
			unsigned int ring;

			random = random * 1664525 + 1013904223;
			ring = (unsigned int)((uint64_t)random * count >> 32);
			if (put(&p, ring, nth[ring]))
				nth[ring]++;
		}
		begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		read_all(&p, 0, &seen);
		cpu += clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
	}
	print("interleaved", &seen, 0, cpu);
	close_place(&p);
}

static void *write_on(void *arg)
{
	struct writer *w = arg;
	uint64_t due = w->begin;

	while (due < w->begin + RUN_NS) {
		for (uint64_t i = 0; i < (w->per_burst ? w->per_burst : 1000); i++)
			w->refused += !put(w->p, w->ring, w->tried++);
		due = w->per_burst ? due + BURST_NS : clock_ns(CLOCK_MONOTONIC);
		if (w->per_burst)
			sleep_until(due);
	}
	return NULL;
}

/* Not written: what found no room at the end leaves a gap that no record shows. */
static uint64_t missing_at_end(const struct writer *w, const struct seen *seen)
{
	return w->tried - seen->next[w->ring];
}

static void beside(const char *name, unsigned int count, bool paced)
{
	struct place p = open_place(count);
	struct writer *w = calloc(count, sizeof(*w));
	struct seen seen = {0};
	uint64_t refused = 0, cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	uint64_t begin = clock_ns(CLOCK_MONOTONIC) + NS_MS;
	uint64_t per_burst = RATE * BURST_NS / NS_S / count;

	if (!w)
		die("memory");
	for (unsigned int i = 0; i < count; i++) {
		w[i] = (struct writer){.p = &p, .ring = i, .begin = begin};
		w[i].per_burst = !paced ? 0 : per_burst ? per_burst : 1;
		if (pthread_create(&w[i].thread, NULL, write_on, &w[i]))
			die("pthread_create");
	}
	while (clock_ns(CLOCK_MONOTONIC) < begin + RUN_NS) {
		read_all(&p, CLOCKS_DIFFER_NS, &seen);
		if (paced)
			sleep_until(clock_ns(CLOCK_MONOTONIC) + LOOK_NS);
	}
	for (unsigned int i = 0; i < count; i++)
		pthread_join(w[i].thread, NULL);
	read_all(&p, 0, &seen);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	for (unsigned int i = 0; i < count; i++) {
		refused += w[i].refused;
		seen.missing += missing_at_end(&w[i], &seen);
	}
	print(name, &seen, refused, cpu);
	free(w);
	close_place(&p);
}

int main(int argc, char **argv)
{
	unsigned int count = argc == 2 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;

	if (count < 1 || count > WRITERS_MAX) {
		fprintf(stderr, "usage: rings WRITERS, 1 to %d\n", WRITERS_MAX);
		return 2;
	}
	printf("{\"writers\":%u", count);
	interleaved(count);
	beside("beside", count, true);
	beside("flood", count, false);
	printf("}\n");
	return 0;
}
