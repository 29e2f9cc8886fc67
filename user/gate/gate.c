// SPDX-License-Identifier: BSD-2-Clause
#include "gate/gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/histogram.h"
#include "event/tcp.h"
#include "gate/queued.h"
#include "listener/verdict.h"

/* Listeners that are told apart; what belongs to more of them makes every rule unknown. */
#define LISTENERS_MAX 4096

/* What one rule has counted at one listener. */
struct cell {
	uint64_t count; /* of what the rule counts; of times: those above the limit */
	struct gate_connection worst;
};

/* Times that are limited; of those in gate_rule.measure order. */
enum timed { TIMED_WAIT, TIMED_HANDSHAKE, TIMED_COUNT };

struct watched {
	struct gate_listener is;
	struct histogram *times[TIMED_COUNT]; /* NULL: none was measured */
	uint64_t queue_peak, backlog;
	bool queue_known, backlog_known;
	uint32_t verdicts; /* bits 1 << enum verdict that were seen */
	struct cell cells[GATE_RULES_MAX];
};

struct gate {
	struct gate_config config;
	struct fact_list facts;
	struct watched **list;
	size_t count, room;
	struct queued *queued; /* connections that wait for accept() now */
	uint64_t lost;
	uint64_t t_last; /* ns: of the latest event */
	bool overflow;	 /* more listeners than LISTENERS_MAX */
};

const char *gate_verdict_name(enum gate_verdict verdict)
{
	static const char *const names[GATE_VERDICT_COUNT] = {
		[GATE_HELD] = "held",
		[GATE_TOO_LITTLE] = "too_little",
		[GATE_UNKNOWN] = "unknown",
		[GATE_BROKEN] = "broken",
	};

	return (unsigned int)verdict < GATE_VERDICT_COUNT ? names[verdict] : "unknown";
}

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

static bool is_listeners(const struct event *e)
{
	switch (e->type) {
	case EVENT_LISTENER:
	case EVENT_ACCEPT_ERROR:
		return true;
	case EVENT_STATE:
		return event_get(e, F_NEW) == TCP_STATE_LISTEN;
	case EVENT_SOCKET:
		return event_get(e, F_SOCKET_STATE) == TCP_STATE_LISTEN;
	case EVENT_DROP: /* of nobody by name */
		return !event_has(e, F_RPORT);
	default:
		return false;
	}
}

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
	bool own = is_listeners(e);
	uint64_t cookie = event_get(e, own ? F_COOKIE : F_LISTENER);
	uint16_t port = (uint16_t)event_get(e, F_LPORT);
	struct watched *w;

	if (!own && !cookie && e->type != EVENT_DROP)
		return NULL; /* a client, or a server whose listener is not known */
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
	}
	return c;
}

static void keep_worst(struct gate_connection *worst, const struct gate_connection *c)
{
	if (!worst->t || c->value > worst->value)
		*worst = *c;
}

/* n more of what rules of this measure count; c: the connection. */
static void add_count(struct gate *g, struct watched *w, enum gate_measure measure, uint64_t n,
		      const struct gate_connection *c)
{
	for (size_t i = 0; i < g->config.rules.count; i++) {
		if (g->config.rules.rule[i].measure != measure)
			continue;
		w->cells[i].count += n;
		keep_worst(&w->cells[i].worst, c);
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
		keep_worst(&w->cells[i].worst, c);
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
			w->cells[i].worst = connection_of(e, length);
}

static unsigned int verdict_of(const struct event *e)
{
	const char *name = event_text(e, F_VERDICT);
	unsigned int v = 0;

	while (name && v < VERDICT_COUNT && strcmp(verdict_name(v), name) != 0)
		v++;
	return v % VERDICT_COUNT;
}

static void note_verdict(struct gate *g, struct watched *w, const struct event *e)
{
	unsigned int verdict = verdict_of(e);

	if (!event_has(e, F_VERDICT))
		return;
	w->verdicts |= 1U << verdict;
	for (size_t i = 0; i < g->config.rules.count; i++) {
		const struct gate_rule *rule = &g->config.rules.rule[i];

		if (rule->measure == GATE_VERDICT && rule->verdicts >> verdict & 1 &&
		    !w->cells[i].worst.t)
			w->cells[i].worst = (struct gate_connection){.t = e->t, .value = verdict};
	}
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
	return event_has(e, F_ACCEPT_WAIT_NS) ? add_time(g, w, TIMED_WAIT, &c) : 0;
}

static void on_close(struct gate *g, struct watched *w, const struct event *e)
{
	struct gate_connection c = connection_of(e, 1);

	queued_take(g->queued, c.cookie, &(struct gate_connection){0});
	if (event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED))
		add_count(g, w, GATE_NEVER_ACCEPTED, 1, &c);
}

