// SPDX-License-Identifier: BSD-2-Clause
/*
 * top.c - `sockstate top`: a live run or a replay whose events go to the model of the full-screen
 * view, and the user at its keys.
 */
#include <errno.h>
#include <time.h>

#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/sandbox.h"
#include "run/top.h"
#include "stream/configure.h"

#define STORIES_BYTES (16 * 1024 * 1024)
#define NAP_NS	      (10 * NS_MS) /* of a replay that waits for its time */
#define RECORDS	      256	   /* between two looks at the clock, while nothing is drawn */

/* ---- events ---- */

static bool is_selected(const struct top *t, const struct story *s)
{
	return s && t->ui.screen == SCREEN_CONNECTION && s->cookie == t->ui.connection;
}

/* A connection whose ends have both ended is forgotten, unless it is looked at. */
static void keep_story(struct top *t, const struct event *e)
{
	struct story *story, *peer;

	if (e->type == EVENT_LISTENER || e->type == EVENT_WHY || !event_has(e, F_RPORT))
		return;
	story = stories_of(t->stories, e);
	if (!story)
		story = stories_begin(t->stories, e);
	if (!story)
		return;
	story_add(t->stories, story, e);
	if (e->type != EVENT_CLOSE)
		return;
	story->over = true;
	peer = story_peer(story);
	if ((peer && !peer->over) || is_selected(t, story) || is_selected(t, peer))
		return;
	story_free(t->stories, story);
	if (peer)
		story_free(t->stories, peer);
}

static void on_event(void *ctx, const struct event *e)
{
	struct top *t = ctx;

	model_event(t->model, e);
	top_counts_event(t->counts, e);
	if (!t->counting)
		keep_story(t, e);
	if (t->ui.replay && !t->play.all_seen)
		moments_event(&t->play.moments, t->model, e);
}

static struct view *new_view(void *ctx, const struct view_options *options)
{
	struct top *t = ctx;

	t->view = *options;
	return view_watch_new(options, on_event, t);
}

static void on_record(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *fact = fact_decode(bytes, size);
	struct top *t = ctx;

	if (!fact)
		return;
	if (fact->kind == FACT_TICK)
		model_tick(t->model, fact->t);
	else
		top_counts_record(t->counts);
	if (t->record) {
		recent_record(top_recorder_recent(t->record), bytes, size);
		return;
	}
	top_play_record(t, fact);
}

/* ---- a replay ---- */

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = (long)NAP_NS}, NULL);
}

/* A record has been taken: returns when the next one is due. */
static void wait_for_time(struct top *t)
{
	while (!t->quit && !top_play_due(t)) {
		top_attend(t);
		nap();
	}
	if (t->play.pass != PLAY_SHOW && ++t->records % RECORDS == 0)
		top_attend_keys(t);
}

static void at_end(void *ctx)
{
	struct top *t = ctx;

	top_play_over(t);
	while (!t->quit && !t->play.again) {
		top_attend(t);
		nap();
	}
}

/* ---- what the run calls ---- */

static void open_counts(void *ctx, const struct kernel_options *options)
{
	struct top *t = ctx;

	t->counts = top_counts_open(options, &t->limits);
}

int top_forget(struct top *t)
{
	model_free(t->model);
	stories_free(t->stories);
	t->model = model_new();
	t->stories = stories_new(STORIES_BYTES, NULL, NULL);
	return t->model && t->stories ? 0 : -ENOMEM;
}

static int begin(void *ctx, struct stream *stream, struct live *live)
{
	struct top *t = ctx;
	char err[ERR_MAX];

	t->live = live;
	if (t->stream) { /* a replay that begins again */
		t->stream = stream;
		top_play_begin(t);
		return 0;
	}
	t->stream = stream;
	t->error = screen_start(t->screen, err, sizeof(err));
	if (t->error)
		run_complain("%s", err);
	return t->error;
}

/* The ladders of what was begun before would have gaps: they are begun anew. */
static void attend_live(struct top *t)
{
	if (top_counts_due(t->counts, t->live, t->model, clock_now_ns())) {
		t->counting = !t->counting;
		stories_free(t->stories);
		t->stories = stories_new(STORIES_BYTES, NULL, NULL);
		t->quit |= !t->stories;
	}
	top_attend(t);
}

/* Also called before the screen has been started: sockets are being listed then. */
static bool over(void *ctx)
{
	struct top *t = ctx;

	if (!t->stream)
		return false;
	if (t->live)
		attend_live(t);
	else
		wait_for_time(t);
	return t->quit || t->play.again;
}

/* The model is empty before the first event comes. */
static bool again(void *ctx)
{
	struct top *t = ctx;

	if (t->quit || !t->play.again)
		return false;
	t->error = top_forget(t);
	if (t->error)
		run_complain("out of memory");
	return !t->error;
}

static struct trace_options trace_options_of(const struct top_options *o)
{
	return (struct trace_options){
		.sockets = o->sockets,
		.owner = o->owner,
		.thresholds = o->thresholds,
		.hooks = o->hooks,
		.limits = o->limits,
		.tests = o->tests,
		.common = o->common,
		.replay = o->replay,
		.interval_ns = NS_S, /* queues and verdicts of listeners where nothing happens */
	};
}

static int prepare(struct top *t)
{
	char err[ERR_MAX];

	if (screen_check(err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_USAGE;
	}
	clock_now_ns(); /* it asks for its time namespace once, and not in the sandbox */
	stream_limits_init(&t->limits, &t->options->thresholds);
	t->ui.replay = t->options->replay;
	if (t->ui.replay)
		top_play_init(&t->play, t->options->replay);
	t->record = t->ui.replay ? NULL : top_recorder_new();
	if (top_forget(t) || (!t->record && !t->ui.replay) || grid_init(&t->grid, 24, 80, true)) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	if (!t->ui.replay &&
	    top_rows_open(&t->looks, &t->options->sockets.filter, &t->options->owner.filter,
			  t->options->common.verbose, err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_RUNTIME;
	}
	/* Last: what is complained of before is seen at once. */
	if (screen_open(&t->screen, t->place->view.color, err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_USAGE;
	}
	t->grid.utf8 = t->place->view.utf8 && screen_draws_blocks();
	return EXIT_CLEAN;
}

static int run(struct top *t)
{
	const struct run_guest guest = {.view = new_view,
					.kernel = open_counts,
					.begin = begin,
					.over = over,
					.record = on_record,
					.end = at_end,
					.again = again,
					.needs = SANDBOX_TERMINAL |
						 (t->record ? SANDBOX_CREATE | SANDBOX_COUNTS : 0),
					.ctx = t};
	const struct trace_options trace = trace_options_of(t->options);
	struct run_place place = *t->place;
	int code;

	place.guest = &guest;
	code = t->ui.replay ? run_replay(&trace, &place) : run_live(&trace, &place);
	return t->error ? EXIT_RUNTIME : code;
}

int run_top(const struct top_options *options, const struct run_place *place)
{
	struct top t = {.options = options, .place = place};
	int code = prepare(&t);

	if (code == EXIT_CLEAN)
		code = run(&t);
	screen_close(t.screen);
	if (t.record)
		top_recorder_tell(t.record);
	view_free(t.ladder);
	frame_free(&t.frame);
	listing_free(&t.rows[0]);
	listing_free(&t.rows[1]);
	ui_free(&t.ui);
	grid_free(&t.grid);
	stories_free(t.stories);
	model_free(t.model);
	top_rows_free(t.looks);
	top_recorder_free(t.record);
	top_counts_free(t.counts);
	return code;
}
