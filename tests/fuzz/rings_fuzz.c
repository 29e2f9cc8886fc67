// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rings as memory that somebody else writes while they are read. The input is a list of
 * writes, three bytes each: what, where, value. Some come before a read, the others in the middle
 * of it, whenever a record is handed over: sizes, stamps and ends change between check and use.
 * The memory has exactly the length that the reader was told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fact/rings.h"

#define RINGS	    2
#define RING_BYTES  (2 * RING_CHUNK)
#define RECORDS_MAX 512
#define READS_MAX   64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct writer {
	const uint8_t *data;
	size_t size;
	struct ring_ends *ends;
	unsigned char *chunks;
	uint64_t clock;
	unsigned int records;
};

static uint64_t wide(uint8_t value)
{
	/* Small, huge, and around the length of a ring. */
	return value & 0x80 ? UINT64_MAX - value * 8u : (uint64_t)value << (value & 0x40 ? 7 : 3);
}

/* A whole record, as a program writes it. */
static void put(struct writer *w, unsigned int ring, uint8_t value)
{
	uint64_t at = w->ends[ring].head & (RING_BYTES - 1) & ~7ull;
	size_t chunk = ring * (RING_BYTES / RING_CHUNK) + at / RING_CHUNK;
	unsigned char *bytes = w->chunks + chunk * (RING_CHUNK + RING_SLACK) + at % RING_CHUNK;
	struct fact_hdr h = {.t = ++w->clock, .size = (uint16_t)(16 + value % 23 * 8)};

	memcpy(bytes, &h, sizeof(h));
	w->ends[ring].head += h.size;
}

static void write_once(struct writer *w)
{
	size_t bytes = rings_memory(RING_BYTES, RINGS), at;
	uint8_t what, where, value;

	if (w->size < 3)
		return;
	what = w->data[0];
	where = w->data[1];
	value = w->data[2];
	w->data += 3;
	w->size -= 3;
	at = ((size_t)where << 6 | (what & 0x38)) % (bytes - 8);
	switch (what & 7) {
	case 0:
	case 1:
	case 2:
		put(w, where % RINGS, value);
		break;
	case 3:
		w->ends[where % RINGS].head = wide(value);
		break;
	case 4:
		w->ends[where % RINGS].tail = wide(value);
		break;
	case 5: /* a size or a kind, at the head of some record */
		memset(w->chunks + at + 8, value, 2);
		break;
	case 6:
		memset(w->chunks + at, value, 8);
		break;
	default:
		w->ends[where % RINGS].head += value;
	}
}

static int on_record(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *h = bytes;
	struct writer *w = ctx;

	if (size < sizeof(*h) || size > RING_SLACK || h->size != size)
		abort();
	write_once(w);
	write_once(w);
	if (h->size != size)
		abort(); /* what was handed over is nobody else's */
	w->records++;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct writer w = {.data = data, .size = size};
	struct rings *rings;

	w.ends = calloc(RINGS, sizeof(*w.ends));
	w.chunks = calloc(1, rings_memory(RING_BYTES, RINGS));
	rings = rings_new(w.ends, w.chunks, RING_BYTES, RINGS, 0);
	for (int i = 0; w.ends && w.chunks && rings && w.size >= 3 && i < READS_MAX; i++) {
		uint64_t until = w.clock + 4;
		int rc;

		for (int writes = w.data[0] % 8; writes >= 0; writes--)
			write_once(&w);
		w.records = 0;
		rings_were_full(rings);
		rc = rings_read(rings, &until, RECORDS_MAX, on_record, &w);
		if (w.records > RECORDS_MAX || (rc > 0 && (unsigned int)rc != w.records))
			abort();
		if (i % 3 == 1)
			rings_read_ahead(rings, until + 2, RECORDS_MAX, on_record, &w);
	}
	if (rings)
		rings_abandon(rings, UINT64_MAX);
	rings_free(rings);
	free(w.chunks);
	free(w.ends);
	return 0;
}
