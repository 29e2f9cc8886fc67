// SPDX-License-Identifier: BSD-2-Clause
/*
 * top_screen.c - `sockstate top`: what its screen is drawn from, four times a second, and what its
 * keys ask for.
 */
#include <stdio.h>
#include <time.h>

#include "kernel/clock.h"
#include "run/top.h"

#define FRAME_NS  (250 * NS_MS)
#define LOOK_NS	  NS_S /* between two looks at the open connections */
#define LOOK_COST 20   /* a look takes this part of the time at most */

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

/* Between two rows of a look: the rings must not fill meanwhile. */
static void meanwhile(void *ctx)
{
	struct top *t = ctx;
	uint64_t took = cpu_ns();

	live_drain(t->live, 0);
	t->drained_ns += cpu_ns() - took;
}

/* A look of this run; now and then it also begins a part of what `w` writes. */
static int look_live(struct top *t, struct listing *rows, uint64_t now)
{
	struct recent *recent = top_recorder_recent(t->record);
	bool due = recent_look_due(recent, now);
	int rc;

	if (due)
		recent_look_begin(recent, t->live->last_tick);
	/* While events are counted, the tracker does not know who has died. */
	rc = top_rows_look(t->looks, t->counting ? NULL : stream_tracker(t->stream), rows,
			   due ? recent : NULL, meanwhile, t);
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

	t->drained_ns = 0;
	rc = t->looks ? look_live(t, rows, now)
		      : top_rows_of_tracker(stream_tracker(t->stream), &t->options->owner.filter,
					    model_now(t->model), rows);
	took = cpu_ns() - took - t->drained_ns;
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
		.counts = top_counts_shown(t->counts),
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
	case ASK_BACK:
	case ASK_WORST:
	case ASK_FASTER:
	case ASK_SLOWER:
		top_play_ask(t, ask);
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
		/* A key is about what the keys before it leave, which may not have been drawn. */
		if (t->dirty && ui_arrange(&t->ui, &t->frame, &t->rows[t->shown]))
			return;
		obey(t, ui_key(&t->ui, key));
		t->dirty = true;
	}
}

void top_attend_keys(struct top *t)
{
	uint64_t now = clock_now_ns();

	read_keys(t);
	if (now >= t->next_frame || t->dirty) {
		t->next_frame = now + FRAME_NS;
		draw(t);
	}
	t->quit |= screen_gone(t->screen) || t->place->stopped();
}

void top_attend(struct top *t)
{
	uint64_t now = clock_now_ns();

	read_keys(t);
	if (t->play.again)
		return; /* what is shown is of before */
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
