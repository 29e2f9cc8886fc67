/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parts.h - what several screens are made of: bars, histories, titles, tables of connections. For
 * the files that draw.
 */
#ifndef SOCKSTATE_TOP_PARTS_H
#define SOCKSTATE_TOP_PARTS_H

#include "top/draw.h"

#define PART_TEXT 256

/* The accept queue against its limit: filled, the peak marked, red where it is full. */
void part_bar(struct grid *g, int y, int x, int end, const struct model_listener *l);
/* "3/128" with the colour that it deserves. */
void part_queue(struct grid *g, int y, int x, int end, const struct model_listener *l);

enum history {
	HISTORY_PEAK,
	HISTORY_ARRIVALS,
	HISTORY_ACCEPTS,
	HISTORY_REFUSED,
};
/* A column each second, the latest complete one at the right; scaled to the highest. */
void part_history(struct grid *g, int y, int x, int end, const struct model_listener *l,
		  enum history what);
/*
 * The depth of the accept queue over time in `rows` rows: the top is the limit, or the highest if
 * that is more. Refusals are marked below it, in one more row.
 */
void part_depth(struct grid *g, int y, int rows, int x, int end, const struct model_listener *l);

/* A rule with a title in it, and one at its right. */
void part_title(struct grid *g, int y, const char *title, const char *right);

/* Text of a listener. text has PART_TEXT bytes. */
void part_address(char *text, const struct model_listener *l);
void part_owner(char *text, const struct grid *g, uint32_t pid, const char *comm);
void part_duration(char *text, const struct grid *g, uint64_t ns);
/* What is wrong and what to do, or what a look at the program showed. */
void part_sentence(char *text, size_t size, const struct grid *g, const struct model_listener *l);
unsigned int part_look_of_wait(const struct scene *scene, uint64_t ns);
/*
 * "waits p50 52 µs p99 1.20 ms max 1.30 ms"; of the figures those at the end that fit, of which
 * none is cut. Returns the column after it.
 */
int part_quantiles(struct grid *g, int y, int x, const struct scene *scene, const char *name,
		   const struct quantiles *q);
/* The waits of the last seconds, and of all. Returns the column after them. */
int part_waits(struct grid *g, int y, int x, const struct model_listener *l,
	       const struct scene *scene);
unsigned int part_look_of_verdict(const struct model_listener *l);
const char *part_verdict(const struct model_listener *l);

/* Connections as `sockstate list` shows them, within `rows` rows with the heading. */
void part_rows(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene);

#endif
