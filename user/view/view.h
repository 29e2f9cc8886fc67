/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * view.h - a view prints events and decides nothing. Table, ladder and JSON each implement this.
 *
 * Text is collected in an output buffer and written once per batch (view_flush). A view never reads
 * a clock, an environment or a terminal: what it needs is in the options.
 */
#ifndef SOCKSTATE_VIEW_H
#define SOCKSTATE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

struct view_options {
	int fd;			/* where the text goes */
	bool color;		/* SGR colours */
	bool wide;		/* room for IPv6 addresses */
	bool header;		/* the table's heading */
	bool utf8;		/* arrows and box lines; else ASCII */
	bool terminal;		/* the output is a terminal: text can be overwritten */
	uint64_t slow_ns;	/* waits for accept() from here on are yellow; 0: none */
	uint64_t stuck_ns;	/* and from here on red; 0: none */
	int columns;		/* how wide a line may be; 0: unlimited */
	int rows;		/* the height of the terminal; 0: not known */
	int64_t boot_offset_ns; /* wall clock = t + this */
	int32_t utc_offset_s;	/* of the table's clock; JSON is always UTC */
	/* JSON: "KEY=VALUE" each, on every line; borrowed by view_json_new() alone */
	const char *const *labels;
	unsigned int label_count;
};

struct view;
struct view_ops {
	void (*event)(struct view *v, const struct event *e);
	void (*tick)(struct view *v, uint64_t t);
	void (*resize)(struct view *v, int columns, int rows);
	void (*finish)(struct view *v); /* the stream has ended: print what is held back */
	void (*free)(struct view *v);
};

/* NULL when out of memory. */
struct view *view_json_new(const struct view_options *options);
struct view *view_table_new(const struct view_options *options);
struct view *view_ladder_new(const struct view_options *options);
struct view *view_summary_new(const struct view_options *options);
/* Prints nothing: each event is handed to watch. */
struct view *view_watch_new(const struct view_options *options, event_fn watch, void *ctx);

void view_event(struct view *v, const struct event *e);
/* Every event before t, CLOCK_MONOTONIC ns, has been handed over. */
void view_tick(struct view *v, uint64_t t);
/* The terminal has another size. */
void view_resize(struct view *v, int columns, int rows);
void view_finish(struct view *v);
/*
 * Writes the collected text. Returns 0 or a negative errno (-EPIPE: the reader has closed its end).
 * After an error every later call returns the same error.
 */
int view_flush(struct view *v);
/* Bytes waiting for view_flush. */
uint64_t view_pending(const struct view *v);
/* They themselves, until the next event. */
const char *view_text(const struct view *v);
void view_free(struct view *v);

#endif
