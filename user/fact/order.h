/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.h - sorts facts by their time. Pure.
 *
 * The facts of the rings come in order (rings.h). Beside them come the rows of the kernel's tables,
 * which do not, and recordings of older versions are not in order either. A fact is copied in,
 * waits until a tick, and comes out in the order of (t, arrival). Since the order is nearly right
 * already, inserting from the end is cheap.
 */
#ifndef SOCKSTATE_ORDER_H
#define SOCKSTATE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"

struct order;

/*
 * capacity: facts that can wait. If there are more, the oldest is released early. Returns NULL when
 * out of memory.
 */
struct order *order_new(size_t capacity);
void order_free(struct order *o);
/* Copies the fact. If there is no place, calls full() with the oldest fact first. */
void order_push(struct order *o, const struct fact_hdr *fact,
		void (*full)(void *ctx, const struct fact_hdr *fact), void *ctx);
/* Calls fn for every fact with t <= until, in order. */
void order_release(struct order *o, uint64_t until,
		   void (*fn)(void *ctx, const struct fact_hdr *fact), void *ctx);
size_t order_waiting(const struct order *o);

#endif
