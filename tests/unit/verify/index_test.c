// SPDX-License-Identifier: BSD-2-Clause
#include "verify/parts.h"

#include <stdlib.h>

#include "tap.h"

/* Whether the index offers `number` for the hash. */
static bool offers(const struct index *x, uint64_t hash, size_t number)
{
	uint64_t at = hash;
	uint32_t found;

	while ((found = index_next(x, &at)))
		if (found == number + 1)
			return true;
	return false;
}

static void check_index(void)
{
	struct index x = {0};
	size_t missing = 0;

	ok(!index_reset(&x, 0) && !offers(&x, 7, 0), "nothing in it, nothing offered");
	ok(!index_reset(&x, 1000), "room for a thousand");
	/* Many share a hash, as the rows of one port do; UINT64_MAX passes the end of the slots. */
	for (size_t i = 0; i < 1000; i++)
		index_add(&x, i % 3 ? i : UINT64_MAX, i);
	for (size_t i = 0; i < 1000; i++)
		missing += !offers(&x, i % 3 ? i : UINT64_MAX, i);
	ok(!missing, "each is offered for its hash, though many share one");
	ok(!index_reset(&x, 10) && !offers(&x, 5, 5), "emptied for the next round");
	index_free(&x);
	ok(!x.slot && !x.size, "freed");
}

static void check_list(void)
{
	uint32_t *list = NULL;
	size_t room = 0;
	bool kept = true;

	for (size_t n = 0; n < 1000; n++) {
		if (list_grow(&list, n, &room, sizeof(*list)))
			break;
		list[n] = (uint32_t)n;
	}
	for (size_t n = 0; n < 1000; n++)
		kept = kept && list[n] == n;
	ok(room >= 1000 && room < 2000 && kept, "a list grows and keeps its entries");
	free(list);
}

static void check_ends(void)
{
	const struct ends a = {.cookie = 1,
			       .netns = 2,
			       .lport = 80,
			       .rport = 4000,
			       .family = 2,
			       .laddr = {127, 0, 0, 1},
			       .raddr = {127, 0, 0, 1}};
	struct ends b = a;

	b.cookie = 0;
	ok(ends_equal(&a, &b) && ends_hash(&a) == ends_hash(&b), "a cookie that one side lacks");
	b.raddr[3] = 2;
	ok(!ends_equal(&a, &b) && ends_hash(&a) != ends_hash(&b), "another peer");
	b = a;
	b.netns = 3;
	ok(!ends_equal(&a, &b) && ends_hash(&a) != ends_hash(&b), "another namespace");
}

int main(void)
{
	check_index();
	check_list();
	check_ends();
	return done();
}