/* Requests that were given up are no refusals: they name no segment and no count. */
static void on_drop(struct gate *g, struct watched *w, const struct event *e)
{
	uint64_t n = event_has(e, F_COUNT) ? event_get(e, F_COUNT) : 1;
	struct gate_connection c = connection_of(e, n);

	if (event_has(e, F_SEGMENT) || event_has(e, F_COUNT))
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
	default:
		break;
	}
	return 0;
}

struct late {
	struct gate *gate;
	int rc;
};

/* One that waits still has waited at least until now. Under the limit that says nothing yet. */
static void on_still_queued(void *ctx, const struct gate_connection *since, void *listener)
{
	struct gate_connection c = *since;
	struct late *late = ctx;
	bool above = false;

	c.value = late->gate->t_last - since->t;
	for (size_t i = 0; i < late->gate->config.rules.count; i++) {
		const struct gate_rule *rule = &late->gate->config.rules.rule[i];

		above |= rule->measure == GATE_WAIT && c.value > rule->limit;
	}
	if (above && add_time(late->gate, listener, TIMED_WAIT, &c))
		late->rc = -ENOMEM;
}

int gate_event(struct gate *g, const struct event *e)
{
	struct late late = {.gate = g};
	struct watched *w;
	int rc = 0;

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

/* ---- findings ---- */

/* Without this fact what the rule limits may have happened unseen. KNOW_COUNT: none is needed. */
static enum fact_name missing_fact(const struct gate *g, enum gate_measure measure)
{
	static const enum fact_name needs[GATE_MEASURE_COUNT][2] = {
		[GATE_WAIT] = {KNOW_ACCEPT, KNOW_ENQUEUE},
		[GATE_HANDSHAKE] = {KNOW_HANDSHAKE, KNOW_HANDSHAKE},
		[GATE_REFUSED] = {KNOW_COUNT, KNOW_COUNT}, /* the kernel's own counter tells */
		[GATE_QUEUE] = {KNOW_ENQUEUE, KNOW_ENQUEUE},
		[GATE_NEVER_ACCEPTED] = {KNOW_ACCEPT, KNOW_ACCEPT},
		[GATE_DEAD_IN_QUEUE] = {KNOW_ENQUEUE, KNOW_ENQUEUE},
		[GATE_ACCEPT_ERRORS] = {KNOW_ACCEPT_CALL, KNOW_ACCEPT_CALL},
		[GATE_SYNACK_RETRANS] = {KNOW_COUNT, KNOW_COUNT},
		[GATE_VERDICT] = {KNOW_ACCEPT, KNOW_ENQUEUE},
	};

	for (int i = 0; i < 2; i++) {
		enum fact_name fact = needs[measure][i];

		if (fact != KNOW_COUNT && g->facts.fact[fact].is == FACT_IS_ABSENT)
			return fact;
	}
	return KNOW_COUNT;
}

/*
 * How many of n values may lie above the limit: nearest rank, rounded in favour of the limit's
 * side.
 */
static uint64_t allowed_above(uint32_t rank, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)rank * n;

	return n - (uint64_t)((product + GATE_RANK_MAX - 1) / GATE_RANK_MAX);
}

/* Lost facts may each have been a value: all below the limit at best, all above it at worst. */
static enum gate_verdict judge_time(const struct gate_rule *rule, uint64_t above, uint64_t n,
				    uint64_t lost)
{
	uint64_t allowed = allowed_above(rule->rank, n + lost);

	if (above > allowed)
		return GATE_BROKEN;
	return above + lost > allowed ? GATE_UNKNOWN : GATE_HELD;
}

