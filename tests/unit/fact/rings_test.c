// SPDX-License-Identifier: BSD-2-Clause
#include "fact/rings.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define MANY  300000
#define SINCE 1

/* What a program does (bpf/send.bpf.h), on memory of our own. */
struct place {
	struct ring_ends *ends;
	unsigned char *chunks;
	size_t ring_bytes;
	unsigned int count;
	struct rings *rings;
	uint64_t clock;	 /* one tick for each look at it */
	uint64_t latest; /* of the other stamps */
};

static struct place open_place(size_t ring_bytes, unsigned int count)
{
	struct place p = {.ring_bytes = ring_bytes, .count = count};

	p.ends = calloc(count, sizeof(*p.ends));
	p.chunks = calloc(1, rings_memory(ring_bytes, count));
	p.rings = rings_new(p.ends, p.chunks, ring_bytes, count, SINCE);
	return p;
}

static void close_place(struct place *p)
{
	rings_free(p->rings);
	free(p->chunks);
	free(p->ends);
}

static struct fact_hdr *take(struct place *p, unsigned int ring, size_t size)
{
	struct ring_ends *e = &p->ends[ring];
	uint64_t head = e->head;
	size_t chunk;

	if (head + size - __atomic_load_n(&e->tail, __ATOMIC_ACQUIRE) > p->ring_bytes)
		return NULL;
	__atomic_store_n(&e->head, head + size, __ATOMIC_RELEASE);
	chunk = ring * (p->ring_bytes / RING_CHUNK) + (head & (p->ring_bytes - 1)) / RING_CHUNK;
	return (struct fact_hdr *)(p->chunks + chunk * (RING_CHUNK + RING_SLACK) +
				   head % RING_CHUNK);
}

static void complete(struct fact_hdr *h, size_t size)
{
	__atomic_store_n(&h->size, (uint16_t)size, __ATOMIC_RELEASE);
}

/* t 0: by the clock, which is looked at once there is room. */
static bool put(struct place *p, unsigned int ring, size_t size, uint64_t t)
{
	struct fact_hdr *h = take(p, ring, size);

	if (!h)
		return false;
	if (!t)
		t = __atomic_add_fetch(&p->clock, 1, __ATOMIC_SEQ_CST);
	else if (t > p->latest)
		p->latest = t;
	memset(h + 1, (int)(t & 0x7f) + 1, size - sizeof(*h));
	h->t = t;
	h->cpu = (uint8_t)ring;
	complete(h, size);
	return true;
}

struct seen {
	uint64_t count, t[16], per_ring[8], wrong, last, unordered;
	int refuse_after;    /* 0: never */
	struct place *place; /* where more comes meanwhile */
};

static int see(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *h = bytes;
	const unsigned char *rest = bytes;
	struct seen *s = ctx;

	if (s->count < 16)
		s->t[s->count] = h->t;
	s->count++;
	s->unordered += h->t < s->last;
	s->last = h->t;
	s->per_ring[h->cpu]++;
	if (h->size != size)
		s->wrong++;
	for (size_t i = sizeof(*h); i < size; i++)
		s->wrong += rest[i] != (h->t & 0x7f) + 1;
	if (s->place && s->count == 1)
		put(s->place, 0, 88, 201);
	return s->refuse_after && (int)s->count == s->refuse_after ? -EIO : 0;
}

/* All that is there. */
static int read_all(struct place *p, int max, struct seen *seen)
{
	uint64_t until = p->latest + 1;

	return rings_read(p->rings, &until, max, see, seen);
}

static void test_share(void)
{
	ok(rings_share(8 << 20, 2) == 4 << 20, "two rings have half each");
	ok(rings_share(8 << 20, 3) == 2 << 20, "of three, each has a power of two");
	ok(rings_share(4096, 64) == RING_CHUNK, "none is smaller than a chunk");
	ok(rings_share(0, 1) == 8 << 20 && rings_share(0, 16) == 512 << 10,
	   "by default 8 MiB together");
	ok(rings_share(0, 128) == 512 << 10 && rings_share(0, 100) == 512 << 10,
	   "and 512 KiB each where they are many");
}

