// SPDX-License-Identifier: BSD-2-Clause
#include "top/moments.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "top/model_impl.h"

/*
 * A wait is shown so long before its end, or when it begins: ticks of a recording are up to 100 ms
 * apart.
 */
#define BEFORE_END (200 * NS_MS)

static void note(struct moments *moments, enum moment_kind kind, const struct model_listener *l,
		 const struct moment *found)
{
	struct moment *of = &moments->of[kind];

	*of = *found;
	of->listener = l->cookie;
	of->family = l->family;
	memcpy(of->addr, l->addr, sizeof(of->addr));
	of->port = l->port;
}

static bool note_wait(struct moments *moments, const struct model_listener *l, uint64_t wait,
		      uint64_t t)
{
	if (wait <= moments->of[MOMENT_WAIT].worst)
		return false;
	note(moments, MOMENT_WAIT, l, &(struct moment){.t = t, .worst = wait});
	return true;
}

static void note_wait_ended(struct moments *moments, const struct model_listener *l, uint64_t wait,
			    uint64_t t)
{
	note_wait(moments, l, wait, t - (wait < BEFORE_END ? wait : BEFORE_END));
	if (moments->of[MOMENT_WAIT].listener == l->cookie)
		moments->since = 0;
}

/* The oldest is still in the queue. */
static void note_waiting(struct moments *moments, const struct model_listener *l,
			 const struct event *e)
{
	const uint64_t wait = event_get(e, F_OLDEST_WAIT_NS);

	if (note_wait(moments, l, wait, e->t))
		moments->since = e->t - wait;
}

/* Nobody has accepted it: its wait is no part of its last line. */
static void note_closed(struct moments *moments, const struct model_listener *l,
			const struct event *e)
{
	if (moments->since && moments->of[MOMENT_WAIT].listener == l->cookie &&
	    event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED))
		note_wait_ended(moments, l, e->t - moments->since, e->t);
}

/* The fuller one, compared with its limit; of two that are as full, the longer. */
static bool is_fuller(uint64_t queue, uint64_t limit, const struct moment *than)
{
	const uint64_t a = queue * than->limit, b = than->worst * limit;

	return !than->t || a > b || (a == b && queue > than->worst);
}

static void note_queue(struct moments *moments, const struct model_listener *l, uint64_t t)
{
	const uint64_t limit = (uint64_t)l->backlog + 1;

	if (l->accept_queue && is_fuller(l->accept_queue, limit, &moments->of[MOMENT_QUEUE]))
		note(moments, MOMENT_QUEUE, l,
		     &(struct moment){.t = t, .worst = l->accept_queue, .limit = limit});
}

/* It is shown when that second is complete. */
static void note_refused(struct moments *moments, struct model_listener *l, uint64_t t)
{
	const struct model_second *second = model_second_at(l, t);

	if (second && second->refused > moments->of[MOMENT_REFUSED].worst)
		note(moments, MOMENT_REFUSED, l,
		     &(struct moment){.t = (t / NS_S + 1) * NS_S, .worst = second->refused});
}

void moments_event(struct moments *moments, struct model *m, const struct event *e)
{
	const bool itself = event_enum(e, F_ROLE) == ROLE_LISTENER;
	const uint64_t cookie = event_get(e, itself ? F_COOKIE : F_LISTENER);
	struct entry *entry = cookie ? model_find(m, cookie) : NULL;

	if (!entry)
		return;
	if (e->type == EVENT_LISTENER)
		note_waiting(moments, &entry->l, e);
	else if (e->type == EVENT_ACCEPT)
		note_wait_ended(moments, &entry->l, event_get(e, F_ACCEPT_WAIT_NS), e->t);
	else if (e->type == EVENT_CLOSE)
		note_closed(moments, &entry->l, e);
	else if (e->type == EVENT_DROP && drop_is_refusal(event_enum(e, F_DROP_REASON)))
		note_refused(moments, &entry->l, e->t);
	if (event_has(e, F_ACCEPT_QUEUE))
		note_queue(moments, &entry->l, e->t);
}

int moments_next(const struct moments *moments, int kind)
{
	for (int i = 0; i < MOMENT_KINDS; i++) {
		kind = (kind + 1) % MOMENT_KINDS;
		if (moments->of[kind].t)
			return kind;
	}
	return -1;
}

void moments_text(const struct moments *moments, int kind, char *text, size_t size)
{
	static const uint8_t none[16];
	const struct moment *of = &moments->of[kind];
	const bool any = !of->family || !memcmp(of->addr, none, sizeof(none));
	char what[64], end[TEXT_END_MAX];
	int count = 0, number = 0;

	for (int i = 0; i < MOMENT_KINDS; i++) {
		count += moments->of[i].t != 0;
		number = i == kind ? count : number;
	}
	if (kind == MOMENT_WAIT) {
		strcpy(what, "the longest wait: ");
		text_duration(what + strlen(what), of->worst, false);
	} else if (kind == MOMENT_REFUSED) {
		snprintf(what, sizeof(what), "most refused: %llu in a second",
			 (unsigned long long)of->worst);
	} else {
		snprintf(what, sizeof(what), "the fullest queue: %llu/%llu",
			 (unsigned long long)of->worst, (unsigned long long)of->limit - 1);
	}
	text_end(end, of->family, any ? NULL : of->addr, of->port);
	snprintf(text, size, "%d of %d, %s at %s", number, count, what, end);
}
