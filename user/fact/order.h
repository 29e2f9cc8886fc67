/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * order.h - facts into the order of their stamps. Pure.
 *
 * What the rings tell is in order (rings.h), but not beside the rows of the kernel's tables, nor in
 * recordings of older versions. Facts are copied in, held back until a tick, and come out sorted by
 * (t, arrival). The order is nearly right already, so insertion from the end is cheap.
 */
#ifndef SOCKSTATE_ORDER_H
#define SOCKSTATE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"

struct order;

/*
 * capacity: how many facts may wait; beyond it the oldest are released early. NULL when out of
 * memory.
 */
struct order *order_new(size_t capacity);
void order_free(struct order *o);
/* Copies the fact in. If the place is full, full() is called first with the oldest fact. */
void order_push(struct order *o, const struct fact_hdr *fact,
		void (*full)(void *ctx, const struct fact_hdr *fact), void *ctx);
/* Hands out, in order, every fact with t <= until. */
void order_release(struct order *o, uint64_t until,
		   void (*fn)(void *ctx, const struct fact_hdr *fact), void *ctx);
size_t order_waiting(const struct order *o);

#endif
