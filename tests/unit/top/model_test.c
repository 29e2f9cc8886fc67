// SPDX-License-Identifier: BSD-2-Clause
#include "top/model.h"

#include "listener/durations.h"

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

/* A reading of the counters; all but the queue since the beginning. */
static struct tally_row counters(uint64_t listener, uint64_t completed, uint64_t accepted,
				 const struct summary_stats *stats)
{
	return (struct tally_row){
		.figures = {.identity = {.cookie = listener,
					 .netns = NETNS,
					 .family = AF_INET,
					 .addr = scene_lo,
					 .port = 8080,
					 .pid = 812,
					 .comm = "server"},
			    .queues = {.accept = 3, .syn = 2, .backlog = 127},
			    .refused = 7,
			    .completed_since = completed,
			    .accepted_since = accepted,
			    .verdict = VERDICT_OK,
			    .advice = ""},
		.stats = stats,
		.recent_peak = 9,
		.listens = true,
	};
}

static struct event line_of(uint64_t t, uint64_t completed, uint64_t accepted, uint64_t refused)
{
	struct event e = scene_event(EVENT_LISTENER, t, WELL);

	event_set(&e, F_COMPLETED, completed);
	event_set(&e, F_ACCEPTED_COUNT, accepted);
	event_set(&e, F_REFUSED, refused);
	return e;
}

static struct event lost(uint64_t t, uint64_t total)
{
	struct event e;

	event_init(&e, EVENT_LOST, t);
	event_set(&e, F_TOTAL, total);
	return e;
}

static void hear(struct model *m, struct event e)
{
	model_event(m, &e);
}

/* From events to counters, and back. */
static void test_counts(void)
{
	static struct summary_stats stats;
	struct model *m = model_new();
	const struct model_listener *l;
	struct frame frame = {0};
	struct tally_row row;

	hear(m, line_of(T0, 100, 90, 5));
	hear(m, lost(T0, 40));
	model_counts_only(m, true);
	durations_add(&stats.accept_wait, 5 * NS_S);
	row = counters(WELL, 4000, 4000, &stats);
	model_count(m, T0 + NS_S, &row, true);
	model_take(m, &frame);
	l = &frame.list[0];
	ok(frame.counts_only && l->completed == 100 && l->accepted == 90 && l->refused == 5 &&
		   !l->wait.count,
	   "what was counted before is told by events already");
	ok(l->accept_queue == 3 && l->syn_queue == 2 && l->backlog == 127, "its queues");
	for (int i = 0; i < 10; i++)
		durations_add(&stats.accept_wait, 2 * NS_MS);
	durations_add(&stats.handshake, 30 * NS_US);
	row = counters(WELL, 30, 20, &stats);
	row.figures.refused = 9;
	model_count(m, T0 + 2 * NS_S, &row, false);
	hear(m, line_of(T0 + 2 * NS_S, 101, 91, 50));
	scene_completed(m, T0 + 2 * NS_S, WELL, 100);
	hear(m, lost(T0 + 2 * NS_S, 1000040));
	model_tick(m, T0 + 2 * NS_S + 1);
	model_take(m, &frame);
	l = &frame.list[0];
	ok(l->completed == 130 && l->accepted == 110 && l->refused == 7,
	   "what is counted is added, and events are passed over");
	ok(model_second_ago(l, 1)->arrivals == 30 && model_second_ago(l, 1)->accepts == 20 &&
		   model_second_ago(l, 1)->refused == 2 && model_second_ago(l, 1)->peak == 9,
	   "  in the second that has ended");
	ok(l->recent.count == 10 && l->recent.p99 >= 2 * NS_MS && l->recent.p99 < 3 * NS_MS &&
		   l->wait.count == 10 && l->wait.p99 >= 2 * NS_MS && l->wait.p99 < 3 * NS_MS &&
		   l->handshake.count == 1,
	   "  with the waits and the handshake of that second");
	ok(frame.lost == 40, "what is counted is not lost");
	row = counters(STUCK, 0, 0, &stats);
	row.listens = false;
	model_count(m, T0 + 2 * NS_S, &row, false);
	row = counters(WELL, 0, 0, &stats);
	row.figures.refused = 9;
	row.listens = false;
	model_count(m, T0 + 3 * NS_S, &row, false);
	model_take(m, &frame);
	ok(frame.count == 1 && frame.list[0].gone && !frame.list[0].accept_queue,
	   "a listener that has closed is gone, and one that was not known is no news");
	model_counts_only(m, false);
	hear(m, line_of(T0 + 4 * NS_S, 101, 91, 10));
	hear(m, lost(T0 + 4 * NS_S, 1000045));
	model_take(m, &frame);
	l = &frame.list[0];
	ok(!frame.counts_only && l->completed == 130 && l->accepted == 110 && l->refused == 10,
	   "events again: no total falls");
	scene_completed(m, T0 + 4 * NS_S, WELL, 1);
	hear(m, line_of(T0 + 5 * NS_S, 102, 92, 11));
	model_take(m, &frame);
	l = &frame.list[0];
	ok(l->completed == 131 && l->accepted == 111 && l->refused == 11, "  and they go on");
	ok(frame.lost == 45, "  what is lost then is told");
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
