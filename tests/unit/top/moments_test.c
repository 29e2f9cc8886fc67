// SPDX-License-Identifier: BSD-2-Clause
#include "top/moments.h"

#include "scene.h"
#include "tap.h"

struct stage {
	struct model *model;
	struct moments moments;
};

static void tell(struct stage *st, struct event e)
{
	model_event(st->model, &e);
	moments_event(&st->moments, st->model, &e);
}

static struct event queue_of(uint64_t t, uint64_t listener, uint64_t queue, uint64_t backlog,
			     uint64_t oldest)
{
	struct event e = scene_event(EVENT_LISTENER, t, listener);

	event_set(&e, F_ACCEPT_QUEUE, queue);
	event_set(&e, F_BACKLOG, backlog);
	if (oldest)
		event_set(&e, F_OLDEST_WAIT_NS, oldest);
	return e;
}

static struct event accepted(uint64_t t, uint64_t listener, uint64_t wait)
{
	struct event e = scene_event(EVENT_ACCEPT, t, listener);

	event_set(&e, F_ACCEPT_WAIT_NS, wait);
	return e;
}

static struct event refused(uint64_t t, uint64_t listener, uint64_t count)
{
	struct event e = scene_event(EVENT_DROP, t, listener);

	event_set(&e, F_COUNT, count);
	event_set_enum(&e, F_DROP_REASON, DROP_ACCEPT_QUEUE_FULL);
	return e;
}

static struct event closed(uint64_t t, uint64_t listener, bool was_accepted)
{
	struct event e = scene_event(EVENT_CLOSE, t, listener);

	event_set(&e, F_ACCEPTED, was_accepted);
	return e;
}

static const char *text(const struct stage *st, int kind)
{
	static char text[128];

	moments_text(&st->moments, kind, text, sizeof(text));
	return text;
}

static void test_order(void)
{
	struct stage st = {.model = model_new()};

	ok(moments_next(&st.moments, -1) == -1, "nothing has happened: there is no worst moment");
	tell(&st, queue_of(T0, WELL, 90, 127, 0));
	tell(&st, queue_of(T0, STUCK, 5, 4, 0));
	tell(&st, queue_of(T0 + NS_S, WELL, 100, 127, 0));
	is_str(text(&st, MOMENT_QUEUE), "1 of 1, the fullest queue: 5/4 at 127.0.0.1:9502",
	       "the fullest is compared with its limit, and not the longest");
	ok(st.moments.of[MOMENT_QUEUE].t == T0, "  when it was so full first");
	tell(&st, accepted(T0 + 10 * NS_S, WELL, 2510 * NS_MS));
	tell(&st, accepted(T0 + 11 * NS_S, STUCK, 2 * NS_MS));
	tell(&st, refused(T0 + 20 * NS_S + 1, STUCK, 2));
	tell(&st, refused(T0 + 20 * NS_S + 2, STUCK, 3));
	tell(&st, refused(T0 + 21 * NS_S, WELL, 4));
	ok(moments_next(&st.moments, -1) == MOMENT_WAIT &&
		   moments_next(&st.moments, MOMENT_WAIT) == MOMENT_REFUSED &&
		   moments_next(&st.moments, MOMENT_REFUSED) == MOMENT_QUEUE &&
		   moments_next(&st.moments, MOMENT_QUEUE) == MOMENT_WAIT,
	   "one after the other, round and round");
	is_str(text(&st, MOMENT_WAIT), "1 of 3, the longest wait: 2.51 s at 127.0.0.1:8080",
	       "the longest wait");
	ok(st.moments.of[MOMENT_WAIT].t == T0 + 9800 * NS_MS, "  shortly before its end");
	is_str(text(&st, MOMENT_REFUSED), "2 of 3, most refused: 5 in a second at 127.0.0.1:9502",
	       "the most refused in a second");
	ok(st.moments.of[MOMENT_REFUSED].t == T0 + 21 * NS_S, "  at the end of that second");
	model_free(st.model);
}

static void test_waits(void)
{
	struct stage st = {.model = model_new()};

	tell(&st, queue_of(T0, STUCK, 1, 4, 0));
	tell(&st, accepted(T0 + NS_S, STUCK, 50 * NS_MS));
	ok(st.moments.of[MOMENT_WAIT].t == T0 + 950 * NS_MS, "a short wait is shown as it begins");
	tell(&st, queue_of(T0 + 5 * NS_S, STUCK, 2, 4, 3 * NS_S));
	ok(st.moments.of[MOMENT_WAIT].worst == 3 * NS_S &&
		   st.moments.of[MOMENT_WAIT].t == T0 + 5 * NS_S,
	   "one that lasts is shown at its latest");
	tell(&st, closed(T0 + 5500 * NS_MS, STUCK, false));
	ok(st.moments.of[MOMENT_WAIT].worst == 3500 * NS_MS &&
		   st.moments.of[MOMENT_WAIT].t == T0 + 5300 * NS_MS,
	   "one that nobody accepts lasts until it closes");
	tell(&st, closed(T0 + 9 * NS_S, STUCK, false));
	ok(st.moments.of[MOMENT_WAIT].worst == 3500 * NS_MS, "  and the next is another");
	tell(&st, queue_of(T0 + 20 * NS_S, STUCK, 2, 4, 6 * NS_S));
	tell(&st, accepted(T0 + 20500 * NS_MS, STUCK, 6500 * NS_MS));
	tell(&st, closed(T0 + 30 * NS_S, STUCK, false));
	tell(&st, closed(T0 + 31 * NS_S, STUCK, true));
	ok(st.moments.of[MOMENT_WAIT].worst == 6500 * NS_MS, "accept() ends it");
	model_free(st.model);
}

int main(void)
{
	test_order();
	test_waits();
	return done();
}
