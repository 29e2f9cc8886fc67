// SPDX-License-Identifier: BSD-2-Clause
#include "top/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "listener/durations.h"
#include "top/model_impl.h"

/* More listeners than these are not shown: 8,192 take 50 MB. */
#define LISTENERS_MAX 8192
/* Of listeners that have gone, so many are kept. */
#define GONE_MAX 64

struct model *model_new(void)
{
	return calloc(1, sizeof(struct model));
}

static void entry_free(struct entry *entry)
{
	free(entry->waits);
	free(entry->counted);
	free(entry);
}

void model_free(struct model *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		entry_free(m->list[i]);
	free(m->list);
	free(m);
}

uint64_t model_now(const struct model *m)
{
	return m->now;
}

uint64_t model_events(const struct model *m)
{
	return m->events;
}

/* ---- the table ---- */

struct entry *model_find(struct model *m, uint64_t cookie)
{
	if (m->last && m->last->l.cookie == cookie)
		return m->last;
	for (size_t i = 0; i < m->count; i++) {
		if (m->list[i]->l.cookie == cookie)
			return m->last = m->list[i];
	}
	return NULL;
}

/* The one that has been gone for longest makes room. */
void model_forget_gone(struct model *m)
{
	size_t gone = 0, first = m->count;

	for (size_t i = 0; i < m->count; i++) {
		if (!m->list[i]->l.gone)
			continue;
		gone++;
		first = first < m->count ? first : i;
	}
	if (gone <= GONE_MAX)
		return;
	if (m->last == m->list[first])
		m->last = NULL;
	entry_free(m->list[first]);
	memmove(&m->list[first], &m->list[first + 1],
		(--m->count - first) * sizeof(struct entry *));
}

struct entry *model_add(struct model *m, uint64_t cookie)
{
	struct entry *entry = m->count < LISTENERS_MAX ? calloc(1, sizeof(*entry)) : NULL;

	if (!entry)
		return NULL;
	if (m->count == m->room) {
		size_t room = m->room ? m->room * 2 : 16;
		struct entry **list = realloc(m->list, room * sizeof(struct entry *));

		if (!list) {
			free(entry);
			return NULL;
		}
		m->list = list;
		m->room = room;
	}
	entry->l.cookie = cookie;
	entry->l.newest = m->now / NS_S;
	m->list[m->count++] = entry;
	return m->last = entry;
}

/* ---- seconds ---- */

struct waits *model_waits(struct entry *entry)
{
	if (!entry->waits)
		entry->waits = calloc(1, sizeof(*entry->waits));
	return entry->waits;
}

struct durations *model_waits_at(struct waits *waits, uint64_t s)
{
	const size_t i = s % (MODEL_RECENT + 1);

	if (waits->stamp[i] != s) {
		waits->second[i] = (struct durations){0};
		waits->stamp[i] = s;
	}
	return &waits->second[i];
}

struct model_second *model_second_at(struct model_listener *l, uint64_t t)
{
	uint64_t s = t / NS_S;

	if (!l->seconds_known) {
		l->newest = s;
		l->seconds_known = 1;
		l->second[s % MODEL_SECONDS] = (struct model_second){.peak = l->accept_queue};
	}
	if (s + MODEL_SECONDS <= l->newest || s + l->seconds_known <= l->newest)
		return NULL;
	while (l->newest < s) {
		if (s - l->newest > MODEL_SECONDS)
			l->newest = s - MODEL_SECONDS;
		l->newest++;
		/* The queue is as long as it was until somebody says otherwise. */
		l->second[l->newest % MODEL_SECONDS] =
			(struct model_second){.peak = l->accept_queue};
		if (l->seconds_known < MODEL_SECONDS)
			l->seconds_known++;
	}
	return &l->second[s % MODEL_SECONDS];
}

const struct model_second *model_second_ago(const struct model_listener *l, unsigned int ago)
{
	return ago < l->seconds_known ? &l->second[(l->newest - ago) % MODEL_SECONDS] : NULL;
}

void model_tick(struct model *m, uint64_t t)
{
	if (t <= m->now)
		return;
	m->now = t;
	for (size_t i = 0; i < m->count; i++) {
		if (m->list[i]->l.seconds_known && !m->list[i]->l.gone)
			model_second_at(&m->list[i]->l, t);
	}
}

void model_oldest_wait(struct model *m, uint64_t cookie, uint64_t wait_ns)
{
	struct entry *entry = model_find(m, cookie);

	if (entry)
		entry->l.oldest_wait_ns = wait_ns;
}

/* ---- a frame ---- */

static void recent_waits(const struct waits *waits, uint64_t now, struct quantiles *q)
{
	const uint64_t s = now / NS_S;
	struct durations all = {0};

	for (size_t i = 0; i < MODEL_RECENT + 1; i++) {
		if (waits->stamp[i] + MODEL_RECENT >= s && waits->stamp[i])
			durations_merge(&all, &waits->second[i]);
	}
	durations_quantiles(&all, q);
}

static void take(const struct model *m, const struct entry *entry, struct model_listener *to)
{
	*to = entry->l;
	to->refused_recently = 0;
	for (unsigned int ago = 0; ago <= MODEL_RECENT; ago++) {
		const struct model_second *second = model_second_ago(to, ago);

		to->refused_recently += second ? second->refused : 0;
	}
	to->recent = (struct quantiles){0};
	if (!entry->waits)
		return;
	recent_waits(entry->waits, m->now, &to->recent);
	histogram_quantiles(&entry->waits->all, &to->wait);
	histogram_quantiles(&entry->waits->handshake, &to->handshake);
}

int model_take(struct model *m, struct frame *frame)
{
	if (m->count > frame->room) {
		struct model_listener *list = realloc(frame->list, m->room * sizeof(*frame->list));

		if (!list)
			return -ENOMEM;
		frame->list = list;
		frame->room = m->room;
	}
	frame->t = m->now;
	frame->events = m->events;
	frame->lost = m->lost;
	frame->counts_only = m->counts_only;
	frame->count = m->count;
	for (size_t i = 0; i < m->count; i++)
		take(m, m->list[i], &frame->list[i]);
	return 0;
}

void frame_free(struct frame *frame)
{
	free(frame->list);
	*frame = (struct frame){0};
}

const struct model_listener *frame_listener(const struct frame *frame, uint64_t cookie)
{
	for (size_t i = 0; i < frame->count; i++) {
		if (frame->list[i].cookie == cookie)
			return &frame->list[i];
	}
	return NULL;
}