static void test_earliest_first(void)
{
	struct place p = open_place(RING_CHUNK, 3);
	struct seen seen = {0};
	bool right = true;

	put(&p, 0, 88, 10);
	put(&p, 0, 112, 40);
	put(&p, 2, 160, 20);
	put(&p, 2, 16, 50);
	put(&p, 1, 88, 30);
	ok(read_all(&p, 100, &seen) == 5 && seen.count == 5 && !seen.wrong,
	   "all rings are read, whole");
	for (int i = 0; i < 5; i++)
		right = right && seen.t[i] == (uint64_t)(i + 1) * 10;
	ok(right && seen.t[4] == 50, "the earliest first, whichever ring it is in");
	ok(read_all(&p, 100, &seen) == 0, "nothing is handed over twice");
	ok(p.ends[0].tail == p.ends[0].head && p.ends[1].tail == p.ends[1].head &&
		   p.ends[2].tail == p.ends[2].head,
	   "the programs are told that there is room again");
	close_place(&p);
}

static void test_many(void)
{
	enum { RINGS = 7, RECORDS = 2000 };
	struct place p = open_place(8 * RING_CHUNK, RINGS);
	struct seen seen = {0};
	uint32_t random = 1;

	for (uint64_t t = 10; t < 10 + RECORDS; t++) {
		random = random * 1664525 + 1013904223;
		put(&p, (random >> 16) % RINGS, 88, t);
		/* Some are left, so that the next read begins in the middle. */
		if (t % 50 == 0)
			read_all(&p, 47, &seen);
	}
	while (read_all(&p, 47, &seen) > 0)
		;
	ok(seen.count == RECORDS && !seen.unordered && !seen.wrong,
	   "seven rings in turn at random: in order, and none is left out");
	close_place(&p);
}

static void test_limit(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t until = 100;

	for (uint64_t t = 1; t <= 10; t++)
		put(&p, t % 2, 88, t);
	ok(rings_read(p.rings, &until, 4, see, &seen) == 4 && until == 5,
	   "no more than asked for; what is left is no older than its first");
	ok(p.ends[0].tail == 2 * 88 && p.ends[1].tail == 2 * 88, "and no more are done with");
	until = 7;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 2 && seen.t[5] == 6 && until == 7,
	   "none of that time or later");
	until = 8;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 1 && seen.t[6] == 7,
	   "and the next read goes on there");
	seen.refuse_after = 8;
	ok(read_all(&p, 100, &seen) == -EIO, "an error of the receiver ends the read");
	close_place(&p);
}

static void test_incomplete(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t until = 50;
	struct fact_hdr *h;

	ok(rings_read(p.rings, &until, 100, see, &seen) == 0 && until == 50,
	   "empty rings wait for nothing");
	h = take(&p, 0, 88); /* interrupted, before it has looked at the clock */
	put(&p, 0, 88, 202);
	put(&p, 1, 88, 60);
	put(&p, 1, 88, 300);
	until = 400;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 0 && until == 50,
	   "one in the making holds back all that may come after it: it is no older than the read before");
	until = 400;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 0 && until == 50,
	   "for as long as it lasts");
	h->t = 201;
	memset(h + 1, 1 + (201 & 0x7f), 88 - sizeof(*h));
	complete(h, 88);
	until = 400;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 4 && until == 400,
	   "complete, it lets them go");
	ok(seen.t[0] == 60 && seen.t[1] == 201 && seen.t[2] == 202 && seen.t[3] == 300 &&
		   !seen.wrong,
	   "in order");

	put(&p, 0, 88, 450);
	h = take(&p, 0, 88);
	put(&p, 1, 88, 440);
	put(&p, 1, 88, 460);
	until = 500;
	ok(rings_read(p.rings, &until, 100, see, &seen) == 2 && seen.t[5] == 450 && until == 450,
	   "behind a complete one it holds back what is later than that");
	close_place(&p);
}

