// SPDX-License-Identifier: BSD-2-Clause
/* What the lines of a stream add to a look at a program. */
#include "stream/looks.h"

#include "../why/looks.h"

struct told {
	unsigned int count;
	char sentence[480];
};

static void on_event(void *ctx, const struct event *e)
{
	struct told *told = ctx;

	told->count++;
	snprintf(told->sentence, sizeof(told->sentence), "%s", event_text(e, F_SENTENCE));
}

static void look_part(struct looks *l, uint32_t what, const void *record, uint32_t size)
{
	union {
		struct fact_look fact;
		char bytes[sizeof(struct fact_look) + 16384];
	} part = {.fact = {.h = {.kind = FACT_LOOK, .t = FIRST + APART},
			   .what = what,
			   .size = size,
			   .cookie = 77}};

	memcpy(&part.fact + 1, record, size);
	if (looks_fact(l, &part.fact)) {
		printf("Bail out! a part of a look is refused\n");
		exit(1);
	}
}

/* Two looks at a server that sleeps; accepted: what its listener line says. */
static struct told look_at_sleeper(uint64_t accepted)
{
	struct looks *l = looks_new();
	struct told told = {0};
	struct event e;

	event_init(&e, EVENT_LISTENER, FIRST);
	event_set(&e, F_COOKIE, 77);
	event_set(&e, F_ACCEPTED_COUNT, accepted);
	event_set_enum(&e, F_VERDICT, VERDICT_APP_SLOW);
	looks_event(l, &e);
	for (int i = 0; i < 2; i++) {
		uint32_t what = i ? FACT_LOOK_SECOND : FACT_LOOK_FIRST;
		struct why_listener is = listener(3);
		struct why_thread t = in_call(PID, SYS_nanosleep);
		struct why_clock clock = {.t = FIRST, .arrived_at = FIRST - 5 * NS_S};
		struct why_holder h = {
			.sk = SK, .task = {.pid = PID, .tid = PID, .comm = "server"}, .fd = 4};

		HEAD(&clock, WHY_CLOCK);
		HEAD(&h, WHY_HOLDER);
		is.t = t.t = FIRST + (i ? APART : 0);
		is.jiffies += i ? 125 : 0;
		look_part(l, what, &is, sizeof(is));
		look_part(l, what, &clock, sizeof(clock));
		look_part(l, what, &h, sizeof(h));
		look_part(l, what, &t, sizeof(t));
	}
	look_part(l, FACT_LOOK_END, "", 0);
	looks_due(l, FIRST + APART, on_event, &told);
	looks_free(l);
	return told;
}

int main(void)
{
	struct told told = look_at_sleeper(0);

	ok(told.count == 1, "a look is told");
	is_str(told.sentence,
	       "server[100] sleeps in nanosleep() for 3.20 s; nobody waits for it, and nobody has a "
	       "connection that came from it",
	       "  nobody ever accepted, as far as is known");
	told = look_at_sleeper(3);
	is_str(told.sentence, "server[100] sleeps in nanosleep() for 3.20 s; nobody is in accept()",
	       "  its figures say that somebody did");
	return done();
}
