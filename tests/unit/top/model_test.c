// SPDX-License-Identifier: BSD-2-Clause
#include "top/model.h"

#include "scene.h"
#include "tap.h"

static void test_figures(void)
{
	struct model *m = model_new();
	struct frame frame = {0};
	const struct model_listener *stuck, *well;

	scene_play(m);
	ok(!model_take(m, &frame) && frame.count == 2, "two listeners");
	stuck = frame_listener(&frame, STUCK);
	well = frame_listener(&frame, WELL);
	ok(stuck->accept_queue == 5 && stuck->backlog == 4 && stuck->peak == 5, "its queue");
	ok(stuck->completed == 0 && stuck->judged && stuck->verdict == VERDICT_APP_STUCK,
	   "counts and verdict are those of the listener line");
	ok(stuck->refused == 1, "a refusal after that line is added: %u", (unsigned)stuck->refused);
	ok(stuck->refusals_count == 5, "refusals one by one: %u", (unsigned)stuck->refusals_count);
	ok(stuck->refused_recently == 5, "of the last ten seconds: %u", stuck->refused_recently);
	ok(stuck->looked && stuck->diagnosis == DIAGNOSIS_SLEEPING, "a look at its program");
	ok(!stuck->recent.count && !stuck->wait.count, "nobody was accepted: no waits");
	ok(well->wait.count == well->accepted && well->wait.count > 200, "waits since the start");
	ok(well->recent.count < well->wait.count && well->recent.count > 0,
	   "the recent are fewer: %u", (unsigned)well->recent.count);
	ok(well->handshake.p50 >= 52 * NS_US, "handshakes");
	ok(model_second_ago(well, 1)->arrivals == 30 * 3 % 20 + 1, "the last complete second");
	ok(model_second_ago(well, 1)->accepts == model_second_ago(well, 1)->arrivals,
	   "  all of it accepted");
	ok(!model_second_ago(well, 100), "what was before the start is not known");
	frame_free(&frame);
	model_free(m);
}

static void test_time(void)
{
	struct model *m = model_new();
	struct frame frame = {0};
	struct event e;

	scene_listener(m, T0, WELL, 3, 128, VERDICT_OK, "");
	scene_accepted(m, T0, WELL, NS_MS);
	model_tick(m, T0 + 9 * NS_S);
	model_take(m, &frame);
	ok(frame.list[0].recent.count == 1, "a wait of nine seconds ago is recent");
	model_tick(m, T0 + 12 * NS_S);
	model_take(m, &frame);
	ok(!frame.list[0].recent.count && frame.list[0].wait.count == 1, "of twelve it is not");
	scene_listener(m, T0 + 13 * NS_S, WELL, 3, 128, VERDICT_OK, "");
	model_tick(m, T0 + 1000 * NS_S);
	model_take(m, &frame);
	ok(model_second_ago(&frame.list[0], MODEL_SECONDS - 1)->peak == 3,
	   "a queue that nobody speaks of is as long as it was");
	scene_completed(m, T0 + 2 * NS_S, WELL, 9);
	model_take(m, &frame);
	ok(frame.t == T0 + 1000 * NS_S, "an old event does not turn the clock back");
	e = scene_event(EVENT_STATE, T0 + 1001 * NS_S, WELL);
	event_set_enum(&e, F_ROLE, ROLE_LISTENER);
	event_set(&e, F_COOKIE, WELL);
	event_set(&e, F_NEW, TCP_STATE_CLOSE);
	model_event(m, &e);
	model_take(m, &frame);
	ok(frame.list[0].gone && !frame.list[0].accept_queue, "it closes");
	frame_free(&frame);
	model_free(m);
}

/* A server that is started again and again leaves no trace but the latest. */
static void test_bounds(void)
{
	struct model *m = model_new();
	struct frame frame = {0};

	for (uint64_t i = 1; i <= 300; i++) {
		struct event e = scene_event(EVENT_STATE, T0 + i * NS_S, WELL);

		event_set_enum(&e, F_ROLE, ROLE_LISTENER);
		event_set(&e, F_COOKIE, i);
		event_set(&e, F_NEW, TCP_STATE_LISTEN);
		model_event(m, &e);
		event_set(&e, F_NEW, TCP_STATE_CLOSE);
		model_event(m, &e);
	}
	model_take(m, &frame);
	ok(frame.count <= 64 && frame_listener(&frame, 300) && !frame_listener(&frame, 1),
	   "of listeners that closed the latest are kept: %zu", frame.count);
	frame_free(&frame);
	model_free(m);
}

static void test_counts(void)
{
	struct model *m = model_new();
	struct frame frame = {0};
	struct event e = scene_event(EVENT_LISTENER, T0, WELL);

	model_counts_only(m, true);
	event_set(&e, F_COMPLETED_RATE, 4821);
	event_set(&e, F_ACCEPTED_RATE, 4820);
	event_set_enum(&e, F_VERDICT, VERDICT_OK);
	model_event(m, &e);
	model_tick(m, T0 + NS_S);
	model_take(m, &frame);
	ok(frame.counts_only && model_second_ago(&frame.list[0], 1)->arrivals == 4821 &&
		   model_second_ago(&frame.list[0], 1)->accepts == 4820,
	   "counts alone: rates are those of the line");
	frame_free(&frame);
	model_free(m);
}

int main(void)
{
	test_figures();
	test_time();
	test_bounds();
	test_counts();
	return done();
}
