// SPDX-License-Identifier: BSD-2-Clause
#include "fact/rings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The reader publishes its tail once in so many bytes, because each time costs the programs a cache
 * miss.
 */
#define TELL_BYTES RING_CHUNK

#define TOTAL_DEFAULT ((size_t)8 << 20)
#define SHARE_MIN     ((size_t)512 << 10)

#define NO_RECORD UINT64_MAX

/* The next record of a ring that is not empty. */
struct front {
	struct fact_hdr *fact;
	uint64_t t;
	uint16_t size; /* bytes; read once, because the memory is shared */
	unsigned int ring;
};

/* Of a ring's next record. */
struct match {
	uint64_t t; /* ns, or NO_RECORD */
	unsigned int ring;
};

struct rings {
	struct ring_ends *ends;
	unsigned char *chunks;
	size_t ring_bytes;
	unsigned int count;
	/* One for each ring; used during a read. */
	struct front *fronts;
	/*
	 * A tournament: from matches[leaves] on the rings, and matches[n] is the earlier one of
	 * matches[2 * n] and matches[2 * n + 1]. So the earliest record of all is matches[1].
	 */
	struct match *matches;
	unsigned int leaves; /* a power of two */
	/* What is handed over: nobody else can change it after it was checked. */
	union {
		struct fact_hdr h;
		unsigned char bytes[RING_SLACK];
	} record;
	struct ring {
		uint64_t head; /* bytes written when the read began */
		uint64_t tail; /* bytes read */
		uint64_t room; /* tail that the programs may have seen since before the last read */
		uint64_t t;    /* ns; no unread record is older */
	} at[];
};

size_t rings_share(size_t total, unsigned int count)
{
	size_t share = RING_CHUNK;

	if (!total)
		total = count * SHARE_MIN > TOTAL_DEFAULT ? count * SHARE_MIN : TOTAL_DEFAULT;
	while (share * 2 * count <= total)
		share *= 2;
	return share;
}

size_t rings_memory(size_t ring_bytes, unsigned int count)
{
	return count * (ring_bytes / RING_CHUNK) * (RING_CHUNK + RING_SLACK);
}

struct rings *rings_new(struct ring_ends *ends, unsigned char *chunks, size_t ring_bytes,
			unsigned int count, uint64_t since)
{
	struct rings *r = calloc(1, sizeof(*r) + count * sizeof(r->at[0]));

	if (!r)
		return NULL;
	*r = (struct rings){
		.ends = ends, .chunks = chunks, .ring_bytes = ring_bytes, .count = count};
	r->leaves = 1;
	while (r->leaves < count)
		r->leaves *= 2;
	r->fronts = calloc(count, sizeof(*r->fronts));
	r->matches = calloc(2 * (size_t)r->leaves, sizeof(*r->matches));
	if (!r->fronts || !r->matches) {
		rings_free(r);
		return NULL;
	}
	for (unsigned int ring = 0; ring < count; ring++)
		r->at[ring].t = since;
	return r;
}

void rings_free(struct rings *r)
{
	if (!r)
		return;
	free(r->fronts);
	free(r->matches);
	free(r);
}

static struct fact_hdr *next_of(const struct rings *r, unsigned int ring)
{
	uint64_t at = r->at[ring].tail & (r->ring_bytes - 1);
	size_t chunk = ring * (r->ring_bytes / RING_CHUNK) + at / RING_CHUNK;

	return (struct fact_hdr *)(r->chunks + chunk * (RING_CHUNK + RING_SLACK) + at % RING_CHUNK);
}

/*
 * Looks at the ring's next record. Returns 1 if it is complete, 0 if there is none or it is
 * incomplete, or -EPROTO. An incomplete record may be as old as the one before it, so *until is
 * lowered to that time.
 */
static int look(const struct rings *r, unsigned int ring, struct front *front, uint64_t *until)
{
	const struct ring *at = &r->at[ring];
	struct fact_hdr *fact;
	uint16_t size;
	uint64_t t;

	if (at->tail == at->head)
		return 0;
	fact = next_of(r, ring);
	size = __atomic_load_n(&fact->size, __ATOMIC_ACQUIRE);
	if (!size) {
		if (at->t < *until)
			*until = at->t;
		return 0;
	}
	if (size < sizeof(*fact) || size > RING_SLACK || size % 8)
		return -EPROTO;
	/*
	 * Tasks that preempt each other in a program can leave stamps out of order: such a record
	 * is late, and gets the time of the one before it.
	 */
	t = *(volatile __u64 *)&fact->t;
	*front = (struct front){
		.fact = fact, .size = size, .t = t > at->t ? t : at->t, .ring = ring};
	return 1;
}

static void tell(struct rings *r, unsigned int ring)
{
	__atomic_store_n(&r->ends[ring].tail, r->at[ring].tail, __ATOMIC_RELEASE);
}

static void done_with(struct rings *r, const struct front *front)
{
	uint64_t *tail = &r->at[front->ring].tail;
	uint64_t before = *tail;

	*tail += front->size;
	r->at[front->ring].t = front->t;
	memset(front->fact, 0, front->size);
	if ((before ^ *tail) & TELL_BYTES)
		tell(r, front->ring);
}

static int hand_over(struct rings *r, const struct front *front,
		     int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx)
{
	memcpy(r->record.bytes, front->fact, front->size);
	r->record.h.size = front->size;
	return fn(ctx, r->record.bytes, front->size);
}

