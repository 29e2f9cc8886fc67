// SPDX-License-Identifier: BSD-2-Clause
/*
 * looker.c - looks by themselves, one pair at a time. A listener is looked at once a second at
 * most, and once in ten seconds while nothing changes.
 */
#include "run/looker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "kernel/clock.h"
#include "kernel/why_source.h"
#include "run/run.h"
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
	bool refuses, looked_refuses; /* since the last look; before it */
	bool waits, looked_waits;     /* its oldest, for --why-after */
	bool asked;		      /* somebody wants to see it */
	uint64_t looked;	      /* ns, when the last look ended or began; 0: never */
};

struct looker {
	uint64_t wait_ns; /* --why-after */
	record_fn fn;
	void *ctx;
	struct why_source *source;
	struct patient patients[WATCHED_MAX];
	struct patient *now; /* under way: its first look has been taken */
	bool found;	     /* the look that is under way has come across it */
	uint64_t second;     /* ns, when the second is due */
	uint64_t rest_until; /* ns, what the looks cost allows no other before */
};

int looker_new(struct looker **out, uint64_t wait_ns, record_fn fn, void *ctx)
{
	struct looker *w;

	*out = NULL;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->wait_ns = wait_ns;
	w->fn = fn;
	w->ctx = ctx;
	*out = w;
	return 0;
}

void looker_load(struct looker **w, const struct kernel_options *options)
{
	struct kernel_options kernel = *options;
	char err[ERR_MAX];

	/* Each look names its port: a listener that its connections brought has another one. */
	kernel.filter.port_ranges = kernel.filter.lport_ranges = kernel.filter.rport_ranges = 0;
	kernel.filter.laddrs = 0;
	if (!*w || !why_source_open(&(*w)->source, &kernel, err, sizeof(err)))
		return;
	if (kernel.verbose)
		run_complain("no looks at what programs do: %s", err);
	looker_free(*w);
	*w = NULL;
}

void looker_free(struct looker *w)
{
	if (!w)
		return;
	why_source_free(w->source);
	free(w);
}

/* ---- who is in trouble ---- */

uint64_t looker_wait_ns(const struct looker *w)
{
	return w ? w->wait_ns : 0;
}

/* A wait is judged by the verdict, unless --why-after says how long it has to be. */
static bool is_trouble(const struct looker *w, const struct patient *p)
{
	switch (p->verdict) {
	case VERDICT_APP_SLOW:
	case VERDICT_APP_STUCK:
		return !looker_wait_ns(w) || p->waits;
	case VERDICT_OUT_OF_FDS:
	case VERDICT_BACKLOG_TOO_SMALL:
	case VERDICT_BACKLOG_CAPPED:
		return true;
	default:
		return p->waits || p->refuses;
	}
}

static struct patient *find(struct looker *w, uint64_t cookie)
{
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		if (w->patients[i].cookie == cookie)
			return &w->patients[i];
	}
	return NULL;
}

/* NULL: all places are taken. */
static struct patient *admit(struct looker *w, const struct patient *new)
{
	struct patient *p = find(w, new->cookie);

	if (p)
		return p;
	p = find(w, 0);
	if (p)
		*p = *new;
	return p;
}

static void learn_verdict(struct looker *w, const struct event *e)
{
	const struct patient new = {.cookie = event_get(e, F_COOKIE),
				    .netns = (uint32_t)event_get(e, F_NETNS),
				    .port = (uint16_t)event_get(e, F_LPORT),
				    .verdict = event_enum(e, F_VERDICT)};
	struct patient *p = new.cookie ? find(w, new.cookie) : NULL;

	if (!p && new.cookie &&new.verdict != VERDICT_OK &&new.verdict != VERDICT_SYN_FLOOD)
		p = admit(w, &new);
	if (p)
		p->verdict = new.verdict;
}

void looker_event(struct looker *w, const struct event *e)
{
	struct patient *p;

	if (!w)
		return;
	if (e->type == EVENT_LISTENER && event_has(e, F_VERDICT)) {
		learn_verdict(w, e);
	} else if (e->type == EVENT_DROP &&
		   event_enum(e, F_DROP_REASON) == DROP_ACCEPT_QUEUE_FULL &&
		   event_get(e, F_LISTENER)) {
		p = admit(w, &(struct patient){.cookie = event_get(e, F_LISTENER),
					       .netns = (uint32_t)event_get(e, F_NETNS),
					       .port = (uint16_t)event_get(e, F_LPORT)});
		if (p)
			p->refuses = true;
	}
}

void looker_waits_begin(struct looker *w)
{
	for (size_t i = 0; i < WATCHED_MAX; i++)
		w->patients[i].waits = false;
}

void looker_waits(void *ctx, uint64_t cookie, uint32_t netns, uint16_t port)
{
	struct patient *p =
		admit(ctx, &(struct patient){.cookie = cookie, .netns = netns, .port = port});

	if (p)
		p->waits = true;
}

