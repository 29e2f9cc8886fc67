// SPDX-License-Identifier: BSD-2-Clause
#include "run/top_counts.h"

#include <stdlib.h>

#include "base/units.h"
#include "kernel/count_source.h"
#include "listener/tally.h"

/* Facts were lost in so many of the last ten seconds: then they are counted instead. */
#define LOSSY_SECONDS 3
#define LAST_SECONDS  0x3ff
/*
 * For so many seconds at most 1 / CALM_SHARE came of what was read in the best second: then they
 * are read again.
 */
#define CALM_SECONDS 5
#define CALM_SHARE   2

enum way {
	WAY_EVENTS,
	WAY_COUNTS,
	WAY_BACK, /* events are read again; counters are shown until the tracker can be trusted */
};

struct top_counts {
	struct summary_source *source;
	struct verdict_limits limits;
	struct tally *tally; /* of this time; NULL: events */
	enum way way;
	uint64_t next;	     /* ns: the end of this second */
	uint64_t read, lost; /* facts of this second */
	uint64_t offered;    /* of the second before */
	uint64_t most_read;  /* in a second, since events are read: the machine may slow down */
	unsigned int lossy;  /* a bit for each of the last seconds */
	unsigned int calm;
};

struct top_counts *top_counts_open(const struct kernel_options *options,
				   const struct verdict_limits *limits)
{
	struct top_counts *c = calloc(1, sizeof(*c));
	struct fact_list *facts = calloc(1, sizeof(*facts));
	char err[ERR_MAX];

	if (!c || !facts || summary_source_open(&c->source, options, facts, err, sizeof(err))) {
		free(facts);
		free(c);
		return NULL;
	}
	free(facts);
	summary_source_pause(c->source, true);
	c->limits = *limits;
	return c;
}

void top_counts_free(struct top_counts *c)
{
	if (!c)
		return;
	tally_free(c->tally);
	summary_source_free(c->source);
	free(c);
}

void top_counts_record(struct top_counts *c)
{
	if (c)
		c->read++;
}

void top_counts_event(struct top_counts *c, const struct event *e)
{
	if (c && e->type == EVENT_LOST && event_enum(e, F_WHERE) == FACT_LOST_RING)
		c->lost += event_get(e, F_COUNT);
}

/* ---- counters ---- */

struct round {
	struct model *model;
	uint64_t t;
	bool first;
};

static void on_row(void *ctx, const struct tally_row *row)
{
	const struct round *round = ctx;

	model_count(round->model, round->t, row, round->first);
}

/* A listener line: its verdict may be worth a look. */
static void on_line(void *ctx, const struct event *e)
{
	looker_event(ctx, e);
}

static int read_counters(struct top_counts *c, struct model *m, uint64_t t, bool first)
{
	struct round round = {m, t, first};
	uint64_t lost[FACT_LOST_PLACES];
	int rc = summary_source_read(c->source, c->tally, lost);

	if (!rc)
		tally_walk(c->tally, on_row, &round);
	return rc;
}

/* ---- from one way to the other ---- */

static bool to_counts(struct top_counts *c, struct live *live, struct model *m, uint64_t now)
{
	c->tally = tally_new(&c->limits, now);
	if (!c->tally)
		return false;
	summary_source_pause(c->source, false);
	if (read_counters(c, m, now, true)) {
		summary_source_pause(c->source, true);
		tally_free(c->tally);
		c->tally = NULL;
		return false;
	}
	model_counts_only(m, true);
	live_skip(live, true);
	c->way = WAY_COUNTS;
	c->calm = 0;
	return true;
}

static bool to_events(struct top_counts *c, struct model *m)
{
	summary_source_pause(c->source, true);
	tally_free(c->tally);
	c->tally = NULL;
	model_counts_only(m, false);
	c->way = WAY_EVENTS;
	c->most_read = 0;
	c->lossy = 0;
	return true;
}

static bool too_many(const struct top_counts *c)
{
	return c->offered > c->most_read / CALM_SHARE;
}

/* The second ends at t. */
static bool decide(struct top_counts *c, struct live *live, struct model *m, uint64_t t)
{
	switch (c->way) {
	case WAY_EVENTS:
		c->most_read = c->read > c->most_read ? c->read : c->most_read;
		c->lossy = (c->lossy << 1 | !!c->lost) & LAST_SECONDS;
		return __builtin_popcount(c->lossy) >= LOSSY_SECONDS && to_counts(c, live, m, t);
	case WAY_COUNTS:
		c->calm = too_many(c) ? 0 : c->calm + 1;
		if (c->calm >= CALM_SECONDS) {
			live_skip(live, false);
			c->way = WAY_BACK;
		}
		break;
	case WAY_BACK:
		if (c->lost && too_many(c)) {
			live_skip(live, true);
			c->way = WAY_COUNTS;
			c->calm = 0;
		}
		break;
	}
	return c->way == WAY_BACK && live_settled(live) && to_events(c, m);
}

bool top_counts_due(struct top_counts *c, struct live *live, struct model *m, uint64_t now)
{
	bool changed;

	if (!c || now < c->next)
		return false;
	now -= now % NS_S; /* counters are read when a second ends: then they are about that one */
	c->next = now + NS_S;
	if (c->tally) {
		read_counters(c, m, now, false);
		tally_emit_listeners(c->tally, on_line, live->looker);
	}
	c->offered = c->read + c->lost;
	changed = decide(c, live, m, now);
	c->read = c->lost = 0;
	return changed;
}

struct scene_counts top_counts_shown(const struct top_counts *c)
{
	return (struct scene_counts){
		.offered = c ? c->offered : 0,
		.too_many = c && too_many(c),
		.back = c && c->way == WAY_BACK,
	};
}
