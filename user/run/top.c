// SPDX-License-Identifier: BSD-2-Clause
/*
 * top.c - `sockstate top`: a live run or a replay whose events go to the model of the full-screen
 * view, and the user at its keys.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "fact/decode.h"
#include "kernel/clock.h"
#include "kernel/sandbox.h"
#include "run/live.h"
#include "run/run.h"
#include "run/screen.h"
#include "run/top_record.h"
#include "run/top_rows.h"
#include "stream/configure.h"
#include "stream/story.h"
#include "top/draw.h"

#define FRAME_NS      (250 * NS_MS)
#define LOOK_NS	      NS_S /* between two looks at the open connections */
#define LOOK_COST     20   /* a look takes this part of the time at most */
#define STORIES_BYTES (16 * 1024 * 1024)
#define NAP_NS	      (10 * NS_MS) /* of a replay that waits for its time */
#define SPEED_LEAST   0.125
#define SPEED_MOST    64.0
#define STEP_NS	      NS_S

/* A recording as it is played. */
struct playback {
	struct scene_replay shown;
	uint64_t at;	/* ns, of the recording: what is older may be shown */
	uint64_t clock; /* ns, CLOCK_MONOTONIC: when `at` was moved last */
	bool begun;
};

struct top {
	const struct top_options *options;
	const struct run_place *place;
	struct model *model;
	struct stories *stories;
	struct top_rows *looks;	     /* NULL: a replay */
	struct top_recorder *record; /* NULL: a replay */
	struct stream *stream;
	struct live *live; /* NULL: a replay */
	struct screen *screen;
	struct grid grid;
	struct ui ui;
	struct frame frame;
	struct listing rows[2]; /* what is shown, and the next look */
	unsigned int shown;
	bool rows_fresh; /* the next look is complete */
	struct view_options view;
	struct verdict_limits limits;
	struct view *ladder;
	uint64_t now, next_frame, next_look;
	struct playback play;
	bool quit, dirty;
	int error;
};

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
	keep_story(t, e);
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
	if (t->record) {
		recent_record(top_recorder_recent(t->record), bytes, size);
		return;
	}
	if (!t->play.begun) {
		t->play.begun = true;
		t->play.shown.begin = t->play.at = fact->t;
		t->play.clock = clock_now_ns();
	}
}

/* ---- the open connections ---- */

static void tell_oldest(struct top *t, const struct listing *rows)
{
	for (size_t i = 0; i < t->frame.count; i++)
		model_oldest_wait(t->model, t->frame.list[i].cookie, 0);
	/* The longest wait comes first: those behind it are walked the other way round. */
	for (size_t i = rows->count; i-- > 0;) {
		if (rows->rows[i].kind == LISTING_QUEUED && rows->rows[i].listener)
			model_oldest_wait(t->model, rows->rows[i].listener, rows->rows[i].in.ns);
	}
}

/* What a look costs is CPU, not the time that it waits for one. */
static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NS_S + (uint64_t)ts.tv_nsec;
}

/* A look of this run; now and then it also begins a part of what `w` writes. */
static int look_live(struct top *t, struct listing *rows, uint64_t now)
{
	struct recent *recent = top_recorder_recent(t->record);
	bool due = recent_look_due(recent, now);
	int rc;

	if (due)
		recent_look_begin(recent, t->live->last_tick);
	rc = top_rows_look(t->looks, stream_tracker(t->stream), rows, due ? recent : NULL);
	if (due)
		recent_look_end(recent, clock_now_ns(), !rc);
	return rc;
}

/* Takes a look into the listing that is not shown. */
static void look(struct top *t, uint64_t now)
{
	struct listing *rows = &t->rows[!t->shown];
	/* The tracker of a replay knows its sockets at any time. */
	const uint64_t least = t->looks ? LOOK_NS : FRAME_NS;
	uint64_t took = cpu_ns();
	int rc;

	rc = t->looks ? look_live(t, rows, now)
		      : top_rows_of_tracker(stream_tracker(t->stream), &t->options->owner.filter,
					    model_now(t->model), rows);
	took = cpu_ns() - took;
	t->next_look = now + (took * LOOK_COST > least ? took * LOOK_COST : least);
	if (rc)
		return;
	t->rows_fresh = true;
	tell_oldest(t, rows);
}

/* ---- a frame ---- */

static void draw_ladder(struct top *t)
{
	struct view_options options = t->view;
	struct story *story;

	view_free(t->ladder);
	t->ladder = NULL;
	if (t->ui.screen != SCREEN_CONNECTION)
		return;
	story = stories_by_cookie(t->stories, t->ui.connection);
	if (!story)
		return;
	options.color = true;
	options.utf8 = t->grid.utf8;
	options.columns = t->grid.columns;
	t->ladder = view_ladder_new(&options);
	if (!t->ladder)
		return;
	story_print(story, story_peer(story), (event_fn)view_event, t->ladder);
	view_finish(t->ladder);
}

static void refresh(struct top *t)
{
	/* A replay that is paused shows where it stands. */
	if (t->ui.paused && !t->ui.replay && t->frame.t)
		return;
	if (model_take(t->model, &t->frame))
		return;
	if (t->rows_fresh) {
		t->shown = !t->shown;
		t->rows_fresh = false;
	}
	draw_ladder(t);
}

