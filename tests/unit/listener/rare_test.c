// SPDX-License-Identifier: BSD-2-Clause
#include "listener/rare.h"

#include <errno.h>

#include "tap.h"

static void test_of(void)
{
	struct rare_reading list[] = {
		{{9, SUMMARY_ACCEPT_ERROR, EMFILE}, 4},	      {{0, SUMMARY_RESET_RECEIVED, 0}, 8},
		{{5, SUMMARY_RESET_RECEIVED, 0}, 2},	      {{9, SUMMARY_RESET_RECEIVED, 0}, 1},
		{{9, SUMMARY_ACCEPT_ERROR, ECONNABORTED}, 3},
	};
	struct rare_counts r;

	rare_sort(list, 5);
	rare_of(&r, list, 5, 9);
	ok(r.used == 3 && rare_get(&r, SUMMARY_ACCEPT_ERROR, EMFILE) == 4 &&
		   rare_get(&r, SUMMARY_ACCEPT_ERROR, ECONNABORTED) == 3,
	   "the counts of one listener among those of others");
	ok(!rare_get(&r, SUMMARY_ACCEPT_ERROR, ENFILE), "what has not happened is 0");
	rare_of(&r, list, 5, 0);
	ok(r.used == 1 && rare_get(&r, SUMMARY_RESET_RECEIVED, 0) == 8, "those of no listener");
	rare_of(&r, list, 5, 7);
	ok(!r.used, "a listener without any");
	rare_of(&r, list, 0, 9);
	ok(!r.used, "an empty list");
}

static void test_merge(void)
{
	struct rare_counts a = {0}, b = {0};

	rare_add(&a, SUMMARY_RESET_SENT, 3, 1);
	rare_add(&b, SUMMARY_RESET_SENT, 3, 2);
	rare_add(&b, SUMMARY_RESET_SENT, 4, 5);
	rare_merge(&a, &b);
	ok(a.used == 2 && rare_get(&a, SUMMARY_RESET_SENT, 3) == 3 &&
		   rare_get(&a, SUMMARY_RESET_SENT, 4) == 5,
	   "a sum by kind and number");
	for (uint32_t i = 0; i < 2 * RARE_MAX; i++)
		rare_add(&a, SUMMARY_ACCEPT_ERROR, i, 1);
	ok(a.used == RARE_MAX && rare_get(&a, SUMMARY_RESET_SENT, 4) == 5, "bounded");
}

int main(void)
{
	test_of();
	test_merge();
	return done();
}
