// SPDX-License-Identifier: BSD-2-Clause
/* Lists that grow, and the look-up of their entries by hash. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "verify/parts.h"

#define FIRST_ROOM 64

int list_grow(void *list, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : FIRST_ROOM;
	void **p = list, *bigger;

	if (count < *room)
		return 0;
	bigger = realloc(*p, more * size);
	if (!bigger)
		return -ENOMEM;
	*p = bigger;
	*room = more;
	return 0;
}

int index_reset(struct index *x, size_t count)
{
	size_t size = FIRST_ROOM;

	while (size < count * 2)
		size *= 2;
	if (size != x->size) {
		uint32_t *slot = realloc(x->slot, size * sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		x->slot = slot;
		x->size = size;
	}
	memset(x->slot, 0, size * sizeof(*x->slot));
	return 0;
}

void index_add(struct index *x, uint64_t hash, size_t number)
{
	size_t i = hash & (x->size - 1);

	while (x->slot[i])
		i = (i + 1) & (x->size - 1);
	x->slot[i] = (uint32_t)number + 1;
}

uint32_t index_next(const struct index *x, uint64_t *at)
{
	return x->slot[(*at)++ & (x->size - 1)];
}

void index_free(struct index *x)
{
	free(x->slot);
	*x = (struct index){0};
}

static uint64_t hash_address(uint64_t h, const uint8_t a[16])
{
	uint64_t half[2];

	memcpy(half, a, sizeof(half));
	return hash_more(hash_more(h, half[0]), half[1]);
}

uint64_t ends_hash(const struct ends *e)
{
	uint64_t h = hash_more((uint64_t)e->netns << 32 | (uint64_t)e->lport << 16 | e->rport,
			       e->family);

	return hash_address(hash_address(h, e->laddr), e->raddr);
}

bool ends_equal(const struct ends *a, const struct ends *b)
{
	return a->netns == b->netns && a->lport == b->lport && a->rport == b->rport &&
	       a->family == b->family && !memcmp(a->laddr, b->laddr, 16) &&
	       !memcmp(a->raddr, b->raddr, 16);
}
