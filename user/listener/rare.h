/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rare.h - counts of what happens rarely at a listener (enum summary_rare_kind): errors of
 * accept(), resets, SYN cookies, connections that were never accepted. Pure.
 */
#ifndef SOCKSTATE_LISTENER_RARE_H
#define SOCKSTATE_LISTENER_RARE_H

#include <stddef.h>
#include <stdint.h>

#include "summary.h"

/* An entry of the kernel side's map. */
struct rare_reading {
	struct summary_rare key;
	uint64_t count;
};

/* Sorts them by listener, for rare_of(). */
void rare_sort(struct rare_reading *list, size_t count);

/* There are some 25 reasons for a RST, and accept() has some 15 errors. */
#define RARE_MAX 56

/* Of one listener, or of several. Zeroed: none. */
struct rare_counts {
	size_t used;
	struct rare_count {
		uint32_t kind, number;
		uint64_t count;
	} at[RARE_MAX];
};

/* What is beyond RARE_MAX is left out. */
void rare_add(struct rare_counts *r, uint32_t kind, uint32_t number, uint64_t count);
void rare_merge(struct rare_counts *sum, const struct rare_counts *one);
uint64_t rare_get(const struct rare_counts *r, uint32_t kind, uint32_t number);
/* Those of the listener. list: sorted. */
void rare_of(struct rare_counts *out, const struct rare_reading *list, size_t count,
	     uint64_t cookie);

#endif
