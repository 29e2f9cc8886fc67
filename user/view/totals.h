/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * totals.h - what a `summary` line says of the whole run, in sentences. The table and the ladder
 * end with them. Pure.
 */
#ifndef SOCKSTATE_VIEW_TOTALS_H
#define SOCKSTATE_VIEW_TOTALS_H

#include "event/event.h"

#define TOTALS_MAX 768 /* bytes of one sentence and NUL */

/* "3 connections · 2 accepted · 1 still in the queue"; returns false, and "", if nothing counted. */
bool totals_counts(char out[TOTALS_MAX], const struct event *e, bool utf8);
/* "refused: accept queue full 4"; false, and "", if nothing was refused. */
bool totals_refused(char out[TOTALS_MAX], const struct event *e, bool utf8);
/* "5 still in CLOSE_WAIT, the oldest for 3.2 s: nginx[4711] ..."; false, and "", if none is. */
bool totals_stuck(char out[TOTALS_MAX], const struct event *e, bool utf8);
/* "LOST 12 facts in all: the figures are not exact"; false, and "", if nothing was lost. */
bool totals_lost(char out[TOTALS_MAX], const struct event *e);

#endif
