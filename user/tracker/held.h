/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * held.h - facts that wait behind a child whose enqueue is about to come (open.c), so that lines
 * keep the order of time. Pure.
 */
#ifndef SOCKSTATE_HELD_H
#define SOCKSTATE_HELD_H

#include <stdbool.h>

#include "fact.h"

/* In the 2 ms that one child may wait, some 100 CPUs at 1,000 facts a second each. */
#define HELD_MAX 256

struct held;

struct held *held_new(void); /* NULL when out of memory */
void held_free(struct held *held);
unsigned int held_count(const struct held *held);
/* Copies the fact, as the last. False: no room, or out of memory. */
bool held_add(struct held *held, const struct fact_hdr *fact);
/* i: 0 is the oldest. Valid until it is taken. NULL: it was taken by held_take(). */
const struct fact_hdr *held_at(const struct held *held, unsigned int i);
/* Frees a fact; the others keep their numbers. */
void held_take(struct held *held, unsigned int i);
/* Frees the oldest, and those that were taken behind it. */
void held_next(struct held *held);

#endif
