/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * select.h - which lines are let through to the view, before any text is made of them: a predicate
 * on events. The tracker makes every line and knows none of these options. Pure.
 */
#ifndef SOCKSTATE_STREAM_SELECT_H
#define SOCKSTATE_STREAM_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "event/filter.h"

/* All 0: every line passes. A threshold that is 0 is none. */
struct selection {
	enum filter_side side;
	bool count_time_wait; /* sockets that were in TIME_WAIT before are not let through */
	uint32_t only;	      /* bits 1 << enum event_type; 0: all types */
	/* of a connection's lines, those with such a wait for accept() or life, or longer */
	uint64_t min_wait_ns, min_age_ns;
	uint64_t sample; /* one connection in so many, by cookie; 0 and 1: all */
};

/*
 * The lines `meta`, `lost` and `summary` always pass: they say what the others are worth.
 * Transitions of --raw pass on either side.
 */
bool select_passes(const struct selection *s, const struct event *e);
/* A socket that was in TIME_WAIT before the tracer, which is counted and not let through. */
bool select_only_counts(const struct selection *s, const struct event *e);
/*
 * Bits 1 << enum event_type: lines that do not pass, and that nobody else in the stream learns
 * from either. The tracker need not make them.
 */
uint32_t select_unwanted(const struct selection *s);
/* What -o summary prints: listeners, the summary, and what makes them doubtful. */
bool select_is_brief(const struct event *e);
/* Whether --count counts it: state and accept lines. */
bool select_counts(const struct event *e);

#endif
