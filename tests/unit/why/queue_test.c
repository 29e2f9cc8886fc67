// SPDX-License-Identifier: BSD-2-Clause
/* What happened to an accept queue between two looks: counted by its members, timed by jiffies. */
#include "why/queue.h"

#include "base/units.h"
#include "tap.h"

static struct why_listener look(uint64_t t, uint64_t jiffies, unsigned int first, unsigned int n)
{
	struct why_listener l = {.t = t, .jiffies = jiffies, .queued = n};

	for (unsigned int i = 0; i < n; i++) {
		l.queue[i].child = first + i;
		l.queue[i].since = 1000 + first + i;
	}
	return l;
}

static void test_accepts(void)
{
	const struct why_listener was = look(0, 2000, 1, 3);
	struct why_listener is = look(500 * NS_MS, 2125, 1, 4);
	struct queue_change c;

	queue_compare(&c, &was, &is);
	ok(c.stands && c.accepts == 0 && !c.at_least, "the same is the oldest: it stands");
	is = look(500 * NS_MS, 2125, 3, 2);
	queue_compare(&c, &was, &is);
	ok(!c.stands && c.accepts == 2 && !c.at_least,
	   "the third is the oldest: two were accepted");
	is = look(500 * NS_MS, 2125, 9, 2);
	queue_compare(&c, &was, &is);
	ok(c.accepts == 3 && c.at_least, "all have gone: three at least");
	is = look(500 * NS_MS, 2125, 0, 0);
	queue_compare(&c, &was, &is);
	ok(c.accepts == 3 && c.at_least && !c.oldest_known, "the queue is empty: three at least");
	is = look(500 * NS_MS, 2125, 1, 1);
	is.queue[0].since++;
	queue_compare(&c, &was, &is);
	ok(!c.stands, "an address that was used again is another connection");
}

static void test_oldest(void)
{
	const struct why_listener was = look(0, 2000, 1, 1);
	struct why_listener is = look(500 * NS_MS, 2125, 1, 1);
	struct queue_change c;

	queue_compare(&c, &was, &is);
	ok(c.oldest_known && c.oldest_ns == (2125 - 1001) * (NS_S / 250), "250 Hz");
	is = look(500 * NS_MS, 2500, 1, 1);
	queue_compare(&c, &was, &is);
	ok(c.oldest_known && c.oldest_ns == (2500 - 1001) * NS_MS, "1000 Hz");
	is = look(500 * NS_MS, 2003, 1, 1);
	queue_compare(&c, &was, &is);
	ok(!c.oldest_known, "a clock that fits no frequency tells no time");
	queue_compare(&c, NULL, &is);
	ok(!c.oldest_known && !c.stands && !c.accepts, "one look only tells nothing");
}

int main(void)
{
	test_accepts();
	test_oldest();
	return done();
}
