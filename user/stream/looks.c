// SPDX-License-Identifier: BSD-2-Clause
#include "stream/looks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "event/tcp.h"
#include "event/why_report.h"
#include "why/diagnosis.h"
#include "why/look.h"

/* Listeners whose acceptor is remembered; one in the place of another is forgotten. */
#define KNOWN_BITS 10
#define KNOWN	   (1 << KNOWN_BITS)

struct known {
	uint64_t cookie;
	struct why_history history;
};

struct looks {
	struct look *at[2]; /* the first look and the second */
	struct why_report report;
	bool waits;
	struct known known[KNOWN];
};

struct looks *looks_new(void)
{
	struct looks *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->at[0] = look_new();
	l->at[1] = look_new();
	if (l->at[0] && l->at[1])
		return l;
	looks_free(l);
	return NULL;
}

void looks_free(struct looks *l)
{
	if (!l)
		return;
	look_free(l->at[0]);
	look_free(l->at[1]);
	free(l);
}

static struct known *place_of(struct looks *l, uint64_t cookie)
{
	return &l->known[hash_u64(cookie, KNOWN_BITS)];
}

static struct why_history *learn(struct looks *l, uint64_t cookie)
{
	struct known *k = place_of(l, cookie);

	if (k->cookie != cookie)
		*k = (struct known){.cookie = cookie};
	return &k->history;
}

/* With --summary and export there are no accept lines: its figures tell that somebody accepts. */
static void learn_listener(struct looks *l, const struct event *e)
{
	uint64_t accepts = event_get(e, F_ACCEPTED_COUNT);
	bool fine = event_enum(e, F_VERDICT) == VERDICT_OK;
	struct why_history *h;

	if (fine && !accepts)
		return;
	h = learn(l, event_get(e, F_COOKIE));
	if (!h->accepts)
		h->accepts = accepts;
	if (!fine) {
		h->trouble = event_enum(e, F_VERDICT);
		h->trouble_t = e->t;
	}
}

void looks_event(struct looks *l, const struct event *e)
{
	struct why_history *h;

	if (e->type == EVENT_ACCEPT && event_get(e, F_LISTENER) && event_get(e, F_PID)) {
		h = learn(l, event_get(e, F_LISTENER));
		h->acceptor_pid = (uint32_t)event_get(e, F_PID);
		h->acceptor_tid = (uint32_t)event_get(e, F_TID);
		h->accepts++;
	} else if (e->type == EVENT_STATE && event_get(e, F_NEW) == TCP_STATE_LISTEN &&
		   event_get(e, F_PID)) {
		h = learn(l, event_get(e, F_COOKIE));
		h->listened_pid = (uint32_t)event_get(e, F_PID);
	} else if (e->type == EVENT_LISTENER) {
		learn_listener(l, e);
	}
}

/* The listener that was asked for; a look narrows to a port, which several may have. */
static const struct why_listener *asked_for(const struct look *look, uint64_t cookie)
{
	for (size_t i = 0; i < look->listeners.count; i++) {
		if (look->listeners.at[i].s.cookie == cookie)
			return &look->listeners.at[i];
	}
	return NULL;
}

static void complete(struct looks *l, uint64_t cookie, uint64_t t)
{
	const struct why_listener *listener = asked_for(l->at[1], cookie);
	const struct known *k = place_of(l, cookie);

	if (listener) {
		diagnose(&l->report, l->at[0], l->at[1], listener,
			 k->cookie == cookie ? &k->history : NULL);
		l->report.t = t;
		l->waits = true;
	}
	look_clear(l->at[0]);
	look_clear(l->at[1]);
}

int looks_fact(struct looks *l, const struct fact_look *fact)
{
	switch (fact->what) {
	case FACT_LOOK_FIRST:
	case FACT_LOOK_SECOND:
		return look_record(l->at[fact->what == FACT_LOOK_SECOND], fact + 1, fact->size);
	case FACT_LOOK_END:
		complete(l, fact->cookie, fact->h.t);
		return 0;
	default:
		return -EBADMSG;
	}
}

void looks_due(struct looks *l, uint64_t t, event_fn fn, void *ctx)
{
	struct event e;

	if (!l->waits || l->report.t > t)
		return;
	l->waits = false;
	why_report_event(&e, &l->report);
	fn(ctx, &e);
}
