// SPDX-License-Identifier: BSD-2-Clause
#include "stream/overload.h"

#include "tap.h"

static struct overload o;

/* So many looks alike. Returns the last change that is none of STAYS, and counts them. */
static unsigned int changes;
static enum overload_change run(unsigned int count, uint64_t read, uint64_t lost,
				unsigned int percent)
{
	const struct overload_evidence e = {read, lost, percent};
	enum overload_change last = OVERLOAD_STAYS;

	changes = 0;
	while (count--) {
		enum overload_change change = overload_look(&o, &e);

		if (change == OVERLOAD_STAYS)
			continue;
		last = change;
		changes++;
	}
	return last;
}

static void check_begin(void)
{
	o = (struct overload){0};
	ok(run(1000, 100000, 0, 100) == OVERLOAD_STAYS, "nothing is lost: it is none");
	ok(run(1000, 1000, 7, 5) == OVERLOAD_STAYS,
	   "rings that are too small for a burst are none");
	ok(run(2, 100000, 500, 100) == OVERLOAD_STAYS && run(20, 1000, 0, 0) == OVERLOAD_STAYS,
	   "nor is a reader that stood still for a moment");
	ok(run(2, 100000, 500, 100) == OVERLOAD_STAYS, "the one before has been forgotten");
	ok(run(1, 100000, 500, 100) == OVERLOAD_BEGINS && o.on, "it lasts: it begins");
	o = (struct overload){0};
	run(1, 1000, 7, 25);
	run(3, 1000, 0, 0);
	run(1, 1000, 7, 25);
	run(3, 1000, 0, 0);
	ok(run(1, 1000, 7, 25) == OVERLOAD_BEGINS,
	   "so does it with losses at three of the last ten");
}

static void check_end(void)
{
	o = (struct overload){0};
	run(3, 100000, 500, 100);
	ok(run(599, 90000, 0, 5) == OVERLOAD_STAYS, "as many facts as before: it stays");
	ok(run(600, 100, 1, 0) == OVERLOAD_STAYS, "facts are lost: it stays, however few come");
	ok(run(600, 100, 0, 60) == OVERLOAD_STAYS, "rings that are full: it stays");
	ok(run(29, 70000, 0, 5) == OVERLOAD_STAYS && run(1, 80000, 0, 5) == OVERLOAD_STAYS &&
		   run(29, 70000, 0, 5) == OVERLOAD_STAYS,
	   "three seconds in a row are asked for");
	ok(run(1, 70000, 0, 5) == OVERLOAD_ENDS && !o.on, "then it ends");
	ok(run(1000, 70000, 0, 5) == OVERLOAD_STAYS, "and stays so");
	o = (struct overload){0};
	run(3, 100, 500, 100);
	ok(run(599, 90000, 0, 5) == OVERLOAD_STAYS && run(1, 90000, 0, 5) == OVERLOAD_ENDS,
	   "a minute without a loss ends it, however much comes: the reader was slow for a while");
	run(3, 100000, 500, 100);
	ok(run(1199, 90000, 0, 5) == OVERLOAD_STAYS && run(1, 90000, 0, 5) == OVERLOAD_ENDS,
	   "two minutes, where it came back at once");
}

/* Each begin soon after an end makes the next one wait twice as long, up to a minute. */
static void check_flapping(void)
{
	unsigned int waits = 0;

	o = (struct overload){0};
	for (int i = 0; i < 8; i++) {
		run(3, 100000, 500, 100);
		waits = 0;
		while (run(1, 10, 0, 0) == OVERLOAD_STAYS)
			waits++;
		if (i == 1)
			ok(waits == 59, "the second time it waits for six seconds");
	}
	ok(waits == 599, "it never waits for more than a minute");
	run(200, 10, 0, 0);
	run(3, 100000, 500, 100);
	ok(run(30, 10, 0, 0) == OVERLOAD_ENDS, "after a long calm it begins anew");
}

/* A slower reader than before: what was sustained then says nothing now. */
static void check_sustained(void)
{
	o = (struct overload){0};
	run(2, 100000, 1, 100);
	run(20, 500, 0, 0);
	run(3, 1000, 1, 100);
	ok(o.on && o.sustained == 1000,
	   "what counts is what was read while it was behind this time");
	ok(run(300, 800, 0, 0) == OVERLOAD_STAYS && run(30, 700, 0, 0) == OVERLOAD_ENDS,
	   "three quarters of it are the bound");
}

int main(void)
{
	check_begin();
	check_end();
	check_flapping();
	check_sustained();
	return done();
}
