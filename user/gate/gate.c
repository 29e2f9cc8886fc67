// SPDX-License-Identifier: BSD-2-Clause

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "gate/impl.h"
#include "gate/queued.h"
#include "listener/verdict.h"

/* Listeners that are told apart; what belongs to more of them makes every rule unknown. */
#define LISTENERS_MAX 4096

struct gate *gate_new(const struct gate_config *config)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->config = *config;
	g->queued = queued_new();
	if (!g->queued) {
		free(g);
		return NULL;
	}
	return g;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->count; i++) {
		for (size_t k = 0; k < TIMED_COUNT; k++)
			free(g->list[i]->times[k]);
		free(g->list[i]);
	}
	free(g->list);
	queued_free(g->queued);
	free(g);
}

/* ---- which listener is this event about ---- */

static bool same_place(const struct gate_listener *is, const struct event *e)
{
	return is->port == event_get(e, F_LPORT) && is->netns == event_get(e, F_NETNS);
}

/* The one with that cookie; without a cookie the only one at that port of that namespace. */
static struct watched *find(const struct gate *g, const struct event *e, uint64_t cookie)
{
	struct watched *found = NULL;

	for (size_t i = 0; i < g->count; i++) {
		struct gate_listener *is = &g->list[i]->is;

		if (cookie && is->cookie) {
			if (cookie == is->cookie)
				return g->list[i];
		} else if (same_place(is, e)) {
			if (found)
				return NULL;
			found = g->list[i];
		}
	}
	return found;
}

static struct watched *add(struct gate *g, const struct event *e, uint64_t cookie)
{
	struct watched *w, **list = g->list;

	if (g->count == LISTENERS_MAX) {
		g->overflow = true;
		return NULL;
	}
	if (g->count == g->room) {
		size_t room = g->room ? 2 * g->room : 8;

		list = realloc(list, room * sizeof(*list));
		if (!list)
			return NULL;
		g->list = list;
		g->room = room;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->is.cookie = cookie;
	w->is.netns = (uint32_t)event_get(e, F_NETNS);
	w->is.port = (uint16_t)event_get(e, F_LPORT);
	list[g->count++] = w;
	return w;
}

/* What a listener's own line tells of it. */
static void describe(struct gate_listener *is, const struct event *e)
{
	const char *comm = event_text(e, F_COMM);

	if (event_has(e, F_COOKIE))
		is->cookie = event_get(e, F_COOKIE);
	if (event_has(e, F_LADDR)) {
		is->family = e->family;
		memcpy(is->addr, e->v[F_LADDR].addr, e->family == AF_INET6 ? 16 : 4);
	}
	if (event_has(e, F_IFNAME))
		snprintf(is->zone, sizeof(is->zone), "%s", event_text(e, F_IFNAME));
	if (e->type == EVENT_ACCEPT_ERROR || !event_has(e, F_PID))
		return; /* the thread that called */
	is->pid = (uint32_t)event_get(e, F_PID);
	if (comm)
		snprintf(is->comm, sizeof(is->comm), "%s", comm);
}

/*
 * The listener of a line about it or about one of its connections. NULL: of none that is asked for.
 */
static struct watched *watched_of(struct gate *g, const struct event *e, int *rc)
{
	bool own = event_is_listeners(e), server = event_enum(e, F_ROLE) == ROLE_SERVER;
	uint64_t cookie = event_get(e, own ? F_COOKIE : F_LISTENER);
	uint16_t port = (uint16_t)event_get(e, F_LPORT);
	struct watched *w;

	if (!own && !cookie && !server)
		return NULL;
	w = find(g, e, cookie);
	if (!w) {
		if (!filter_match_listener(&g->config.filter, AF_UNSPEC, false, port))
			return NULL;
		w = add(g, e, cookie);
		if (!w && !g->overflow)
			*rc = -ENOMEM;
	}
	if (w && own)
		describe(&w->is, e);
	return w;
}

/* ---- what an event adds ---- */

static struct gate_connection connection_of(const struct event *e, uint64_t value)
{
	struct gate_connection c = {.t = e->t, .value = value, .cookie = event_get(e, F_COOKIE)};

