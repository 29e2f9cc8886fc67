/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.h - a connection's way from state to state, and its close line.
 */
#ifndef SOCKSTATE_STATE_H
#define SOCKSTATE_STATE_H

#include "tracker/impl.h"

/*
 * Makes a transition of c and begins its line. The caller adds what this transition knows, then
 * calls line_emit(). A gap or an illegal transition is reported on a line of its own, before it.
 */
struct event *state_enter(struct tracker *t, struct conn *c, uint64_t at, unsigned int old_state,
			  unsigned int new_state);

/* A `verify` line: what the tracker had (from) is not what the kernel has (to). */
void state_differs(struct tracker *t, uint64_t at, const struct conn *c, const char *what,
		   unsigned int from, unsigned int to);

/* A `verify` line: the kernel has c, which no fact told of. */
void state_not_seen_to_begin(struct tracker *t, uint64_t at, const struct conn *c);

/* Why c is in CLOSE; CAUSE_NONE: not known, or by FINs. */
enum cause state_cause(const struct conn *c);
/*
 * Emits the close line of c, stamped `at`. c ended at `ended` (0: it has not, the stream ends
 * first). c is gone afterwards.
 */
void state_end(struct tracker *t, struct conn *c, uint64_t at, uint64_t ended);

#endif