static void judge_seen(const struct gate *g, const struct watched *w, size_t i,
		       struct gate_finding *f)
{
	const struct gate_rule *rule = &g->config.rules.rule[i];
	const struct cell *cell = &w->cells[i];
	const struct histogram *h = w->times[rule->measure == GATE_HANDSHAKE];

	f->worst = cell->worst;
	f->limit = rule->limit;
	switch (rule->measure) {
	case GATE_WAIT:
	case GATE_HANDSHAKE:
		f->samples = h ? h->count : 0;
		f->measured_known = h;
		f->measured = h ? histogram_quantile(h, rule->rank * 100.0 / GATE_RANK_MAX) : 0;
		f->verdict = judge_time(rule, cell->count, f->samples, g->lost);
		return;
	case GATE_QUEUE:
		f->measured_known = w->queue_known;
		f->measured = w->queue_peak;
		if (rule->percent)
			f->limit = (w->backlog + 1) * rule->limit / 100;
		if (rule->percent && !w->backlog_known)
			f->measured_known = false;
		f->verdict = !f->measured_known	      ? GATE_UNKNOWN
			     : f->measured > f->limit ? GATE_BROKEN
			     : g->lost		      ? GATE_UNKNOWN
						      : GATE_HELD;
		return;
	case GATE_VERDICT:
		f->measured_known = true;
		f->measured = w->verdicts;
		f->verdict = w->verdicts & rule->verdicts ? GATE_BROKEN
			     : g->lost			  ? GATE_UNKNOWN
							  : GATE_HELD;
		return;
	default:
		f->measured_known = true;
		f->measured = cell->count;
		f->verdict = cell->count > rule->limit		   ? GATE_BROKEN
			     : cell->count + g->lost > rule->limit ? GATE_UNKNOWN
								   : GATE_HELD;
		return;
	}
}

void gate_judge(const struct gate *g, size_t listener, size_t rule, struct gate_finding *finding)
{
	struct gate_finding f = {.missing = KNOW_COUNT};
	enum fact_name missing = missing_fact(g, g->config.rules.rule[rule].measure);

	judge_seen(g, g->list[listener], rule, &f);
	if (f.verdict != GATE_BROKEN && missing != KNOW_COUNT) {
		f.verdict = GATE_UNKNOWN;
		f.missing = missing;
		f.measured_known = false;
	} else if (f.verdict == GATE_UNKNOWN) {
		f.lost = g->lost;
	}
	*finding = f;
}

uint64_t gate_connections(const struct gate *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->list[i]->is.connections;
	return n;
}

static uint64_t connections_at(const struct gate *g, uint16_t port)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		if (g->list[i]->is.port == port)
			n += g->list[i]->is.connections;
	return n;
}

uint16_t gate_idle_port(const struct gate *g)
{
	const struct filter *f = &g->config.filter;

	for (unsigned int i = 0; i < f->port_ranges; i++)
		if (f->ports[i].first == f->ports[i].last &&
		    connections_at(g, f->ports[i].first) < g->config.rules.min_connections)
			return f->ports[i].first;
	return 0;
}

enum gate_verdict gate_result(const struct gate *g)
{
	enum gate_verdict worst = GATE_HELD;

	for (size_t i = 0; i < g->count; i++)
		for (size_t r = 0; r < g->config.rules.count; r++) {
			struct gate_finding f;

			gate_judge(g, i, r, &f);
			if (f.verdict > worst)
				worst = f.verdict;
		}
	if (g->overflow && worst < GATE_UNKNOWN)
		worst = GATE_UNKNOWN;
	if (worst < GATE_TOO_LITTLE &&
	    (gate_connections(g) < g->config.rules.min_connections || gate_idle_port(g)))
		worst = GATE_TOO_LITTLE;
	return worst;
}

size_t gate_listeners(const struct gate *g)
{
	return g->count;
}

const struct gate_listener *gate_listener(const struct gate *g, size_t listener)
{
	return &g->list[listener]->is;
}

const struct gate_rules *gate_rules(const struct gate *g)
{
	return &g->config.rules;
}

const struct fact_knowledge *gate_fact(const struct gate *g, enum fact_name fact)
{
	return &g->facts.fact[fact];
}
