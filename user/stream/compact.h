/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compact.h - an event as few bytes: its stamp, its type, and the fields that are present. Numbers
 * take as many bytes as they need. Pure.
 *
 * Fields that point to a list (filter, argv, facts, listeners and the like) are left out: they do
 * not stand on lines of connections.
 */
#ifndef SOCKSTATE_STREAM_COMPACT_H
#define SOCKSTATE_STREAM_COMPACT_H

#include <stdint.h>

#include "event/event.h"
#include "event/tcp.h"

/* Room that no event exceeds: what would, loses its last texts. */
#define COMPACT_MAX 2048

/* What an expanded event points to besides its own bytes. */
struct compact_room {
	uint64_t states[2][TCP_STATE_COUNT];
};

/* Writes at most COMPACT_MAX bytes; returns how many. */
uint32_t compact_event(uint8_t *to, const struct event *e);
/*
 * Makes an event of bytes that compact_event() wrote; returns how many it read. The event points
 * into both the bytes and the room.
 */
uint32_t compact_expand(const uint8_t *from, struct event *e, struct compact_room *room);

#endif
