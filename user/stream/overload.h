/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * overload.h - whether more facts come than the reader sustains, decided by evidence: facts that
 * the rings had no room for although the reader read without a pause. A run that loses nothing is
 * never overloaded. Pure: no clock, it is told of looks.
 *
 * Owns the decision alone. What is left out meanwhile is stream.h's.
 *
 *	struct overload o = {0};
 *	switch (overload_look(&o, &(struct overload_evidence){read, lost, percent})) ...
 */
#ifndef SOCKSTATE_STREAM_OVERLOAD_H
#define SOCKSTATE_STREAM_OVERLOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Since the look before: a tenth of a second, or for as long as the output was not read. */
struct overload_evidence {
	uint64_t read;		   /* facts, in a tenth of a second */
	uint64_t lost;		   /* facts that found a ring full */
	unsigned int left_percent; /* of the fullest ring, when the reader had read most of it */
};

enum overload_change { OVERLOAD_STAYS, OVERLOAD_BEGINS, OVERLOAD_ENDS };

/* All 0 to begin with. */
struct overload {
	bool on;
	unsigned int behind;	 /* a bit for each of the last looks at which it was behind */
	uint64_t sustained;	 /* facts that it read while it was behind, at most */
	unsigned int calm;	 /* looks in a row at which it would have sustained */
	unsigned int quiet;	 /* looks in a row at which nothing was lost, nor much left */
	unsigned int calm_wants; /* so many end it; more where it came back at once */
	unsigned int since;	 /* looks since it ended */
};

/* Whether it lost facts although it read without a pause. */
bool overload_is_behind(const struct overload_evidence *e);
/* At most ten times a second. */
enum overload_change overload_look(struct overload *o, const struct overload_evidence *e);

#endif
