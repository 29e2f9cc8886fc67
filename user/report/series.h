/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * series.h - what happened at a listener over time, in a bounded number of intervals of equal
 * length. When they do not suffice, each two are joined and the length doubles. Pure.
 *
 * A queue has the length that was seen last until another one is seen. An interval keeps its
 * longest, so that a short peak stays visible however coarse the intervals become.
 */
#ifndef SOCKSTATE_REPORT_SERIES_H
#define SOCKSTATE_REPORT_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#define SERIES_BINS 480

struct series_bin {
	bool queue_known;
	uint16_t verdicts;    /* bits 1 << enum verdict: those that held in the interval */
	uint32_t queue, syns; /* the longest accept queue and SYN queue */
	uint32_t limit;	      /* how many the accept queue holds; 0: not known */
	uint32_t completed, accepts, refused;
};

struct series {
	uint64_t t0;	   /* ns: where the first interval begins */
	uint64_t width;	   /* ns: of an interval */
	unsigned int used; /* intervals */
	struct series_bin now;
	struct series_bin bin[SERIES_BINS];
};

void series_init(struct series *s, uint64_t t0);
/* The interval of t; those before it go on with what is known. t before t0 counts as t0. */
struct series_bin *series_at(struct series *s, uint64_t t);
/* What was seen at t holds from then on. */
void series_queue(struct series *s, uint64_t t, uint32_t length);
void series_syns(struct series *s, uint64_t t, uint32_t length);
void series_limit(struct series *s, uint64_t t, uint32_t limit);
void series_verdict(struct series *s, uint64_t t, unsigned int verdict);

#endif
