// SPDX-License-Identifier: BSD-2-Clause
#include "top/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/histogram.h"
#include "base/units.h"
#include "event/tcp.h"
#include "listener/durations.h"

/* More listeners than these are not shown: 8,192 take 50 MB. */
#define LISTENERS_MAX 8192
/* Of listeners that have gone, so many are kept. */
#define GONE_MAX 64

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
	bool summed;		  /* the quantiles come from a summary line */
};

struct model {
	struct entry **list;
	size_t count, room;
	struct entry *last; /* the one that was found last */
	uint64_t now, events, lost;
	bool counts_only;
};

struct model *model_new(void)
{
	return calloc(1, sizeof(struct model));
}

static void entry_free(struct entry *entry)
{
	free(entry->waits);
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

void model_counts_only(struct model *m, bool only)
{
	m->counts_only = only;
}

/* ---- the table ---- */

static struct entry *find(struct model *m, uint64_t cookie)
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
static void forget_gone(struct model *m)
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

static struct entry *add(struct model *m, uint64_t cookie)
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

/* The slot of that time; of one that is too old, NULL. */
static struct model_second *second_at(struct model_listener *l, uint64_t t)
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

static void add_wait(struct entry *entry, uint64_t t, uint64_t ns)
{
	const uint64_t s = t / NS_S;
	const size_t i = s % (MODEL_RECENT + 1);

	if (!entry->waits)
		entry->waits = calloc(1, sizeof(*entry->waits));
	if (!entry->waits)
		return;
	if (entry->waits->stamp[i] != s) {
		entry->waits->second[i] = (struct durations){0};
		entry->waits->stamp[i] = s;
	}
	durations_add(&entry->waits->second[i], ns);
	histogram_add(&entry->waits->all, ns);
}

static void add_handshake(struct entry *entry, uint64_t ns)
{
	if (!entry->waits)
		entry->waits = calloc(1, sizeof(*entry->waits));
	if (entry->waits)
		histogram_add(&entry->waits->handshake, ns);
}

/* ---- what an event says ---- */

static void learn_address(struct model_listener *l, const struct event *e)
{
	if (event_has(e, F_LADDR) && e->v[F_LADDR].addr && !l->family) {
		l->family = e->family;
		memcpy(l->addr, e->v[F_LADDR].addr, e->family == AF_INET ? 4 : 16);
	}
	if (event_has(e, F_LPORT))
		l->port = (uint16_t)event_get(e, F_LPORT);
	if (event_has(e, F_NETNS))
		l->netns = (uint32_t)event_get(e, F_NETNS);
}

static void learn_owner(struct model_listener *l, const struct event *e)
{
	if (!event_get(e, F_PID))
		return;
	l->pid = (uint32_t)event_get(e, F_PID);
	snprintf(l->comm, sizeof(l->comm), "%s",
		 event_text(e, F_COMM) ? event_text(e, F_COMM) : "");
}

static void learn_queue(struct model_listener *l, const struct event *e)
{
	struct model_second *second;

	if (event_has(e, F_SYN_QUEUE))
		l->syn_queue = (uint32_t)event_get(e, F_SYN_QUEUE);
	if (event_has(e, F_BACKLOG))
		l->backlog = (uint32_t)event_get(e, F_BACKLOG);
	if (!event_has(e, F_ACCEPT_QUEUE))
		return;
	l->queue_known = true;
	l->accept_queue = (uint32_t)event_get(e, F_ACCEPT_QUEUE);
	if (l->accept_queue > l->peak)
		l->peak = l->accept_queue;
	second = second_at(l, e->t);
	if (second && l->accept_queue > second->peak)
		second->peak = l->accept_queue;
}

static struct model_peer peer_of(const struct event *e)
{
	struct model_peer peer = {.family = e->family, .port = (uint16_t)event_get(e, F_RPORT)};

	if (event_has(e, F_RADDR) && e->v[F_RADDR].addr)
		memcpy(peer.addr, e->v[F_RADDR].addr, e->family == AF_INET ? 4 : 16);
	return peer;
}

/* The listener that a line about itself names. */
static struct entry *of_itself(struct model *m, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	struct entry *entry = cookie ? find(m, cookie) : NULL;

	if (!entry && cookie)
		entry = add(m, cookie);
	if (entry)
		learn_address(&entry->l, e);
	return entry;
}

static struct entry *of_connection(struct model *m, const struct event *e)
{
	uint64_t cookie = event_get(e, F_LISTENER);

	return cookie ? find(m, cookie) : NULL;
}

/* A line of the counters has the rates of the time since the one before. */
static void learn_rates(struct entry *entry, const struct event *e)
{
	struct model_second *second = second_at(&entry->l, e->t);

	if (!second)
		return;
	second->arrivals = (uint32_t)event_get(e, F_COMPLETED_RATE);
	second->accepts = (uint32_t)event_get(e, F_ACCEPTED_RATE);
}

static void on_listener(struct model *m, const struct event *e)
{
	struct entry *entry = of_itself(m, e);
	struct model_listener *l;
	uint64_t refused = event_get(e, F_REFUSED);

	if (!entry)
		return;
	l = &entry->l;
	l->gone = false;
	learn_owner(l, e);
	learn_queue(l, e);
	if (event_get(e, F_ACCEPT_QUEUE_PEAK) > l->peak)
		l->peak = (uint32_t)event_get(e, F_ACCEPT_QUEUE_PEAK);
	l->completed = event_get(e, F_COMPLETED);
	l->accepted = event_get(e, F_ACCEPTED_COUNT);
	if (m->counts_only) {
		struct model_second *second;

		learn_rates(entry, e);
		second = second_at(l, e->t);
		if (second && refused > entry->refused_by_line)
			second->refused = (uint32_t)(refused - entry->refused_by_line);
	}
	entry->refused_by_line = refused;
	entry->refused_since = 0;
	l->refused = refused;
	l->judged = event_has(e, F_VERDICT);
	l->verdict = event_enum(e, F_VERDICT);
	snprintf(l->advice, sizeof(l->advice), "%s",
		 event_text(e, F_ADVICE) ? event_text(e, F_ADVICE) : "");
}

static void on_completed(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	struct model_second *second;

	if (!entry)
		return;
	learn_queue(&entry->l, e);
	entry->l.completed++;
	second = second_at(&entry->l, e->t);
	if (second)
		second->arrivals++;
	if (event_has(e, F_HANDSHAKE_NS))
		add_handshake(entry, event_get(e, F_HANDSHAKE_NS));
}

static void on_state(struct model *m, const struct event *e)
{
	struct entry *entry;

	if (event_get(e, F_RAW))
		return;
	if (event_enum(e, F_ROLE) == ROLE_LISTENER) {
		entry = of_itself(m, e);
		if (!entry)
			return;
		entry->l.gone = event_get(e, F_NEW) != TCP_STATE_LISTEN;
		if (entry->l.gone) {
			entry->l.accept_queue = entry->l.syn_queue = 0;
			forget_gone(m);
			return;
		}
		learn_owner(&entry->l, e);
		learn_queue(&entry->l, e);
	} else if (event_get(e, F_NEW) == TCP_STATE_ESTABLISHED &&
		   event_enum(e, F_ROLE) == ROLE_SERVER) {
		on_completed(m, e);
	}
}

static void on_accept(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	struct model_second *second;
	struct model_accept *a;

	if (!entry)
		return;
	learn_queue(&entry->l, e);
	entry->l.accepted++;
	second = second_at(&entry->l, e->t);
	if (second)
		second->accepts++;
	if (event_has(e, F_ACCEPT_WAIT_NS))
		add_wait(entry, e->t, event_get(e, F_ACCEPT_WAIT_NS));
	a = &entry->l.accepts[entry->l.accepts_count++ % MODEL_LATEST];
	*a = (struct model_accept){
		.t = e->t,
		.peer = peer_of(e),
		.wait_known = event_has(e, F_ACCEPT_WAIT_NS),
		.wait_ns = event_get(e, F_ACCEPT_WAIT_NS),
		.pid = (uint32_t)event_get(e, F_PID),
		.fd = event_has(e, F_FD) ? e->v[F_FD].i : -1,
	};
	snprintf(a->comm, sizeof(a->comm), "%s",
		 event_text(e, F_COMM) ? event_text(e, F_COMM) : "");
}

/* A request that was given up is no refusal: no segment was refused. */
static void on_drop(struct model *m, const struct event *e)
{
	struct entry *entry = of_connection(m, e);
	uint64_t count = event_has(e, F_COUNT) ? event_get(e, F_COUNT) : 1;
	unsigned int reason = event_enum(e, F_DROP_REASON);
	struct model_second *second;

	if (!entry && event_enum(e, F_ROLE) == ROLE_LISTENER)
		entry = of_itself(m, e);
	if (!entry)
		return;
	learn_queue(&entry->l, e);
	if (reason == DROP_REQUEST_EXPIRED || reason == DROP_CLIENT_UNREACHABLE)
		return;
	entry->refused_since += count;
	entry->l.refused = entry->refused_by_line + entry->refused_since;
	second = second_at(&entry->l, e->t);
	if (second)
		second->refused += (uint32_t)count;
	entry->l.refusals[entry->l.refusals_count++ % MODEL_LATEST] = (struct model_refusal){
		.t = e->t,
		.count = count,
		.peer = peer_of(e),
		.reason = reason,
		.segment = event_enum(e, F_SEGMENT),
		.believes = event_get(e, F_CLIENT_BELIEVES),
	};
}

static void on_socket(struct model *m, const struct event *e)
{
	struct entry *entry;

	if (event_get(e, F_SOCKET_STATE) != TCP_STATE_LISTEN)
		return;
	entry = of_itself(m, e);
	if (!entry)
		return;
	learn_owner(&entry->l, e);
	learn_queue(&entry->l, e);
}

static void on_why(struct model *m, const struct event *e)
{
	struct entry *entry = of_itself(m, e);

	if (!entry)
		return;
	entry->l.looked = true;
	entry->l.look_t = e->t;
	entry->l.diagnosis = event_enum(e, F_DIAGNOSIS);
	snprintf(entry->l.sentence, sizeof(entry->l.sentence), "%s",
		 event_text(e, F_SENTENCE) ? event_text(e, F_SENTENCE) : "");
}

static void on_summary(struct model *m, const struct event *e)
{
	const struct listener_summaries *all =
		event_has(e, F_LISTENERS) ? e->v[F_LISTENERS].listeners : NULL;

	for (size_t i = 0; all && m->counts_only && i < all->count; i++) {
		struct entry *entry = find(m, all->list[i].cookie);

		if (!entry)
			continue;
		entry->summed = true;
		entry->l.wait = all->list[i].accept_wait;
		entry->l.handshake = all->list[i].handshake;
	}
}

void model_event(struct model *m, const struct event *e)
{
	static void (*const handlers[EVENT_TYPE_COUNT])(struct model *, const struct event *) = {
		[EVENT_SOCKET] = on_socket,	[EVENT_STATE] = on_state,
		[EVENT_ACCEPT] = on_accept,	[EVENT_DROP] = on_drop,
		[EVENT_LISTENER] = on_listener, [EVENT_WHY] = on_why,
		[EVENT_SUMMARY] = on_summary,
	};

	m->events++;
	if (e->t > m->now)
		m->now = e->t;
	if (e->type == EVENT_LOST)
		m->lost = event_get(e, F_TOTAL);
	if (e->type < EVENT_TYPE_COUNT && handlers[e->type])
		handlers[e->type](m, e);
}

void model_tick(struct model *m, uint64_t t)
{
	if (t <= m->now)
		return;
	m->now = t;
	for (size_t i = 0; i < m->count; i++) {
		if (m->list[i]->l.seconds_known && !m->list[i]->l.gone)
			second_at(&m->list[i]->l, t);
	}
}

void model_oldest_wait(struct model *m, uint64_t cookie, uint64_t wait_ns)
{
	struct entry *entry = find(m, cookie);

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
	if (entry->summed || !entry->waits)
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