bool looker_ask(struct looker *w, uint64_t cookie, uint32_t netns, uint16_t port)
{
	struct patient *p =
		w && cookie
			? admit(w,
				&(struct patient){.cookie = cookie, .netns = netns, .port = port})
			: NULL;

	if (p)
		p->asked = true;
	return p;
}

/* ---- the looks ---- */

struct carrier {
	struct looker *looker;
	enum fact_look_what what;
};

static bool is_patient(const void *bytes, size_t size, uint64_t cookie)
{
	struct why_listener l;

	if (size != sizeof(l))
		return false;
	memcpy(&l, bytes, sizeof(l));
	return l.h.kind == WHY_LISTENER && l.s.cookie == cookie;
}

static int carry(void *ctx, const void *bytes, size_t size)
{
	const struct carrier *c = ctx;
	struct {
		struct fact_look head;
		char record[FACT_LOOK_MAX];
	} fact = {.head = {.h = {.t = clock_now_ns(), .kind = FACT_LOOK}, .what = c->what}};

	if (size > sizeof(fact.record))
		return 0;
	c->looker->found |= is_patient(bytes, size, c->looker->now->cookie);
	fact.head.h.size = (uint16_t)(sizeof(fact.head) + size);
	fact.head.size = (uint32_t)size;
	memcpy(fact.record, bytes, size);
	return c->looker->fn(c->looker->ctx, &fact, fact.head.h.size);
}

static int look(struct looker *w, enum fact_look_what what)
{
	struct carrier c = {.looker = w, .what = what};

	return why_source_look(w->source, w->now->netns, w->now->port, what == FACT_LOOK_SECOND,
			       carry, &c);
}

/* Of a CPU: by the clock a look takes longer where others want one. */
static uint64_t cost_ns(const struct looker *w)
{
	struct why_seen seen = why_source_seen(w->source);
	uint64_t sum = 0;

	for (enum why_walk i = 0; i < WHY_WALKS; i++)
		sum += seen.cpu_ns[i];
	return sum;
}

/* What changes from here on is a reason to look again soon. */
static void remember(struct patient *p)
{
	p->looked_verdict = p->verdict;
	p->looked_refuses |= p->refuses;
	p->looked_waits = p->waits;
	p->refuses = p->asked = false;
}

static void take_second(struct looker *w)
{
	struct fact_look end = {.h = {.size = sizeof(end), .kind = FACT_LOOK},
				.what = FACT_LOOK_END,
				.cookie = w->now->cookie};

	w->found = false;
	if (!look(w, FACT_LOOK_SECOND)) {
		end.h.t = clock_now_ns();
		w->fn(w->ctx, &end, sizeof(end));
	}
	/* From line to line, however long a look takes: what changed between the looks is in it. */
	w->now->looked = clock_now_ns();
	remember(w->now);
	w->rest_until = w->now->looked + cost_ns(w) * COST_PART;
	if (!w->found) /* it is closed */
		w->now->cookie = 0;
	w->now = NULL;
}

/* ns; a look may end after the instant that this round is of. */
static uint64_t looked_ago(const struct patient *p, uint64_t now)
{
	return now > p->looked ? now - p->looked : 0;
}

static bool is_due(const struct looker *w, const struct patient *p, uint64_t now)
{
	bool changed = p->verdict != p->looked_verdict || (p->refuses && !p->looked_refuses) ||
		       (p->waits && !p->looked_waits);

	if (p->cookie && p->asked)
		return true;
	if (!p->cookie || !is_trouble(w, p))
		return false;
	if (!p->looked)
		return true;
	return looked_ago(p, now) >= (changed ? SOON_NS : SELDOM_NS);
}

static void take_first(struct looker *w, struct patient *p, uint64_t now)
{
	w->now = p;
	p->looked = now;
	p->looked_refuses = false;
	remember(p);
	if (look(w, FACT_LOOK_FIRST))
		w->now = NULL;
	else
		w->second = now + BETWEEN_NS;
}

/* A listener that is well again is forgotten, but not how lately it was looked at. */
static void discharge(struct looker *w, uint64_t now)
{
	for (size_t i = 0; i < WATCHED_MAX; i++) {
		struct patient *p = &w->patients[i];

		if (p->cookie && p != w->now && !p->asked && !is_trouble(w, p) &&
		    p->verdict != VERDICT_APP_SLOW && p->verdict != VERDICT_APP_STUCK &&
		    (!p->looked || looked_ago(p, now) >= SELDOM_NS))
			p->cookie = 0;
	}
}

static void begin_due(struct looker *w, uint64_t now)
{
	for (size_t i = 0; i < WATCHED_MAX && now >= w->rest_until; i++) {
		if (is_due(w, &w->patients[i], now)) {
			take_first(w, &w->patients[i], now);
			return;
		}
	}
}

void looker_due(struct looker *w, uint64_t now)
{
	if (!w)
		return;
	if (!w->now)
		begin_due(w, now);
	else if (now >= w->second)
		take_second(w);
	discharge(w, now);
}
