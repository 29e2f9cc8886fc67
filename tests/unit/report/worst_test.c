// SPDX-License-Identifier: BSD-2-Clause
/* Which connections are chosen, in which order. */
#include "report/worst.h"

#include "tap.h"

static struct worst w;
static struct worst_entry out[WORST_SHOWN];

static void note(uint64_t id, enum worst_kind kind, uint64_t ns)
{
	worst_note(&w, &(struct worst_entry){.id = id, .kind = kind, .ns = ns});
}

static bool nobody(void *ctx, uint64_t id, uint64_t other)
{
	(void)ctx, (void)id, (void)other;
	return false;
}

static bool odd_and_even(void *ctx, uint64_t id, uint64_t other)
{
	(void)ctx;
	return id / 2 == other / 2;
}

int main(void)
{
	size_t count;

	note(2, WORST_ACCEPTED, 500);
	note(4, WORST_REFUSED, 1);
	note(6, WORST_ACCEPTED, 900);
	note(8, WORST_HALF_OPEN, 60000);
	count = worst_choose(&w, out, WORST_SHOWN, nobody, NULL);
	ok(count == 4 && out[0].id == 4 && out[1].id == 6 && out[2].id == 2 && out[3].id == 8,
	   "refused, then the longest, then the half-open ones");
	note(4, WORST_ACCEPTED, 700);
	count = worst_choose(&w, out, WORST_SHOWN, nobody, NULL);
	ok(count == 4 && out[0].id == 6 && out[1].id == 4, "who is served after all was only late");
	note(7, WORST_ACCEPTED, 950);
	count = worst_choose(&w, out, WORST_SHOWN, odd_and_even, NULL);
	ok(count == 4 && out[0].id == 7, "of two ends of a connection one is shown");
	worst_forget(&w, 7);
	ok(!worst_has(&w, 7) && worst_has(&w, 6), "one is forgotten");
	for (uint64_t id = 100; id < 300; id++)
		note(id, WORST_ACCEPTED, id * 10);
	ok(!worst_has(&w, 2) && worst_has(&w, 299) && worst_has(&w, 260), "the longest are kept");
	for (uint64_t id = 1000; id < 1100; id++)
		note(id, WORST_NEVER_ACCEPTED, id);
	count = worst_choose(&w, out, WORST_SHOWN, nobody, NULL);
	ok(count == WORST_SHOWN && out[0].id == 1099 && out[9].kind == WORST_NEVER_ACCEPTED &&
		   out[10].id == 299,
	   "half of the places are for those that were served");
	return done();
}
