// SPDX-License-Identifier: BSD-2-Clause
/*
 * top_replay.c - a recording as `sockstate top` plays it: its time, and the way to a moment of it.
 *
 * There is no way back but from the begin on: the tracker goes forward only. So a moment is reached
 * by reading the recording anew, without drawing it, up to there. Where its worst moments are is
 * known when it has been read to its end once.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "kernel/clock.h"
#include "run/top.h"

#define SPEED_LEAST 0.125
#define SPEED_MOST  64.0
#define STEP_NS	    NS_S

void top_play_init(struct playback *p, const char *path)
{
	struct stat st;
	int rc = path[0] == '-' && !path[1] ? fstat(0, &st) : stat(path, &st);

	p->can_rewind = !rc && S_ISREG(st.st_mode);
	p->shown.speed = 1;
	p->moment = -1;
}

static void set_pass(struct playback *p, enum play_pass pass)
{
	p->pass = pass;
	p->shown.searching = pass == PLAY_SEARCH;
	p->shown.going = pass == PLAY_GO;
}

/* ---- to a moment ---- */

static void go_to(struct top *t, uint64_t moment)
{
	struct playback *p = &t->play;

	p->shown.to = moment > p->shown.begin ? moment : p->shown.begin;
	p->again = true;
	set_pass(p, PLAY_GO);
}

static void go_to_worst(struct top *t)
{
	struct playback *p = &t->play;

	p->moment = moments_next(&p->moments, p->moment);
	if (p->moment < 0) {
		snprintf(t->ui.note, sizeof(t->ui.note),
			 "nobody waited or was refused in this recording");
		return;
	}
	go_to(t, p->moments.of[p->moment].t);
}

static void arrive(struct top *t)
{
	struct playback *p = &t->play;

	set_pass(p, PLAY_SHOW);
	p->at = p->shown.to;
	p->clock = clock_now_ns();
	t->ui.paused = true;
	t->next_look = t->next_frame = 0;
	if (p->moment < 0)
		return;
	moments_text(&p->moments, p->moment, t->ui.note, sizeof(t->ui.note));
	ui_go_to(&t->ui, p->moments.of[p->moment].listener);
}

static bool can_rewind(struct top *t)
{
	if (!t->play.can_rewind)
		snprintf(t->ui.note, sizeof(t->ui.note),
			 "it comes through a pipe: only a file can be played again");
	return t->play.can_rewind;
}

static void set_speed(struct top *t, double factor)
{
	double speed = t->play.shown.speed * factor;

	if (speed >= SPEED_LEAST && speed <= SPEED_MOST)
		t->play.shown.speed = speed;
}

void top_play_ask(struct top *t, enum ui_ask ask)
{
	struct playback *p = &t->play;
	const uint64_t now = model_now(t->model);

	if (p->pass != PLAY_SHOW)
		return;
	if (ask == ASK_FASTER || ask == ASK_SLOWER) {
		set_speed(t, ask == ASK_FASTER ? 2 : 0.5);
	} else if (ask == ASK_STEP) {
		t->ui.paused = true;
		p->at += STEP_NS;
	} else if (!can_rewind(t)) {
		return;
	} else if (ask == ASK_BACK) {
		p->moment = -1;
		go_to(t, now > STEP_NS ? now - STEP_NS : 0);
	} else if (p->all_seen) {
		go_to_worst(t);
	} else {
		p->again = true;
		set_pass(p, PLAY_SEARCH);
	}
}

/* ---- its time ---- */

void top_play_begin(struct top *t)
{
	struct playback *p = &t->play;

	p->again = p->begun = p->shown.over = false;
	if (!p->all_seen)
		p->moments = (struct moments){0};
}

void top_play_record(struct top *t, const struct fact_hdr *fact)
{
	struct playback *p = &t->play;

	if (p->begun)
		return;
	p->begun = true;
	p->shown.begin = p->at = fact->t;
	p->clock = clock_now_ns();
}

bool top_play_due(struct top *t)
{
	struct playback *p = &t->play;
	uint64_t now;

	if (p->pass == PLAY_GO && !p->again && model_now(t->model) >= p->shown.to)
		arrive(t);
	if (p->pass != PLAY_SHOW || p->again || model_now(t->model) <= p->at)
		return true;
	now = clock_now_ns();
	if (!t->ui.paused)
		p->at += (uint64_t)((double)(now - p->clock) * p->shown.speed);
	p->clock = now;
	return false;
}

void top_play_over(struct top *t)
{
	struct playback *p = &t->play;

	p->all_seen = true;
	p->shown.end = model_now(t->model);
	if (p->pass == PLAY_SEARCH) {
		set_pass(p, PLAY_SHOW); /* at its end, where there is no such moment */
		go_to_worst(t);
	} else if (p->pass == PLAY_GO) {
		arrive(t);
	}
	p->shown.over = !p->again;
}
