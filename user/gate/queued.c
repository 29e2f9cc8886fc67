// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hash table with linear probing. When an entry is removed, later entries move into the gap
 * (Knuth, volume 3, 6.4, algorithm R), so that no marks of removed entries are needed.
 */
#include "gate/queued.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "gate/gate.h"

#define SLOTS_FIRST 256 /* a power of two */

struct slot {
	struct gate_connection c; /* cookie 0: free */
	void *listener;
};

struct queued {
	struct slot *slots;
	size_t mask, used;
};

static size_t home(const struct queued *q, uint64_t cookie)
{
	return hash_mix(cookie) & q->mask;
}

static size_t slot_of(const struct queued *q, uint64_t cookie)
{
	size_t i = home(q, cookie);

	while (q->slots[i].c.cookie && q->slots[i].c.cookie != cookie)
		i = (i + 1) & q->mask;
	return i;
}

struct queued *queued_new(void)
{
	struct queued *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->mask = SLOTS_FIRST - 1;
	q->slots = calloc(SLOTS_FIRST, sizeof(*q->slots));
	if (q->slots)
		return q;
	free(q);
	return NULL;
}

void queued_free(struct queued *q)
{
	if (!q)
		return;
	free(q->slots);
	free(q);
}

static int grow(struct queued *q)
{
	struct queued larger = {.mask = 2 * q->mask + 1, .used = q->used};

	larger.slots = calloc(larger.mask + 1, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i <= q->mask; i++)
		if (q->slots[i].c.cookie)
			larger.slots[slot_of(&larger, q->slots[i].c.cookie)] = q->slots[i];
	free(q->slots);
	*q = larger;
	return 0;
}

int queued_add(struct queued *q, const struct gate_connection *c, void *listener)
{
	size_t i;

	if (!c->cookie)
		return 0;
	if (4 * q->used > 3 * q->mask && grow(q))
		return -ENOMEM;
	i = slot_of(q, c->cookie);
	q->used += !q->slots[i].c.cookie;
	q->slots[i] = (struct slot){.c = *c, .listener = listener};
	return 0;
}

bool queued_take(struct queued *q, uint64_t cookie, struct gate_connection *c)
{
	size_t hole, i;

	if (!cookie)
		return false;
	hole = slot_of(q, cookie);
	if (!q->slots[hole].c.cookie)
		return false;
	*c = q->slots[hole].c;
	q->used--;
	for (i = (hole + 1) & q->mask; q->slots[i].c.cookie; i = (i + 1) & q->mask) {
		size_t wanted = home(q, q->slots[i].c.cookie);

		/* An entry may move into the hole unless its own slot is behind it (cyclic). */
		if (((i - wanted) & q->mask) >= ((i - hole) & q->mask)) {
			q->slots[hole] = q->slots[i];
			hole = i;
		}
	}
	q->slots[hole] = (struct slot){0};
	return true;
}

size_t queued_count(const struct queued *q)
{
	return q->used;
}

void queued_each(const struct queued *q,
		 void (*fn)(void *ctx, const struct gate_connection *c, void *listener), void *ctx)
{
	for (size_t i = 0; i <= q->mask; i++)
		if (q->slots[i].c.cookie)
			fn(ctx, &q->slots[i].c, q->slots[i].listener);
}