	if (event_has(e, F_RADDR)) {
		c.family = e->family;
		memcpy(c.addr, e->v[F_RADDR].addr, e->family == AF_INET6 ? 16 : 4);
		c.port = (uint16_t)event_get(e, F_RPORT);
		if (event_has(e, F_IFNAME))
			snprintf(c.zone, sizeof(c.zone), "%s", event_text(e, F_IFNAME));
	}
	return c;
}

/* Into its place among the worst; of equal ones the first to come stays in front. */
static void keep_worst(struct gate_connection *worst, const struct gate_connection *c)
{
	size_t i = GATE_WORST;

	while (i > 0 && (!worst[i - 1].t || worst[i - 1].value < c->value))
		i--;
	if (i == GATE_WORST)
		return;
	memmove(&worst[i + 1], &worst[i], (GATE_WORST - 1 - i) * sizeof(*worst));
	worst[i] = *c;
}

/* n more of what rules of this measure count; c: the connection. */
static void add_count(struct gate *g, struct watched *w, enum gate_measure measure, uint64_t n,
		      const struct gate_connection *c)
{
	for (size_t i = 0; i < g->config.rules.count; i++) {
		if (g->config.rules.rule[i].measure != measure)
			continue;
		w->cells[i].count += n;
		keep_worst(w->cells[i].worst, c);
	}
}

static int add_time(struct gate *g, struct watched *w, enum timed timed,
		    const struct gate_connection *c)
{
	enum gate_measure measure = timed == TIMED_WAIT ? GATE_WAIT : GATE_HANDSHAKE;
	struct histogram **h = &w->times[timed];

	if (!*h)
		*h = calloc(1, sizeof(**h));
	if (!*h)
		return -ENOMEM;
	histogram_add(*h, c->value);
	for (size_t i = 0; i < g->config.rules.count; i++) {
		const struct gate_rule *rule = &g->config.rules.rule[i];

		if (rule->measure != measure)
			continue;
		w->cells[i].count += c->value > rule->limit;
		keep_worst(w->cells[i].worst, c);
	}
	return 0;
}

static void note_queue(struct gate *g, struct watched *w, const struct event *e)
{
	enum field f = e->type == EVENT_LISTENER ? F_ACCEPT_QUEUE_PEAK : F_ACCEPT_QUEUE;
	uint64_t length;

	if (event_has(e, F_BACKLOG)) {
		w->backlog = event_get(e, F_BACKLOG);
		w->backlog_known = true;
	}
	if (!event_has(e, f))
		f = F_ACCEPT_QUEUE;
	if (!event_has(e, f))
		return;
	length = event_get(e, f);
	w->queue_known = true;
	if (length <= w->queue_peak)
		return;
	w->queue_peak = length;
	for (size_t i = 0; i < g->config.rules.count; i++)
		if (g->config.rules.rule[i].measure == GATE_QUEUE)
			w->cells[i].worst[0] = connection_of(e, length);
}

static void note_verdict(struct gate *g, struct watched *w, const struct event *e)
{
	unsigned int verdict = event_enum(e, F_VERDICT);

	if (!event_has(e, F_VERDICT))
		return;
	w->verdicts |= 1U << verdict;
	for (size_t i = 0; i < g->config.rules.count; i++) {
		const struct gate_rule *rule = &g->config.rules.rule[i];

		if (rule->measure == GATE_VERDICT && rule->verdicts >> verdict & 1 &&
		    !w->cells[i].worst[0].t)
			w->cells[i].worst[0] =
				(struct gate_connection){.t = e->t, .value = verdict};
	}
}

/* What a look found while it kept up says nothing about what broke a rule. */
static void note_why(struct watched *w, const struct event *e)
{
	const char *sentence = event_text(e, F_SENTENCE);

	if (sentence && event_enum(e, F_DIAGNOSIS) != DIAGNOSIS_KEEPS_UP)
		snprintf(w->is.why, sizeof(w->is.why), "%s", sentence);
}

static int on_state(struct gate *g, struct watched *w, const struct event *e)
{
	struct gate_connection c;
	unsigned int to = (unsigned int)event_get(e, F_NEW);

	if (event_has(e, F_RAW))
		return 0;
	if (to == TCP_STATE_ESTABLISHED) {
		w->is.connections++;
		if (event_has(e, F_QUEUED)) {
			c = connection_of(e, 0);
			if (queued_add(g->queued, &c, w))
				return -ENOMEM;
		}
		if (event_has(e, F_HANDSHAKE_NS)) {
			c = connection_of(e, event_get(e, F_HANDSHAKE_NS));
			return add_time(g, w, TIMED_HANDSHAKE, &c);
		}
	} else if (to == TCP_STATE_CLOSE && queued_take(g->queued, event_get(e, F_COOKIE), &c)) {
		c.value = 1;
		add_count(g, w, GATE_DEAD_IN_QUEUE, 1, &c);
	}
	return 0;
}

static int on_accept(struct gate *g, struct watched *w, const struct event *e)
{
	struct gate_connection c = connection_of(e, event_get(e, F_ACCEPT_WAIT_NS));

	queued_take(g->queued, c.cookie, &(struct gate_connection){0});
	w->is.accepts++;
	return event_wait_measured(e) ? add_time(g, w, TIMED_WAIT, &c) : 0;
}

static void on_close(struct gate *g, struct watched *w, const struct event *e)
{
	struct gate_connection c = connection_of(e, 1);

	queued_take(g->queued, c.cookie, &(struct gate_connection){0});
	if (event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED))
		add_count(g, w, GATE_NEVER_ACCEPTED, 1, &c);
}

