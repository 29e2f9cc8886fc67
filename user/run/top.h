/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top.h - the run of `sockstate top`, shared by the files that make it up: top.c (from opening to
 * the end, and where events go), top_screen.c (frames and keys) and top_replay.c (a recording as it
 * is played). top_counts.h and top_rows.h know nothing of it.
 */
#ifndef SOCKSTATE_RUN_TOP_H
#define SOCKSTATE_RUN_TOP_H

#include "base/units.h"
#include "run/live.h"
#include "run/run.h"
#include "run/screen.h"
#include "run/top_counts.h"
#include "run/top_record.h"
#include "run/top_rows.h"
#include "stream/story.h"
#include "top/draw.h"
#include "top/moments.h"

/* Why the recording is read. */
enum play_pass {
	PLAY_SHOW,
	PLAY_SEARCH, /* for its worst moments, to its end */
	PLAY_GO,     /* to a moment */
};

/* A recording as it is played. */
struct playback {
	struct scene_replay shown;
	uint64_t at;	/* ns, of the recording: what is older may be shown */
	uint64_t clock; /* ns, CLOCK_MONOTONIC: when `at` was moved last */
	bool begun;
	bool can_rewind; /* it is a file */
	bool again;	 /* it is to be read from its begin on */
	enum play_pass pass;
	struct moments moments;
	bool all_seen; /* the moments are those of all of it */
	int moment;    /* that is shown, or gone to; -1: none */
};

struct top {
	const struct top_options *options;
	const struct run_place *place;
	struct model *model;
	struct stories *stories;
	struct top_rows *looks;	     /* NULL: a replay */
	struct top_recorder *record; /* NULL: a replay */
	struct stream *stream;
	struct live *live;	   /* NULL: a replay */
	struct top_counts *counts; /* NULL: a replay, or the kernel refuses them */
	bool counting;		   /* they are what is shown */
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
	uint64_t next_frame, next_look;
	uint64_t drained_ns;  /* CPU time of the look that is under way that is not its own */
	unsigned int records; /* of a replay that is not shown */
	struct playback play;
	bool quit, dirty;
	int error;
};

/* ---- top.c ---- */

/* Forgets all that events have told. -ENOMEM; then nothing of it is left. */
int top_forget(struct top *t);

/* ---- top_screen.c ---- */

/* What is due: keys at once, a frame four times a second. */
void top_attend(struct top *t);
/* The same while what is shown stands still. */
void top_attend_keys(struct top *t);

/* ---- top_replay.c ---- */

void top_play_init(struct playback *p, const char *path);
/* It is read from its begin on; the stream is new. */
void top_play_begin(struct top *t);
void top_play_record(struct top *t, const struct fact_hdr *fact);
/* Whether the next record may be taken; its time goes on. */
bool top_play_due(struct top *t);
/* It has been read to its end. */
void top_play_over(struct top *t);
void top_play_ask(struct top *t, enum ui_ask ask);

#endif
