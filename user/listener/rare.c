// SPDX-License-Identifier: BSD-2-Clause
#include "listener/rare.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct rare_reading *x = a, *y = b;

	if (x->key.cookie != y->key.cookie)
		return x->key.cookie < y->key.cookie ? -1 : 1;
	if (x->key.kind != y->key.kind)
		return x->key.kind < y->key.kind ? -1 : 1;
	return x->key.number < y->key.number ? -1 : x->key.number > y->key.number;
}

void rare_sort(struct rare_reading *list, size_t count)
{
	qsort(list, count, sizeof(*list), compare);
}

static struct rare_count *find(struct rare_counts *r, uint32_t kind, uint32_t number)
{
	for (size_t i = 0; i < r->used; i++) {
		if (r->at[i].kind == kind && r->at[i].number == number)
			return &r->at[i];
	}
	return NULL;
}

void rare_add(struct rare_counts *r, uint32_t kind, uint32_t number, uint64_t count)
{
	struct rare_count *c = find(r, kind, number);

	if (c)
		c->count += count;
	else if (r->used < RARE_MAX)
		r->at[r->used++] = (struct rare_count){kind, number, count};
}

void rare_merge(struct rare_counts *sum, const struct rare_counts *one)
{
	for (size_t i = 0; i < one->used; i++)
		rare_add(sum, one->at[i].kind, one->at[i].number, one->at[i].count);
}

uint64_t rare_get(const struct rare_counts *r, uint32_t kind, uint32_t number)
{
	const struct rare_count *c = find((struct rare_counts *)r, kind, number);

	return c ? c->count : 0;
}

void rare_of(struct rare_counts *out, const struct rare_reading *list, size_t count,
	     uint64_t cookie)
{
	size_t low = 0, high = count;

	out->used = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].key.cookie < cookie)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && list[low].key.cookie == cookie; low++)
		rare_add(out, list[low].key.kind, list[low].key.number, list[low].count);
}
