/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notes.h - the lines between two ladders: who listens, how a listener does, what its program does
 * instead of accept(), which connections are not drawn yet. For ladder.c.
 */
#ifndef SOCKSTATE_LADDER_NOTES_H
#define SOCKSTATE_LADDER_NOTES_H

#include "view/ladder/match.h"

/* A listener: listen(), or one that was there before. */
void ladder_note_listens(struct ladder_view *v, const struct event *e);
/* A verdict that is another one than before. */
void ladder_note_verdict(struct ladder_view *v, const struct event *e);
void ladder_note_why(struct ladder_view *v, const struct event *e);
void ladder_note_lost(struct ladder_view *v, const struct event *e);
void ladder_note_verify(struct ladder_view *v, const struct event *e);
/*
 * The connections that are open and not drawn, if their number has changed, or whether any of them
 * waits for accept(). now: CLOCK_MONOTONIC ns.
 */
void ladder_note_undrawn(struct ladder_view *v, uint64_t now);
/* What was seen in the whole run: kept from its event, printed below the last ladder. */
void ladder_keep_totals(struct ladder_view *v, const struct event *e);
void ladder_note_totals(struct ladder_view *v);

#endif