static void draw(struct top *t)
{
	const struct scene scene = {
		.frame = &t->frame,
		.rows = &t->rows[t->shown],
		.now = model_now(t->model),
		.events = model_events(t->model),
		.slow_ns = t->limits.slow_ns,
		.stuck_ns = t->limits.stuck_ns,
		.boot_offset_ns = t->view.boot_offset_ns,
		.utc_offset_s = t->view.utc_offset_s,
		.ladder = t->ladder ? view_text(t->ladder) : NULL,
		.ladder_len = t->ladder ? view_pending(t->ladder) : 0,
		.replay = t->ui.replay ? &t->play.shown : NULL,
		.notice = screen_said(t->screen),
	};
	int rows, columns;

	screen_size(t->screen, &rows, &columns);
	if (grid_resize(&t->grid, rows, columns) ||
	    ui_arrange(&t->ui, &t->frame, &t->rows[t->shown]))
		return;
	draw_screen(&t->grid, &t->ui, &scene);
	screen_show(t->screen, &t->grid);
	t->dirty = false;
}

/* ---- keys ---- */

static void set_speed(struct top *t, double factor)
{
	double speed = t->play.shown.speed * factor;

	if (speed >= SPEED_LEAST && speed <= SPEED_MOST)
		t->play.shown.speed = speed;
}

static void ask_why(struct top *t)
{
	const struct model_listener *l = ui_selected(&t->ui);

	if (t->ui.screen != SCREEN_LISTENERS)
		l = frame_listener(&t->frame, t->ui.listener);
	if (!l)
		return;
	snprintf(t->ui.note, sizeof(t->ui.note), "%s",
		 looker_ask(t->live->looker, l->cookie, l->netns, l->port)
			 ? "looking at its program ..."
			 : "this kernel does not allow a look at programs");
}

static void obey(struct top *t, enum ui_ask ask)
{
	switch (ask) {
	case ASK_QUIT:
		t->quit = true;
		break;
	case ASK_SUSPEND:
		screen_suspend(t->screen);
		break;
	case ASK_REDRAW:
		screen_redraw(t->screen);
		break;
	case ASK_STEP:
		t->ui.paused = true;
		t->play.at += STEP_NS;
		break;
	case ASK_FASTER:
		set_speed(t, 2);
		break;
	case ASK_SLOWER:
		set_speed(t, 0.5);
		break;
	case ASK_WHY:
		ask_why(t);
		break;
	case ASK_RECORD:
		top_recorder_write(t->record, &t->live->info, clock_now_ns(), t->ui.note);
		break;
	case ASK_NOTHING:
		break;
	}
}

static void read_keys(struct top *t)
{
	unsigned int key;

	while (!t->quit && (key = screen_key(t->screen))) {
		obey(t, ui_key(&t->ui, key));
		t->dirty = true;
	}
}

/* What is due: keys at once, a frame four times a second. */
static void attend(struct top *t)
{
	uint64_t now = clock_now_ns();

	read_keys(t);
	if (now >= t->next_look)
		look(t, now);
	if (now >= t->next_frame || t->dirty) {
		if (now >= t->next_frame) /* a key moves the selection, and not the numbers */
			t->next_frame = now + FRAME_NS;
		refresh(t);
		draw(t);
	}
	t->quit |= screen_gone(t->screen) || t->place->stopped();
}

/* ---- a replay ---- */

static void advance(struct top *t)
{
	uint64_t now = clock_now_ns();

	if (!t->ui.paused)
		t->play.at += (uint64_t)((double)(now - t->play.clock) * t->play.shown.speed);
	t->play.clock = now;
}

/* Waits until the recording's next moment has come. */
static void keep_time(struct top *t)
{
	const struct timespec nap = {.tv_nsec = (long)NAP_NS};

	if (model_now(t->model) <= t->play.at)
		return;
	for (;;) {
		advance(t);
		attend(t);
		if (t->quit || model_now(t->model) <= t->play.at)
			return;
		nanosleep(&nap, NULL);
	}
}

static void at_end(void *ctx)
{
	const struct timespec nap = {.tv_nsec = (long)NAP_NS};
	struct top *t = ctx;

	t->play.shown.over = true;
	t->play.shown.end = model_now(t->model);
	while (!t->quit) {
		attend(t);
		nanosleep(&nap, NULL);
	}
}

/* ---- what the run calls ---- */

static int begin(void *ctx, struct stream *stream, struct live *live)
{
	struct top *t = ctx;
	char err[ERR_MAX];

	t->stream = stream;
	t->live = live;
	t->error = screen_start(t->screen, err, sizeof(err));
	if (t->error)
		run_complain("%s", err);
	return t->error;
}

/* Also called before the screen has been started: sockets are being listed then. */
static bool over(void *ctx)
{
	struct top *t = ctx;

	if (!t->stream)
		return false;
	if (t->live)
		attend(t);
	else
		keep_time(t);
	return t->quit;
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
	t->play.shown.speed = 1;
	t->record = t->ui.replay ? NULL : top_recorder_new();
	t->model = model_new();
	t->stories = stories_new(STORIES_BYTES, NULL, NULL);
	if (!t->model || !t->stories || (!t->record && !t->ui.replay) ||
	    grid_init(&t->grid, 24, 80, true)) {
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
					.begin = begin,
					.over = over,
					.record = on_record,
					.end = at_end,
					.needs =
						SANDBOX_TERMINAL | (t->record ? SANDBOX_CREATE : 0),
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
	return code;
}