/* Not each is a refusal. */
static void on_drop(struct gate *g, struct watched *w, const struct event *e)
{
	uint64_t n = event_get(e, F_COUNT);
	enum drop_reason reason = event_enum(e, F_DROP_REASON);
	struct gate_connection c = connection_of(e, n);

	if (drop_is_refusal(reason))
		add_count(g, w, GATE_REFUSED, n, &c);
}

static int on_listeners_event(struct gate *g, struct watched *w, const struct event *e)
{
	struct gate_connection c = connection_of(e, event_get(e, F_COUNT));

	note_queue(g, w, e);
	switch (e->type) {
	case EVENT_STATE:
		return on_state(g, w, e);
	case EVENT_ACCEPT:
		return on_accept(g, w, e);
	case EVENT_CLOSE:
		on_close(g, w, e);
		break;
	case EVENT_DROP:
		on_drop(g, w, e);
		break;
	case EVENT_ACCEPT_ERROR:
		add_count(g, w, GATE_ACCEPT_ERRORS, c.value, &c);
		break;
	case EVENT_RETRANSMIT: /* of a listener's connection: the SYN-ACK */
		c.value = event_get(e, F_ATTEMPT);
		add_count(g, w, GATE_SYNACK_RETRANS, 1, &c);
		break;
	case EVENT_LISTENER:
		note_verdict(g, w, e);
		break;
	case EVENT_WHY:
		note_why(w, e);
		break;
	default:
		break;
	}
	return 0;
}

struct late {
	struct gate *gate;
	int rc;
};

/*
 * One that waits still has waited at least until now. Of a limit that is not passed yet nothing is
 * known.
 */
static void on_still_queued(void *ctx, const struct gate_connection *since, void *listener)
{
	struct gate_connection c = *since;
	struct watched *w = listener;
	struct late *late = ctx;
	bool above = false;

	c.value = late->gate->t_last - since->t;
	for (size_t i = 0; i < late->gate->config.rules.count; i++) {
		const struct gate_rule *rule = &late->gate->config.rules.rule[i];

		if (rule->measure != GATE_WAIT)
			continue;
		above |= c.value > rule->limit;
		w->cells[i].pending += c.value <= rule->limit;
	}
	if (above && add_time(late->gate, w, TIMED_WAIT, &c))
		late->rc = -ENOMEM;
}

int gate_event(struct gate *g, const struct event *e)
{
	struct late late = {.gate = g};
	struct watched *w;
	int rc = 0;

	if (!g->t_first)
		g->t_first = e->t;
	if (e->t > g->t_last)
		g->t_last = e->t;
	switch (e->type) {
	case EVENT_META:
		g->facts = *e->v[F_FACTS].facts;
		return 0;
	case EVENT_LOST:
		g->lost += event_get(e, F_COUNT);
		return 0;
	case EVENT_SUMMARY:
		queued_each(g->queued, on_still_queued, &late);
		return late.rc;
	case EVENT_VERIFY:
		return 0;
	default:
		break;
	}
	w = watched_of(g, e, &rc);
	return w ? on_listeners_event(g, w, e) : rc;
}
