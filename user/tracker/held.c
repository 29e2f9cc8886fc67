// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/held.h"

#include <stdlib.h>
#include <string.h>

struct held {
	struct fact_hdr *fact[HELD_MAX]; /* a ring; NULL: taken */
	unsigned int head, count;
};

static struct fact_hdr **slot(struct held *held, unsigned int i)
{
	return &held->fact[(held->head + i) % HELD_MAX];
}

struct held *held_new(void)
{
	return calloc(1, sizeof(struct held));
}

void held_free(struct held *held)
{
	if (!held)
		return;
	while (held->count)
		held_next(held);
	free(held);
}

unsigned int held_count(const struct held *held)
{
	return held->count;
}

bool held_add(struct held *held, const struct fact_hdr *fact)
{
	struct fact_hdr *copy = held->count < HELD_MAX ? malloc(fact->size) : NULL;

	if (!copy)
		return false;
	memcpy(copy, fact, fact->size);
	*slot(held, held->count++) = copy;
	return true;
}

const struct fact_hdr *held_at(const struct held *held, unsigned int i)
{
	return held->fact[(held->head + i) % HELD_MAX];
}

void held_take(struct held *held, unsigned int i)
{
	free(*slot(held, i));
	*slot(held, i) = NULL;
}

void held_next(struct held *held)
{
	do {
		held_take(held, 0);
		held->head = (held->head + 1) % HELD_MAX;
		held->count--;
	} while (held->count && !*slot(held, 0));
}
