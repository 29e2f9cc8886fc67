// SPDX-License-Identifier: BSD-2-Clause
#include "listener/queued.h"

#include "tap.h"

int main(void)
{
	struct queued_wait list[] = {{9, 300}, {5, 100}, {9, 100}, {7, 50}, {9, 200}};

	queued_sort(list, 5);
	ok(queued_since(list, 5, 9, 3) == 100, "a queue of three: since its third newest entry");
	ok(queued_since(list, 5, 9, 2) == 200,
	   "a queue of two: the oldest entry has stayed behind, and is not in it");
	ok(queued_since(list, 5, 9, 1) == 300, "a queue of one: the newest");
	ok(!queued_since(list, 5, 9, 4), "not all that wait are known: nothing is said");
	ok(!queued_since(list, 5, 5, 2), "nor is another listener's taken for one");
	ok(!queued_since(list, 5, 9, 0) && !queued_since(list, 5, 8, 1) &&
		   !queued_since(list, 0, 9, 1),
	   "an empty queue, an unknown listener, an empty table");
	ok(!queued_since(list, 5, 9, UINT32_MAX), "no number is too large");
	return done();
}
