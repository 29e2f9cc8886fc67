// SPDX-License-Identifier: BSD-2-Clause
#include "stream/moment.h"

#include "event/vocabulary.h"
#include "tap.h"

#define NOW (1000 * NS_S)

static struct event verdict(enum verdict v)
{
	struct event e;

	event_init(&e, EVENT_LISTENER, NOW);
	event_set_enum(&e, F_VERDICT, v);
	return e;
}

static struct event waited(uint64_t ns)
{
	struct event e;

	event_init(&e, EVENT_ACCEPT, NOW);
	event_set(&e, F_ACCEPT_WAIT_NS, ns);
	return e;
}

static struct event closed(enum close_reason reason)
{
	struct event e;

	event_init(&e, EVENT_CLOSE, NOW);
	event_set_enum(&e, F_END, reason);
	return e;
}

static bool is_bad(struct event e)
{
	struct bad_moment m = {.slow_ns = 100 * NS_MS};

	bad_moment_event(&m, &e, NOW);
	return bad_moment_left(&m);
}

static struct event of_type(enum event_type type)
{
	struct event e;

	event_init(&e, type, NOW);
	return e;
}

static void test_bad(void)
{
	ok(is_bad(verdict(VERDICT_APP_SLOW)) && is_bad(verdict(VERDICT_SYN_FLOOD)) &&
		   !is_bad(verdict(VERDICT_OK)),
	   "a verdict other than ok");
	ok(is_bad(of_type(EVENT_DROP)) && is_bad(of_type(EVENT_ACCEPT_ERROR)),
	   "a refusal, a failed accept()");
	ok(is_bad(waited(100 * NS_MS)) && !is_bad(waited(99 * NS_MS)), "a long wait");
	ok(is_bad(closed(CLOSE_NEVER_ACCEPTED)) && !is_bad(closed(CLOSE_FIN_ACTIVE)),
	   "a connection that was never accepted");
	ok(!is_bad(of_type(EVENT_RESET)) && !is_bad(of_type(EVENT_LISTENER)),
	   "a RST is none, and no verdict is none");
}

static void test_due(void)
{
	struct bad_moment m = {.slow_ns = 100 * NS_MS};
	const struct event bad = verdict(VERDICT_APP_STUCK);
	uint64_t t = NOW, kept;

	ok(!bad_moment_due(&m, t), "nothing has happened");
	bad_moment_event(&m, &bad, t);
	bad_moment_event(&m, &bad, t + NS_S);
	ok(!bad_moment_due(&m, t + MOMENT_AFTER_NS - 1) && bad_moment_due(&m, t + MOMENT_AFTER_NS),
	   "it is kept when what followed has been seen");
	kept = t + MOMENT_AFTER_NS;
	ok(!bad_moment_due(&m, kept + NS_S) && !bad_moment_left(&m), "once");
	bad_moment_event(&m, &bad, kept + NS_S);
	ok(!bad_moment_due(&m, kept + MOMENT_EVERY_NS - 1) &&
		   bad_moment_due(&m, kept + MOMENT_EVERY_NS),
	   "as it goes on, again when a minute is full");
	ok(MOMENT_EVERY_NS < RECENT_NS, "which reaches back to the one before");
	t = kept + 3600 * NS_S;
	bad_moment_event(&m, &bad, t);
	ok(bad_moment_due(&m, t + MOMENT_AFTER_NS), "an hour later: as at first");
}

int main(void)
{
	test_bad();
	test_due();
	return done();
}
