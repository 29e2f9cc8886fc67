/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diagnosis.h - from two looks at a listener to a name and a sentence. Pure.
 *
 * Evidence, not likelihood: a duration is told where both looks agree; which of several threads
 * should accept is told where something shows it, and else said to be unknown.
 *
 *	struct why_report *r = malloc(sizeof(*r));
 *	diagnose(r, before, now, &now->listeners.at[i], NULL);
 */
#ifndef SOCKSTATE_WHY_DIAGNOSIS_H
#define SOCKSTATE_WHY_DIAGNOSIS_H

#include "event/why_report.h"
#include "why/look.h"

/* What a tracer has seen of a listener. 0: not known, or nothing. */
struct why_history {
	uint32_t listened_pid;		     /* who called listen() */
	uint32_t acceptor_pid, acceptor_tid; /* who accepted last */
	uint64_t accepts;
	enum verdict trouble; /* the last verdict that was not VERDICT_OK */
	uint64_t trouble_t;   /* ns, CLOCK_MONOTONIC, when it was given */
};

/* before NULL: there was one look only. history NULL: nothing was traced. */
void diagnose(struct why_report *out, const struct look *before, const struct look *now,
	      const struct why_listener *listener, const struct why_history *history);

#endif
