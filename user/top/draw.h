/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * draw.h - the screens of the full-screen view, drawn into a grid. Pure: the same scene gives the
 * same cells.
 */
#ifndef SOCKSTATE_TOP_DRAW_H
#define SOCKSTATE_TOP_DRAW_H

#include "listing/listing.h"
#include "top/grid.h"
#include "top/model.h"
#include "top/ui.h"

/* Below this size the view says that it needs more room. */
#define SCREEN_ROWS_LEAST    10
#define SCREEN_COLUMNS_LEAST 40

struct scene_replay {
	uint64_t begin, end; /* ns, of the recording; end 0: not known yet */
	double speed;
	bool over; /* it has been played to its end */
	/* What is shown stands still: it is read to its end, or from its begin to `to`. */
	bool searching, going;
	uint64_t to;
};

/* Where events come faster than they can be read: what is known of them all. */
struct scene_counts {
	uint64_t offered; /* events in a second */
	bool too_many;	  /* to be read again soon */
	bool back; /* they are read again, and the counters are shown until that is complete */
};

struct scene {
	const struct frame *frame;
	struct scene_counts counts; /* with frame->counts_only */
	const struct listing *rows; /* of the latest look */
	uint64_t now;		    /* ns: the clock of the latest frame, also while it is paused */
	uint64_t events;	    /* that have come, also while it is paused */
	uint64_t slow_ns, stuck_ns; /* waits from here on are yellow, red */
	int64_t boot_offset_ns;
	int32_t utc_offset_s;
	/* The ladder of the selected connection; NULL: nothing of it was kept. */
	const char *ladder;
	size_t ladder_len;
	const struct scene_replay *replay; /* NULL: live */
	const char *notice;		   /* what the run has to say; "": nothing */
};

/* ui: how far it is scrolled is kept in it. ui_arrange() has been called. */
void draw_screen(struct grid *g, struct ui *ui, const struct scene *scene);

#endif