/* A CPU that is taken away in the middle of a record must not make the others lose theirs. */
static void test_ahead(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t until = 900;
	struct fact_hdr *h;
	int refused = 0;

	put(&p, 0, 88, 10);
	h = take(&p, 0, 88);
	put(&p, 0, 88, 30);
	for (uint64_t t = 100; t < 200; t++) {
		while (!put(&p, 1, 88, t) && refused++ < 1000) {
			until = 900;
			rings_read(p.rings, &until, 4096, see, &seen);
			rings_read_ahead(p.rings, 900, 4096, see, &seen);
		}
	}
	ok(seen.per_ring[0] == 1 && seen.per_ring[1] > 10 && refused < 10,
	   "the other ring goes on");
	until = 900;
	ok(rings_read(p.rings, &until, 4096, see, &seen) == 0 && until == 10,
	   "nothing is said to be complete that is not");
	ok(rings_read_ahead(p.rings, 199, 4096, see, &seen) >= 0 && seen.last == 198,
	   "nor is read that is too young");
	h->t = 20;
	memset(h + 1, 1 + 20, 88 - sizeof(*h));
	complete(h, 88);
	until = 900;
	ok(rings_read(p.rings, &until, 4096, see, &seen) == 3 && until == 900 &&
		   seen.per_ring[0] == 3 && seen.per_ring[1] == 100 && !seen.wrong,
	   "complete, it and all behind it follow");
	close_place(&p);
}

/* Tasks that preempt each other in a program. */
static void test_stamps_out_of_order(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t until = 300;

	put(&p, 0, 88, 200);
	put(&p, 0, 88, 100);
	take(&p, 0, 88);
	put(&p, 1, 88, 150);
	put(&p, 1, 88, 250);
	ok(rings_read(p.rings, &until, 100, see, &seen) == 3 && seen.t[0] == 150 &&
		   seen.t[1] == 200 && seen.t[2] == 100,
	   "one that is too old comes late");
	ok(until == 200, "and takes back nothing of what was complete");
	close_place(&p);
}

/* What comes while a read goes on is later than all that it may hand over. */
static void test_meanwhile(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t until = 200;

	seen.place = &p;
	put(&p, 1, 88, 100);
	ok(rings_read(p.rings, &until, 100, see, &seen) == 1 && until == 200,
	   "what comes meanwhile is not looked at");
	ok(read_all(&p, 100, &seen) == 1 && seen.t[1] == 201, "but by the next read");
	close_place(&p);
}

static void test_full_and_round(void)
{
	static const size_t sizes[] = {16, 88, 112, 136, 160, 184, 80};
	struct place p = open_place(2 * RING_CHUNK, 1);
	struct seen seen = {0};
	uint64_t t = 0, refused = 0;

	while (put(&p, 0, 184, ++t))
		;
	ok(p.ends[0].head <= 2 * RING_CHUNK && p.ends[0].head > 2 * RING_CHUNK - 184,
	   "a full ring refuses, and is filled to its end");
	ok(read_all(&p, 1000, &seen) == (int)t - 1 && !seen.wrong,
	   "and loses nothing of what it took");

	/*
	 * Around many times, in all sizes, each record whole: also those that begin in one chunk
	 * and end in its slack.
	 */
	seen = (struct seen){0};
	for (uint64_t i = 0; i < 20000; i++) {
		while (!put(&p, 0, sizes[i % 7], t + i)) {
			refused++;
			read_all(&p, 1 + (int)(i % 50), &seen);
		}
	}
	read_all(&p, 1000, &seen);
	ok(seen.count == 20000 && !seen.wrong && refused > 100,
	   "around and around, every record whole");
	close_place(&p);
}

static void test_garbage(void)
{
	static const uint16_t sizes[] = {8, 15, 17, 200, 65528};
	bool right = true;

	for (size_t i = 0; i < 5; i++) {
		struct place p = open_place(RING_CHUNK, 1);
		struct seen seen = {0};

		complete(take(&p, 0, 88), sizes[i]);
		right = right && read_all(&p, 100, &seen) == -EPROTO && !seen.count;
		close_place(&p);
	}
	ok(right, "a size that no program writes is refused");
}

