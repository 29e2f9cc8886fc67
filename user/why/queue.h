/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue.h - what happened to an accept queue between two looks. The kernel counts no accepts of a
 * listener; but the queue is first in, first out, and its members have addresses. Pure.
 */
#ifndef SOCKSTATE_WHY_QUEUE_H
#define SOCKSTATE_WHY_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "why.h"

struct queue_change {
	bool stands;	    /* the same connection is the oldest in both looks */
	bool at_least;	    /* accepts: it may be more */
	uint64_t accepts;   /* connections that left the queue between the looks */
	bool oldest_known;  /* oldest_ns */
	uint64_t oldest_ns; /* the age of the oldest; the kernel's clock ticks every 1 to 10 ms */
};

/* was: NULL where there is no first look. */
void queue_compare(struct queue_change *out, const struct why_listener *was,
		   const struct why_listener *is);

#endif
