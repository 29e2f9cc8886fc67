/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notable.h - --notable: a connection is printed only once it turns out to be worth it, and then
 * with its whole story. Bounded memory. Pure.
 *
 * Worth it is a connection that waited long for accept() or still does, was refused, took itself
 * for connected while it was not, was reset while queued, was never accepted, needed a SYN or
 * SYN-ACK twice, had a long handshake, or ended in an error. A RST after accept() is none of these:
 * many programs close so.
 *
 * Where both ends are sockets of this machine the story is that of both. What comes after a story
 * was printed is printed at once.
 */
#ifndef SOCKSTATE_STREAM_NOTABLE_H
#define SOCKSTATE_STREAM_NOTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct notable_config {
	uint64_t slow_ns;	    /* a wait for accept() from which on it is long */
	uint64_t slow_handshake_ns; /* the same for handshake and connect() */
	bool accepts_seen;	    /* else a connection that stays queued proves nothing */
	size_t max_bytes;	    /* of stories */
	bool whole;		    /* of what did not begin here nothing is printed */
};

/* What was seen and not printed: sockets, each end of a connection is one. */
struct notable_counts {
	uint64_t unprinted;
	uint64_t forgotten; /* those of them that were let go while they lived, for want of room */
	uint64_t printed;   /* sockets whose story was printed */
};

struct notable;

/* The first line of a connection: of what has no story any more the begin is not known. */
bool notable_is_begin(const struct event *e);

/* Lines of no connection go to print at once. NULL when out of memory. */
struct notable *notable_new(const struct notable_config *config, event_fn print, void *ctx);
void notable_free(struct notable *n);
void notable_event(struct notable *n, const struct event *e);
/* It is now (ns): prints those that have waited too long for accept(). */
void notable_tick(struct notable *n, uint64_t now);
struct notable_counts notable_counts(const struct notable *n);
/* The second of them alone, which costs nothing. */
uint64_t notable_forgotten(const struct notable *n);

#endif
