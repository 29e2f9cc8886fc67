/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * places.h - where the processes run that hold listeners, put together from facts. Bounded: of two
 * processes for which there is one place here the later one is known. Pure.
 */
#ifndef SOCKSTATE_PLACES_H
#define SOCKSTATE_PLACES_H

#include <stdint.h>

#include "event/event.h"
#include "fact.h"

struct places;

/* NULL when out of memory. */
struct places *places_new(void);
void places_free(struct places *p);
/* A part of a place: the process is where it was known to be until all parts have come. */
void places_learn(struct places *p, const struct fact_place *part);
/* Adds where pid runs to a line, if it is known. The line borrows until the next places_learn(). */
void places_put(const struct places *p, uint32_t pid, struct event *e);

#endif
