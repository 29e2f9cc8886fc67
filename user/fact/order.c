// SPDX-License-Identifier: BSD-2-Clause
#include "fact/order.h"

#include <stdlib.h>
#include <string.h>

/* bytes of the largest fact, rounded up to whole cache lines */
#define SLOT_BYTES 192
_Static_assert(sizeof(struct fact_existing) <= SLOT_BYTES, "the largest fact must fit into a slot");
_Static_assert(sizeof(struct fact_listen) <= SLOT_BYTES, "every fact must fit into a slot");
_Static_assert(sizeof(struct fact_accept) <= SLOT_BYTES, "every fact must fit into a slot");

/*
 * Facts do not move: each lies in a slot. What is sorted are small entries in a ring, with the time
 * of a fact and its slot. Facts with equal times keep the order of their arrival, because a new
 * entry never passes an equal one.
 */
struct entry {
	uint64_t t;
	uint64_t slot;
};

struct order {
	size_t capacity; /* facts that may wait */
	size_t mask;	 /* length of the ring - 1; the length is a power of two */
	size_t head;	 /* ring index of the oldest */
	size_t count;
	struct entry *ring;
	/* stack of free slots; the one used last is taken first, because it is in the cache */
	uint32_t *idle;
	unsigned char *slots;
};

struct order *order_new(size_t capacity)
{
	struct order *o = calloc(1, sizeof(*o));
	size_t length = 1;

	if (!o || capacity == 0 || capacity > UINT32_MAX)
		goto fail;
	while (length < capacity)
		length *= 2;
	o->capacity = capacity;
	o->mask = length - 1;
	o->ring = calloc(length, sizeof(*o->ring));
	o->idle = calloc(capacity, sizeof(*o->idle));
	o->slots = aligned_alloc(64, capacity * SLOT_BYTES);
	if (!o->ring || !o->idle || !o->slots)
		goto fail;
	for (size_t i = 0; i < capacity; i++)
		o->idle[i] = (uint32_t)(capacity - 1 - i);
	return o;
fail:
	order_free(o);
	return NULL;
}

void order_free(struct order *o)
{
	if (!o)
		return;
	free(o->slots);
	free(o->idle);
	free(o->ring);
	free(o);
}

static struct entry *entry_at(const struct order *o, size_t i)
{
	return &o->ring[(o->head + i) & o->mask];
}

static struct fact_hdr *slot_at(const struct order *o, uint64_t slot)
{
	return (struct fact_hdr *)(o->slots + slot * SLOT_BYTES);
}

static void release_oldest(struct order *o, void (*fn)(void *ctx, const struct fact_hdr *fact),
			   void *ctx)
{
	struct entry oldest = *entry_at(o, 0);

	fn(ctx, slot_at(o, oldest.slot));
	o->head = (o->head + 1) & o->mask;
	o->count--;
	o->idle[o->capacity - o->count - 1] = (uint32_t)oldest.slot;
}

/* How many of the waiting entries come before a new one with time t. */
static size_t place_of(const struct order *o, uint64_t t)
{
	size_t low, high = o->count;
	size_t step = 1;

	/*
	 * Nearly every fact belongs at the end or a few entries before it. So the search begins
	 * there, and its steps grow.
	 */
	while (high > 0 && entry_at(o, high - 1)->t > t) {
		high = high > step ? high - step : 0;
		step *= 2;
	}
	low = high;
	high = high + step < o->count ? high + step : o->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entry_at(o, middle)->t <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Moves n entries by one place, to the front or to the back. */
static void move_entries(struct order *o, size_t to, size_t from, size_t n)
{
	size_t first = (o->head + (to < from ? to : from)) & o->mask;

	/* Whether the entries lie in one piece, or the ring wraps around within them. */
	if (first + n <= o->mask) {
		memmove(entry_at(o, to), entry_at(o, from), n * sizeof(*o->ring));
	} else if (to < from) {
		for (size_t i = 0; i < n; i++)
			*entry_at(o, to + i) = *entry_at(o, from + i);
	} else {
		for (size_t i = n; i > 0; i--)
			*entry_at(o, to + i - 1) = *entry_at(o, from + i - 1);
	}
}

void order_push(struct order *o, const struct fact_hdr *fact,
		void (*full)(void *ctx, const struct fact_hdr *fact), void *ctx)
{
	uint32_t slot;
	size_t place;

	if (o->count == o->capacity)
		release_oldest(o, full, ctx);
	slot = o->idle[o->capacity - o->count - 1];
	memcpy(slot_at(o, slot), fact, fact->size < SLOT_BYTES ? fact->size : SLOT_BYTES);

	place = place_of(o, fact->t);
	o->count++;
	if (place < o->count / 2) {
		o->head = (o->head - 1) & o->mask;
		move_entries(o, 0, 1, place);
	} else {
		move_entries(o, place + 1, place, o->count - 1 - place);
	}
	*entry_at(o, place) = (struct entry){.t = fact->t, .slot = slot};
}

void order_release(struct order *o, uint64_t until,
		   void (*fn)(void *ctx, const struct fact_hdr *fact), void *ctx)
{
	while (o->count && entry_at(o, 0)->t <= until)
		release_oldest(o, fn, ctx);
}

size_t order_waiting(const struct order *o)
{
	return o->count;
}
