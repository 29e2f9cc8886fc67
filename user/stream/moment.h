/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * moment.h - when the last minute is worth keeping (export --story): something bad has happened at
 * a listener, and what followed has been seen too. Pure.
 *
 * Bad is a verdict other than ok, a refusal, a failed accept(), a connection that was never
 * accepted, and one that waited long. While it goes on, each keeping begins where the one before
 * ends.
 */
#ifndef SOCKSTATE_STREAM_MOMENT_H
#define SOCKSTATE_STREAM_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"
#include "event/event.h"
#include "fact/recent.h"

/* What happens for so long afterwards is kept with it. */
#define MOMENT_AFTER_NS (10 * NS_S)
/* What is kept reaches back RECENT_NS: less, so that nothing falls between two. */
#define MOMENT_EVERY_NS (RECENT_NS - 10 * NS_S)

/* Zeroed: nothing has happened. */
struct bad_moment {
	uint64_t slow_ns; /* a wait for accept() from which on it is long */
	uint64_t due;	  /* ns; 0: nothing is to be kept */
	uint64_t kept;	  /* ns, when it was done last; 0: never */
};

/* now: ns */
void bad_moment_event(struct bad_moment *m, const struct event *e, uint64_t now);
/* True: keep it now. */
bool bad_moment_due(struct bad_moment *m, uint64_t now);
/* The run ends: whether something is still to be kept. */
bool bad_moment_left(const struct bad_moment *m);

#endif
