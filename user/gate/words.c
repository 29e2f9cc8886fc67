// SPDX-License-Identifier: BSD-2-Clause
#include "gate/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "listener/verdict.h"

bool gate_is_time(const struct gate_rule *rule)
{
	return rule->measure == GATE_WAIT || rule->measure == GATE_HANDSHAKE;
}

void gate_verdict_list(uint32_t bits, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int v = 0; v < VERDICT_COUNT; v++)
		if (bits >> v & 1)
			len += (size_t)snprintf(out + len, len < size ? size - len : 0, "%s%s",
						len ? "," : "", verdict_name(v));
}

void gate_value_text(const struct gate_rule *rule, const struct gate_finding *f, bool utf8,
		     char out[GATE_VALUE_MAX])
{
	uint32_t bad = (uint32_t)f->measured & rule->verdicts;

	if (!f->measured_known)
		snprintf(out, GATE_VALUE_MAX, "-");
	else if (gate_is_time(rule))
		text_duration(out, f->measured, utf8);
	else if (rule->measure == GATE_VERDICT)
		gate_verdict_list(bad ? bad : 1U << VERDICT_OK, out, GATE_VALUE_MAX);
	else if (rule->percent)
		snprintf(out, GATE_VALUE_MAX, "%" PRIu64 " (limit %" PRIu64 ")", f->measured,
			 f->limit);
	else
		snprintf(out, GATE_VALUE_MAX, "%" PRIu64, f->measured);
}

void gate_unknown_text(const struct gate *g, const struct gate_finding *f, char *out, size_t size)
{
	const struct fact_knowledge *fact;

	if (f->missing != KNOW_COUNT) {
		fact = gate_fact(g, f->missing);
		snprintf(out, size, "this kernel does not show %s%s%s", fact_meaning(f->missing),
			 fact->why[0] ? ": " : "", fact->why);
	} else if (f->pending) {
		snprintf(out, size, "%" PRIu64 " connection%s still wait%s for accept()",
			 f->pending, text_s(f->pending), f->pending == 1 ? "s" : "");
	} else if (f->lost) {
		snprintf(out, size, "%" PRIu64 " fact%s lost", f->lost,
			 f->lost == 1 ? " was" : "s were");
	} else {
		snprintf(out, size, "nothing was measured");
	}
}

void gate_place_text(const struct gate_listener *is, char out[TEXT_END_MAX])
{
	text_end_in(out, is->family, is->family ? is->addr : NULL, is->port, is->zone);
}

bool gate_client_text(const struct gate_connection *c, char out[TEXT_END_MAX])
{
	if (!c->t || !c->family)
		return false;
	text_end_in(out, c->family, c->addr, c->port, c->zone);
	return true;
}

/* Counts the findings of all listeners and rules by verdict. */
static void count_findings(const struct gate *g, size_t counts[GATE_VERDICT_COUNT])
{
	struct gate_finding f;

	memset(counts, 0, GATE_VERDICT_COUNT * sizeof(*counts));
	for (size_t l = 0; l < gate_listeners(g); l++)
		for (size_t r = 0; r < gate_rules(g)->count; r++) {
			gate_judge(g, l, r, &f);
			counts[f.verdict]++;
		}
}

void gate_result_text(const struct gate *g, char *out, size_t size)
{
	size_t n[GATE_VERDICT_COUNT], all;
	uint64_t min = gate_rules(g)->min_connections;
	uint16_t port = gate_idle_port(g);

	count_findings(g, n);
	all = n[GATE_HELD] + n[GATE_BROKEN] + n[GATE_UNKNOWN];
	switch (gate_result(g)) {
	case GATE_HELD:
		snprintf(out, size, all == 1 ? "held: the one rule" : "held: all %zu rules", all);
		break;
	case GATE_BROKEN:
		snprintf(out, size, "broken: %zu of %zu rule%s", n[GATE_BROKEN], all, text_s(all));
		break;
	case GATE_UNKNOWN:
		snprintf(out, size, "unknown: %zu of %zu rule%s cannot be judged", n[GATE_UNKNOWN],
			 all, text_s(all));
		break;
	default:
		if (!gate_listeners(g))
			snprintf(out, size, "too little seen: no listener");
		else if (port)
			snprintf(out, size,
				 "too little seen: fewer than %" PRIu64 " connection%s at port %u",
				 min, text_s(min), port);
		else
			snprintf(out, size,
				 "too little seen: %" PRIu64 " connection%s of %" PRIu64 " wanted",
				 gate_connections(g), text_s(gate_connections(g)), min);
		break;
	}
}
