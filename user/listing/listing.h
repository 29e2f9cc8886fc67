/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listing.h - selects and sorts the rows of one look: what needs attention comes first. Pure.
 *
 *	struct listing l = {0};
 *	listing_add(&l, &row);		for each
 *	listing_finish(&l, &wants);
 *	for (size_t i = 0; i < l.count; i++)
 *		show(&l.rows[i]);
 *	listing_clear(&l);		before the next look
 *	listing_free(&l);
 */
#ifndef SOCKSTATE_LISTING_H
#define SOCKSTATE_LISTING_H

#include <stddef.h>

#include "event/owner.h"
#include "listing/row.h"

struct listing_wants {
	uint32_t states;		  /* bits 1 << state; 0: all but TIME_WAIT */
	uint64_t min_wait_ns;		  /* only what waits for accept() so long */
	uint64_t min_idle_ns;		  /* only what has had no data for so long */
	const struct owner_filter *owner; /* NULL: whoever owns it */
};

struct listing {
	struct listing_row *rows;
	size_t count, room;
	/*
	 * By state, of all rows that were added, also of states that are not wanted; but after
	 * listing_finish() only of those of the wanted owner, wait and idleness, where such is
	 * asked for: nobody is to take the others for them.
	 */
	size_t by_state[LISTING_STATES];
	bool many_netns; /* the rows are of several network namespaces */
};

/* 0 or -ENOMEM. */
int listing_add(struct listing *l, const struct listing_row *row);
/*
 * Gives a queued connection and a request the queues and the owner of its listener, then drops what
 * is not wanted and sorts: queued connections, the longest wait first; CLOSE_WAIT, the longest
 * first; connections whose data has been lying for a while, unread or not acknowledged; the others,
 * the longest without data first; listeners; TIME_WAIT.
 */
void listing_finish(struct listing *l, const struct listing_wants *wants);
/* The memory stays. */
void listing_clear(struct listing *l);
void listing_free(struct listing *l);

#endif
