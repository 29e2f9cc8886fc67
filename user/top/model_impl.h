/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_impl.h - the model from inside. For model.c, which keeps the table and makes frames, and
 * learn.c and count.c, which learn from events and from counters.
 */
#ifndef SOCKSTATE_TOP_MODEL_IMPL_H
#define SOCKSTATE_TOP_MODEL_IMPL_H

#include "base/histogram.h"
#include "base/units.h"
#include "top/model.h"

/* The waits of a listener, by second and since the start. */
struct waits {
	struct durations second[MODEL_RECENT + 1];
	uint64_t stamp[MODEL_RECENT + 1]; /* s: which second that is */
	struct histogram all, handshake;
};

struct entry {
	struct model_listener l;
	struct waits *waits;	  /* NULL: none has been accepted */
	uint64_t refused_by_line; /* as the latest listener line said */
	uint64_t refused_since;	  /* that line */
	struct counted *counted;  /* NULL: no counters have been read */
	/* What the tracker, whose events tell the totals, has not seen. */
	uint64_t more_completed, more_accepted, more_refused;
	bool resumed; /* that is to be found out by the next listener line */
};

/* The counters as they were read last. */
struct counted {
	struct durations wait, handshake;
	uint64_t refused;
};

struct model {
	struct entry **list;
	size_t count, room;
	struct entry *last; /* the one that was found last */
	uint64_t now, events;
	uint64_t lost, lost_total; /* without, with what was counted instead */
	bool counts_only;
};

struct entry *model_find(struct model *m, uint64_t cookie);
/* NULL: no memory, or too many. */
struct entry *model_add(struct model *m, uint64_t cookie);
/* A listener has closed: those that have been gone for longest make room. */
void model_forget_gone(struct model *m);
/* With room for waits; NULL: no memory. */
struct waits *model_waits(struct entry *entry);
/* The waits of that second (s). */
struct durations *model_waits_at(struct waits *waits, uint64_t s);
/* The slot of that time (ns); of one that is too old, NULL. */
struct model_second *model_second_at(struct model_listener *l, uint64_t t);

#endif
