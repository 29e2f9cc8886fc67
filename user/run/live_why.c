// SPDX-License-Identifier: BSD-2-Clause
/*
 * live_why.c - takes a look at a listener by itself when something is wrong with it: its verdict
 * turns, or clients are refused.
 *
 * One pair of looks at a time. A listener is looked at once a second at most, and once in ten
 * seconds while its verdict stays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/clock.h"
#include "kernel/why_source.h"
#include "run/live.h"
#include "run/setup.h"
#include "why.h"

#define BETWEEN_NS  (500 * NS_MS) /* the two looks */
#define SOON_NS	    NS_S
#define SELDOM_NS   (10 * NS_S)
#define WATCHED_MAX 64 /* listeners in trouble; of more of them the rest is not looked at */
/* A look takes this part of the time at most. */
#define COST_PART 100

struct patient {
	uint64_t cookie; /* 0: the place is free */
	uint32_t netns;
	uint16_t port;
	unsigned int verdict, looked_verdict;
	bool refuses;	 /* since the last look */
	uint64_t looked; /* ns, the last look began; 0: never */
};

struct live_why {
	struct live *live;
	struct why_source *source;
	struct patient patients[WATCHED_MAX];
	struct patient *now; /* under way: its first look has been taken */
	uint64_t second;     /* ns, when the second is due */
	uint64_t rest_until; /* ns, what the looks cost allows no other before */
};

int live_why_begin(struct live *l)
{
	const struct kernel_options kernel = setup_kernel_options(l->options);
	struct live_why *w;
	char err[ERR_MAX];

	if (l->options->no_why)
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->live = l;
	/* Tracing goes on without it: nothing else depends on it. */
	if (why_source_open(&w->source, &kernel, err, sizeof(err))) {
		if (l->options->common.verbose)
			run_complain("no looks at what programs do: %s", err);
		free(w);
		return 0;
	}
	l->why = w;
	return 0;
}

void live_why_free(struct live_why *w)
{
	if (!w)
		return;
	why_source_free(w->source);
	free(w);
}

/* ---- who is in trouble ---- */

static bool is_trouble(unsigned int verdict)
{
	return verdict == VERDICT_APP_SLOW || verdict == VERDICT_APP_STUCK ||
	       verdict == VERDICT_OUT_OF_FDS || verdict == VERDICT_BACKLOG_TOO_SMALL ||
	       verdict == VERDICT_BACKLOG_CAPPED;
}

static struct patient *find(struct live_why *w, uint64_t cookie)
{
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		if (w->patients[i].cookie == cookie)
			return &w->patients[i];
	}
	return NULL;
}

static struct patient *admit(struct live_why *w, uint64_t cookie, const struct event *e)
{
	struct patient *p = find(w, cookie);

	if (p)
		return p;
	p = find(w, 0);
	if (p)
		*p = (struct patient){.cookie = cookie,
				      .netns = (uint32_t)event_get(e, F_NETNS),
				      .port = (uint16_t)event_get(e, F_LPORT)};
	return p;
}

static void judge(struct live_why *w, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	unsigned int verdict = event_enum(e, F_VERDICT);
	struct patient *p;

	if (!cookie)
		return;
	p = is_trouble(verdict) ? admit(w, cookie, e) : find(w, cookie);
	if (!p)
		return;
	p->verdict = verdict;
	if (!is_trouble(verdict) && p != w->now)
		p->cookie = 0;
}

void live_why_event(void *ctx, const struct event *e)
{
	struct live *l = ctx;
	struct patient *p;

	if (!l->why)
		return;
	if (e->type == EVENT_LISTENER && event_has(e, F_VERDICT)) {
		judge(l->why, e);
	} else if (e->type == EVENT_DROP &&
		   event_enum(e, F_DROP_REASON) == DROP_ACCEPT_QUEUE_FULL &&
		   event_get(e, F_LISTENER)) {
		p = admit(l->why, event_get(e, F_LISTENER), e);
		if (p)
			p->refuses = true;
	}
}

/* ---- the looks ---- */

struct carrier {
	struct live *live;
	enum fact_look_what what;
};

static int carry(void *ctx, const void *bytes, size_t size)
{
	const struct carrier *c = ctx;
	struct {
		struct fact_look head;
		char record[FACT_LOOK_MAX];
	} fact = {.head = {.h = {.t = clock_now_ns(), .kind = FACT_LOOK}, .what = c->what}};

	if (size > sizeof(fact.record))
		return 0;
	fact.head.h.size = (uint16_t)(sizeof(fact.head) + size);
	fact.head.size = (uint32_t)size;
	memcpy(fact.record, bytes, size);
	return live_feed(c->live, &fact, fact.head.h.size);
}

static int look(struct live_why *w, enum fact_look_what what)
{
	struct carrier c = {.live = w->live, .what = what};

	return why_source_look(w->source, w->now->netns, w->now->port, what == FACT_LOOK_SECOND,
			       carry, &c);
}

static void take_second(struct live_why *w)
{
	struct fact_look end = {.h = {.size = sizeof(end), .kind = FACT_LOOK},
				.what = FACT_LOOK_END,
				.cookie = w->now->cookie};

	if (!look(w, FACT_LOOK_SECOND)) {
		end.h.t = clock_now_ns();
		live_feed(w->live, &end, sizeof(end));
	}
	w->rest_until = clock_now_ns() + why_source_seen(w->source).took_ns * COST_PART;
	if (!is_trouble(w->now->verdict))
		w->now->cookie = 0;
	w->now = NULL;
}

static bool is_due(const struct patient *p, uint64_t now)
{
	bool changed = p->verdict != p->looked_verdict;

	if (!p->cookie)
		return false;
	if (!p->looked)
		return true;
	return now - p->looked >= (changed ? SOON_NS : SELDOM_NS);
}

static void take_first(struct live_why *w, struct patient *p, uint64_t now)
{
	w->now = p;
	p->looked = now;
	p->looked_verdict = p->verdict;
	p->refuses = false;
	if (look(w, FACT_LOOK_FIRST))
		w->now = NULL;
	else
		w->second = now + BETWEEN_NS;
}

void live_why_due(struct live *l, uint64_t now)
{
	struct live_why *w = l->why;

	if (!w)
		return;
	if (w->now) {
		if (now >= w->second)
			take_second(w);
		return;
	}
	for (size_t i = 0; i < WATCHED_MAX && now >= w->rest_until; i++) {
		if (is_due(&w->patients[i], now)) {
			take_first(w, &w->patients[i], now);
			return;
		}
	}
}
