/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * match.h - finds the ladder of an event. For the files of the ladder alone.
 */
#ifndef SOCKSTATE_LADDER_MATCH_H
#define SOCKSTATE_LADDER_MATCH_H

#include "base/units.h"
#include "view/impl.h"
#include "view/ladder/draw.h"
#include "view/ladder/sink.h"
#include "view/totals.h"

/* A step is held for this long, because the event of the other end may still come. */
#define HOLD_NS (100 * NS_MS)

#define LADDER_VERDICTS 256 /* listeners whose verdict is remembered */

struct ladder_verdict {
	uint64_t cookie; /* 0: the entry is free */
	unsigned int verdict;
};

/* Connections that are open, and that no row tells of. */
struct ladder_undrawn {
	unsigned int open, queued;
};

struct ladder_view {
	struct view base;
	struct ladder_sink sink; /* row NULL: text */
	struct ladder *list;	 /* the oldest first */
	unsigned int count;
	struct ladder *live;
	bool below; /* the last printed row belongs to a ladder */
	bool server_ever;
	bool clients_only;     /* --side */
	uint8_t listens[8192]; /* bit by port: a server has been seen there */
	uint64_t not_drawn;
	struct ladder_undrawn undrawn; /* as told last */
	struct ladder_verdict verdicts[LADDER_VERDICTS];
	/* of the `summary` line: printed below the last ladder */
	char counts[TOTALS_MAX], refused[TOTALS_MAX], stuck[TOTALS_MAX], lost[TOTALS_MAX];
};

/* The ends of an event's connection, client first. */
struct ends {
	int side;
	const uint8_t *addr[2];
	uint16_t port[2];
	const char *zone; /* NULL: none */
	uint64_t cookie, netns;
	bool isn_known;
	uint32_t isn[2];
};

static inline bool ladder_within(uint64_t t, uint64_t ns, uint64_t now)
{
	return t + ns >= now;
}

static inline bool ladder_listens(const struct ladder_view *v, uint64_t port)
{
	return v->listens[port / 8 & 8191] >> port % 8 & 1;
}

static inline void ladder_learn_listens(struct ladder_view *v, uint64_t port)
{
	v->listens[port / 8 & 8191] |= (uint8_t)(1u << port % 8);
}

bool ladder_same_ends(const struct ladder *c, int family, const uint8_t *const addr[2],
		      const uint16_t port[2]);
/*
 * Fills x with the ends of e, client first, and *c with their ladder, or NULL. If the role of e is
 * not known, a ladder with these ends may show it.
 */
bool ladder_place(const struct ladder_view *v, const struct event *e, struct ends *x,
		  struct ladder **c);

#endif