/* Without a branch: which of two rings comes first cannot be predicted. */
static struct match earlier(struct match a, struct match b)
{
	uint64_t second = -(uint64_t)(b.t < a.t);

	return (struct match){a.t ^ ((a.t ^ b.t) & second),
			      a.ring ^ ((a.ring ^ b.ring) & (unsigned int)second)};
}

static void begin_tournament(struct rings *r)
{
	struct match *m = r->matches;

	for (unsigned int ring = r->count; ring < r->leaves; ring++)
		m[r->leaves + ring].t = NO_RECORD;
	for (unsigned int n = r->leaves - 1; n; n--)
		m[n] = earlier(m[2 * n], m[2 * n + 1]);
}

/* A ring has another record now. */
static void play(struct rings *r, struct match best)
{
	for (unsigned int n = r->leaves + best.ring; n > 1; n /= 2) {
		r->matches[n] = best;
		best = earlier(best, r->matches[n ^ 1]);
	}
	r->matches[1] = best;
}

int rings_read_ahead(struct rings *r, uint64_t until, int max,
		     int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx)
{
	int read = 0, rc = 0;

	for (unsigned int ring = 0; ring < r->count && rc >= 0; ring++) {
		uint64_t ignored = 0;
		struct front front;

		while (read < max && (rc = look(r, ring, &front, &ignored)) > 0 &&
		       front.t < until) {
			rc = hand_over(r, &front, fn, ctx);
			if (rc < 0)
				break;
			read++;
			done_with(r, &front);
		}
		tell(r, ring);
	}
	return rc < 0 ? rc : read;
}

bool rings_were_full(const struct rings *r)
{
	for (unsigned int ring = 0; ring < r->count; ring++) {
		uint64_t head = __atomic_load_n(&r->ends[ring].head, __ATOMIC_ACQUIRE);

		if (head - r->at[ring].room > r->ring_bytes - RING_SLACK)
			return true;
	}
	return false;
}

unsigned int rings_fill(const struct rings *r)
{
	uint64_t most = 0;

	for (unsigned int ring = 0; ring < r->count; ring++) {
		uint64_t head = __atomic_load_n(&r->ends[ring].head, __ATOMIC_ACQUIRE);
		uint64_t unread = head - r->at[ring].tail;

		most = unread > most ? unread : most;
	}
	return most < r->ring_bytes ? (unsigned int)(most * 100 / r->ring_bytes) : 100;
}

uint64_t rings_abandon(struct rings *r, uint64_t until)
{
	uint64_t count = 0;

	for (unsigned int ring = 0; ring < r->count; ring++) {
		struct ring *at = &r->at[ring];
		uint64_t ignored = 0;
		struct front front = {0};
		int rc = 0;

		at->head = __atomic_load_n(&r->ends[ring].head, __ATOMIC_ACQUIRE);
		/* What is no program's is not followed for longer than a ring. */
		for (size_t read = 0; read < r->ring_bytes; read += front.size) {
			rc = look(r, ring, &front, &ignored);
			if (rc <= 0 || front.t >= until)
				break;
			count++;
			done_with(r, &front);
		}
		if (rc < 0 || (rc == 0 && at->tail != at->head && at->t < until))
			count++; /* incomplete; what is behind it cannot be told apart */
		tell(r, ring);
	}
	return count;
}

int rings_read(struct rings *r, uint64_t *until, int max,
	       int (*fn)(void *ctx, const void *bytes, size_t size), void *ctx)
{
	const uint64_t asked = *until;
	const struct match *earliest = &r->matches[1];
	int read = 0, rc = 0;

	for (unsigned int ring = 0; ring < r->count; ring++) {
		r->at[ring].head = __atomic_load_n(&r->ends[ring].head, __ATOMIC_ACQUIRE);
		r->at[ring].room = r->ends[ring].tail;
	}
	for (unsigned int ring = 0; ring < r->count; ring++) {
		rc = look(r, ring, &r->fronts[ring], until);
		if (rc < 0)
			return rc;
		r->matches[r->leaves + ring] =
			(struct match){rc ? r->fronts[ring].t : NO_RECORD, ring};
	}
	begin_tournament(r);
	while (earliest->t < *until) {
		struct front *front = &r->fronts[earliest->ring];

		if (read == max) {
			*until = front->t;
			break;
		}
		rc = hand_over(r, front, fn, ctx);
		if (rc < 0)
			break;
		read++;
		done_with(r, front);
		rc = look(r, front->ring, front, until);
		if (rc < 0)
			break;
		if (rc == 0)
			tell(r, front->ring);
		play(r, (struct match){rc ? front->t : NO_RECORD, front->ring});
	}
	for (unsigned int ring = 0; ring < r->count; ring++) {
		if (r->matches[r->leaves + ring].t != NO_RECORD)
			tell(r, ring);
	}
	/*
	 * A program that had no room reserved when `head` was read reads the clock later than that.
	 * So its stamp is not older than the time that was asked for.
	 */
	for (unsigned int ring = 0; ring < r->count; ring++) {
		if (r->at[ring].tail == r->at[ring].head && r->at[ring].t < asked)
			r->at[ring].t = asked;
	}
	return rc < 0 ? rc : read;
}
