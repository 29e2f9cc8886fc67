// SPDX-License-Identifier: BSD-2-Clause
#include "listener/queued.h"

#include <stdlib.h>

/* By listener; of one, the newest first. */
static int compare(const void *a, const void *b)
{
	const struct queued_wait *x = a, *y = b;

	if (x->cookie != y->cookie)
		return x->cookie < y->cookie ? -1 : 1;
	return x->t > y->t ? -1 : x->t < y->t;
}

void queued_sort(struct queued_wait *list, size_t count)
{
	qsort(list, count, sizeof(*list), compare);
}

uint64_t queued_since(const struct queued_wait *list, size_t count, uint64_t cookie, uint32_t n)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle].cookie < cookie)
			low = middle + 1;
		else
			high = middle;
	}
	if (!n || n > count - low || list[low + n - 1].cookie != cookie)
		return 0;
	return list[low + n - 1].t;
}
