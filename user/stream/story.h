/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story.h - the events of sockets, kept as compact copies until somebody wants to read them: the
 * story of each socket, from its first event on. Bounded memory. Pure.
 *
 * A copy holds the fields that are present and nothing else, some 70 bytes where struct event has a
 * thousand. A story is found by the cookie, or, as long as that is not known, by the ends.
 *
 *	struct story *story = stories_of(stories, e);	or stories_begin(stories, e)
 *	story_add(stories, story, e);
 *	...
 *	stories_print(stories, cookies, 3, print, ctx);
 */
#ifndef SOCKSTATE_STREAM_STORY_H
#define SOCKSTATE_STREAM_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct stories;

struct story {
	uint64_t id;	 /* of this story alone, from 1 on */
	uint64_t cookie; /* 0: not known */
	/* Hashes of the ends as this socket sees them, and as its peer does; 0: not known. */
	uint64_t ends, mirror;
	uint64_t isns;	    /* client's and server's initial sequence number; 0: not known */
	uint64_t t_first;   /* ns: of the first event */
	uint64_t t_latest;  /* ns: of the latest event */
	uint32_t netns;	    /* 0: not known */
	struct story *peer; /* the other end, where that is a socket of this machine; or NULL */

	uint8_t *bytes; /* the copies, one behind the other */
	uint32_t len, size;
	struct story *next_cookie, *next_ends; /* in the tables */
	struct story *older, *newer;	       /* by the latest event */

	/* For the user of the store. */
	bool socket;		/* else so far a RST that no socket sent */
	bool told;		/* printed: what comes now is printed at once */
	bool over;		/* its end has been seen; kept for its peer */
	uint64_t waiting_since; /* ns: in the accept queue; 0: is not */
	struct story *wait_older, *wait_newer;
};

/* forget is called before a story is freed. NULL when out of memory. */
struct stories *stories_new(size_t max_bytes, void (*forget)(void *ctx, struct story *s),
			    void *ctx);
void stories_free(struct stories *ss);

/* The story that e goes on with; learns from e what was not known of the socket. NULL: none. */
struct story *stories_of(struct stories *ss, const struct event *e);
struct story *stories_by_cookie(struct stories *ss, uint64_t cookie);
/* A new one, without an event. May forget the one that rests longest. NULL when out of memory. */
struct story *stories_begin(struct stories *ss, const struct event *e);
/* Keeps a copy of e; without memory it is not kept. */
void story_add(struct stories *ss, struct story *s, const struct event *e);
/*
 * For a command that keeps every story until it ends: adds e to its story, or to a new one. NULL
 * where e is not about a connection, or when out of memory.
 */
struct story *stories_follow(struct stories *ss, const struct event *e);
/*
 * e has been added to s. If it is its last event, s and its other end are let go once both have
 * ended, unless one of them is wanted still.
 */
void stories_settle(struct stories *ss, struct story *s, const struct event *e,
		    bool (*wanted)(void *ctx, const struct story *s), void *ctx);
/* Every story that is kept, the one that rests longest first. */
void stories_each(const struct stories *ss, void (*fn)(void *ctx, const struct story *s),
		  void *ctx);
/* The copies of up to two stories (NULL: none) in the order of time; they stay. */
void story_print(const struct story *a, const struct story *b, event_fn print, void *ctx);
/* The same for these sockets and their other ends, one connection after the other. */
void stories_print(struct stories *ss, const uint64_t *cookies, size_t count, event_fn print,
		   void *ctx);
/* Lets go of the copies; the story itself stays. */
void story_empty(struct stories *ss, struct story *s);
void story_free(struct stories *ss, struct story *s);
/* The other end if it is known for sure to be one; NULL: none. */
struct story *story_peer(const struct story *s);
/* Of how many sockets the story has not been told. */
uint64_t stories_untold(const struct stories *ss);
/* How many were forgotten while they lived, to stay within the bound. */
uint64_t stories_forgotten(const struct stories *ss);

#endif