/* The end of a run that has no time left. */
static void test_abandon(void)
{
	struct place p = open_place(RING_CHUNK, 3);
	struct seen seen = {0};
	uint64_t until = 1000;

	for (uint64_t t = 10; t < 20; t++)
		put(&p, t % 2, 88, t);
	put(&p, 0, 88, 500);
	put(&p, 2, 88, 12);
	take(&p, 2, 88);
	put(&p, 2, 88, 14);
	ok(rings_abandon(p.rings, 100) == 12,
	   "what is dropped is counted, one that is incomplete as one");
	ok(rings_abandon(p.rings, 100) == 1, "and is gone");
	ok(rings_read(p.rings, &until, 100, see, &seen) == 0 && p.ends[1].tail == p.ends[1].head,
	   "the incomplete one still holds back what is younger");
	close_place(&p);
}

static void test_were_full(void)
{
	struct place p = open_place(RING_CHUNK, 2);
	struct seen seen = {0};
	uint64_t t = 0;

	put(&p, 0, 88, ++t);
	ok(!rings_were_full(p.rings), "nothing was lost where there is room");
	while (put(&p, 1, 184, ++t))
		;
	ok(rings_were_full(p.rings), "a ring that is full is seen before it is read");
	read_all(&p, 1000, &seen);
	ok(rings_were_full(p.rings), "it may have been full until the read ended");
	read_all(&p, 1000, &seen);
	ok(!rings_were_full(p.rings), "and is not after the next one");
	close_place(&p);
}

/* ---- a program that means harm ---- */

struct harm {
	struct fact_hdr *h; /* in the ring */
	unsigned int wrong, calls;
};

/* Changes in the ring what has just been checked. */
static int do_harm(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *copy = bytes;
	struct harm *harm = ctx;

	harm->h->size = 65528;
	harm->h->kind = 0xff;
	harm->calls++;
	harm->wrong += size != 88 || copy->size != 88 || copy->kind == 0xff;
	return 0;
}

static void test_changed_meanwhile(void)
{
	struct place p = open_place(RING_CHUNK, 1);
	struct harm harm = {0};
	uint64_t until = 100;

	put(&p, 0, 88, 10);
	harm.h = (struct fact_hdr *)p.chunks;
	ok(rings_read(p.rings, &until, 100, do_harm, &harm) == 1 && harm.calls == 1 && !harm.wrong,
	   "the receiver has a copy that nobody else can change");
	ok(p.ends[0].tail == 88, "a size that changes after it was checked is not believed");
	close_place(&p);
}

/* ---- a writer beside the reader ---- */

struct writer {
	struct place *p;
	unsigned int ring;
	uint64_t refused;
};

static void *write_many(void *arg)
{
	static const size_t sizes[] = {88, 112, 136, 160};
	struct writer *w = arg;

	for (int i = 0; i < MANY; i++) {
		while (!put(w->p, w->ring, sizes[i % 4], 0)) {
			w->refused++;
			sched_yield();
		}
	}
	return NULL;
}

static void test_beside(void)
{
	struct place p = open_place(8 * RING_CHUNK, 2);
	struct writer writers[2] = {{.p = &p, .ring = 0}, {.p = &p, .ring = 1}};
	struct seen seen = {0};
	pthread_t threads[2];
	uint64_t complete = 0;
	int rc = 0, backwards = 0;

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, write_many, &writers[i]);
	while (rc >= 0 && seen.count < 2 * MANY) {
		uint64_t until = __atomic_load_n(&p.clock, __ATOMIC_SEQ_CST) + 1, asked = until;

		rc = rings_read(p.rings, &until, 4096, see, &seen);
		backwards += until > asked || until < complete;
		complete = until;
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ok(rc >= 0 && seen.per_ring[0] == MANY && seen.per_ring[1] == MANY && !seen.wrong,
	   "two writers beside the reader: all of them, whole");
	ok(!seen.unordered && !backwards,
	   "in the order of their stamps, and what is complete stays so");
	close_place(&p);
}

int main(void)
{
	test_share();
	test_earliest_first();
	test_many();
	test_limit();
	test_incomplete();
	test_ahead();
	test_stamps_out_of_order();
	test_meanwhile();
	test_full_and_round();
	test_garbage();
	test_abandon();
	test_were_full();
	test_changed_meanwhile();
	test_beside();
	return done();
}
