// SPDX-License-Identifier: BSD-2-Clause
/*
 * judge.c - from what a gate has counted to findings.
 */
#include <string.h>

#include "gate/impl.h"
#include "gate/queued.h"

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

/*
 * open: values that are not known, as lost facts or connections that still wait. All of them are
 * below the limit at best and above it at worst.
 */
static enum gate_verdict judge_time(const struct gate_rule *rule, uint64_t above, uint64_t n,
				    uint64_t open)
{
	uint64_t allowed = allowed_above(rule->rank, n + open);

	if (above > allowed)
		return GATE_BROKEN;
	return above + open > allowed || !n ? GATE_UNKNOWN : GATE_HELD;
}

static void judge_seen(const struct gate *g, const struct watched *w, size_t i,
		       struct gate_finding *f)
{
	const struct gate_rule *rule = &g->config.rules.rule[i];
	const struct cell *cell = &w->cells[i];
	const struct histogram *h = w->times[rule->measure == GATE_HANDSHAKE];

	memcpy(f->worst, cell->worst, sizeof(f->worst));
	f->limit = rule->limit;
	switch (rule->measure) {
	case GATE_WAIT:
	case GATE_HANDSHAKE:
		f->samples = h ? h->count : 0;
		f->measured_known = h;
		f->measured = h ? histogram_quantile(h, rule->rank * 100.0 / GATE_RANK_MAX) : 0;
		f->pending = cell->pending;
		f->verdict = judge_time(rule, cell->count, f->samples, g->lost + cell->pending);
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
	if (worst == GATE_BROKEN)
		return worst;
	if (gate_connections(g) < g->config.rules.min_connections || gate_idle_port(g))
		return GATE_TOO_LITTLE;
	return g->overflow ? GATE_UNKNOWN : worst;
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

uint64_t gate_duration(const struct gate *g)
{
	return g->t_last - g->t_first;
}

size_t gate_waiting(const struct gate *g)
{
	return queued_count(g->queued);
}

static bool holds(const uint64_t *cookies, size_t count, uint64_t cookie)
{
	for (size_t i = 0; i < count; i++)
		if (cookies[i] == cookie)
			return true;
	return false;
}

size_t gate_worst(const struct gate *g, uint64_t *cookies, size_t max)
{
	struct gate_finding f;
	size_t count = 0;

	for (size_t place = 0; place < GATE_WORST; place++)
		for (size_t l = 0; l < g->count; l++)
			for (size_t r = 0; r < g->config.rules.count && count < max; r++) {
				gate_judge(g, l, r, &f);
				if (f.verdict == GATE_BROKEN && f.worst[place].cookie &&
				    !holds(cookies, count, f.worst[place].cookie))
					cookies[count++] = f.worst[place].cookie;
			}
	return count;
}

bool gate_is_worst(const struct gate *g, uint64_t cookie)
{
	for (size_t l = 0; l < g->count; l++)
		for (size_t r = 0; r < g->config.rules.count; r++)
			for (size_t i = 0; i < GATE_WORST; i++)
				if (g->list[l]->cells[r].worst[i].cookie == cookie)
					return true;
	return false;
}
