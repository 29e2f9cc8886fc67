/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sink.h - takes the rows of a ladder in place of text in 80 columns: for drawings of another kind.
 * The ladder decides what the rows are; a sink decides how they look.
 */
#ifndef SOCKSTATE_LADDER_SINK_H
#define SOCKSTATE_LADDER_SINK_H

#include "view/view.h"

enum stroke {
	TO_SERVER,
	TO_CLIENT,
	REFUSED,   /* an arrow to the server that ends in a cross */
	AT_CLIENT, /* words beside that end's line */
	AT_SERVER,
};

/* How a state is set apart. */
enum ladder_tone { TONE_PLAIN, TONE_OPENING, TONE_ESTABLISHED, TONE_REFUSED, TONE_CLOSING };

struct ladder_line {
	const char *time;		  /* seconds since the first row, right aligned; "": none */
	const char *left, *words, *right; /* states of client and server or "" */
	enum stroke stroke;
	enum ladder_tone left_tone, right_tone;
};

/* All text is clean UTF-8 and borrowed. */
struct ladder_sink {
	/* Who is at each end. At the begin, and at the end with more known. */
	void (*head)(void *ctx, const char *client, const char *server);
	void (*row)(void *ctx, const struct ladder_line *line);
	void *ctx;
};

/* A ladder view whose rows go to the sink, which is copied. NULL when out of memory. */
struct view *view_ladder_to(const struct view_options *options, const struct ladder_sink *sink);

#endif
