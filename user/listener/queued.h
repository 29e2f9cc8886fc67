/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queued.h - since when the oldest connection of an accept queue waits, from the kernel side's
 * table of connections that wait. Pure.
 *
 * accept() takes the oldest first. So an entry that has stayed behind, because its accept() was not
 * seen, is older than all that wait: of a queue of n the n newest entries are the real ones.
 */
#ifndef SOCKSTATE_LISTENER_QUEUED_H
#define SOCKSTATE_LISTENER_QUEUED_H

#include <stddef.h>
#include <stdint.h>

struct queued_wait {
	uint64_t cookie; /* of the listener */
	uint64_t t;	 /* ns, when the wait began */
};

/* Sorts them for queued_since(). */
void queued_sort(struct queued_wait *list, size_t count);
/*
 * ns: when the oldest of the n connections in the listener's queue began to wait; 0: not known, or
 * the queue is empty.
 */
uint64_t queued_since(const struct queued_wait *list, size_t count, uint64_t cookie, uint32_t n);

#endif
