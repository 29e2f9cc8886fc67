// SPDX-License-Identifier: BSD-2-Clause
#include "view/totals.h"

#include "base/units.h"
#include "tap.h"

static void test_stuck(void)
{
	char text[TOTALS_MAX];
	struct event e;

	event_init(&e, EVENT_SUMMARY, 1);
	ok(!totals_stuck(text, &e, true) && !*text, "none is in CLOSE_WAIT");
	event_set(&e, F_STUCK_CLOSE_WAIT, 2);
	event_set(&e, F_STUCK_CLOSE_WAIT_NS, 3200 * NS_MS);
	totals_stuck(text, &e, true);
	is_str(text,
	       "2 still in CLOSE_WAIT, the oldest for 3.20 s: the program has not closed them",
	       "whose they are is not known");
	event_set(&e, F_STUCK_CLOSE_WAIT_PID, 4711);
	event_set_text(&e, F_STUCK_CLOSE_WAIT_COMM, "ngi\nnx");
	totals_stuck(text, &e, true);
	is_str(text, "2 still in CLOSE_WAIT, the oldest for 3.20 s: ngi?nx[4711] has not closed it",
	       "whose the oldest is");
	event_set(&e, F_STUCK_CLOSE_WAIT, 1);
	totals_stuck(text, &e, true);
	is_str(text, "1 still in CLOSE_WAIT for 3.20 s: ngi?nx[4711] has not closed it", "one");
}

int main(void)
{
	test_stuck();
	return done();
}
