/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules.h - the rules of a gate: each limits one measure of a listener. They come from the command
 * line or from a rules file. Pure.
 *
 *	struct gate_rules rules;
 *	gate_rules_init(&rules);
 *	gate_rules_add(&rules, "max-wait", "p99=50ms", err, sizeof(err));
 */
#ifndef SOCKSTATE_GATE_RULES_H
#define SOCKSTATE_GATE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* GATE_MEASURE(id, rule's name, what is measured) */
#define GATE_MEASURES(GATE_MEASURE)                                                        \
	GATE_MEASURE(WAIT, "max-wait", "wait for accept()")                                \
	GATE_MEASURE(HANDSHAKE, "max-handshake", "handshake")                              \
	GATE_MEASURE(REFUSED, "max-refused", "SYNs and final ACKs refused")                \
	GATE_MEASURE(QUEUE, "max-queue", "longest accept queue")                           \
	GATE_MEASURE(NEVER_ACCEPTED, "max-never-accepted", "connections never accepted")   \
	GATE_MEASURE(DEAD_IN_QUEUE, "max-dead-in-queue", "connections reset while queued") \
	GATE_MEASURE(ACCEPT_ERRORS, "max-accept-errors", "accept() errors")                \
	GATE_MEASURE(SYNACK_RETRANS, "max-synack-retrans", "SYN-ACKs retransmitted")       \
	GATE_MEASURE(VERDICT, "no-verdict", "verdicts")

enum gate_measure {
#define GATE_MEASURE(id, name, meaning) GATE_##id,
	GATE_MEASURES(GATE_MEASURE)
#undef GATE_MEASURE
		GATE_MEASURE_COUNT
};

/* gate_rule.rank of the maximum; ranks count in thousandths of a percent: p99.9 is 99900. */
#define GATE_RANK_MAX 100000

struct gate_rule {
	enum gate_measure measure;
	uint32_t rank;	/* WAIT, HANDSHAKE: which quantile is limited */
	bool percent;	/* QUEUE: limit is in percent of what the queue can hold */
	uint64_t limit; /* ns for WAIT and HANDSHAKE, else a count; the limit itself is allowed */
	uint32_t verdicts; /* VERDICT: bits 1 << enum verdict that break the rule */
};

#define GATE_RULES_MAX 64

struct gate_rules {
	struct gate_rule rule[GATE_RULES_MAX];
	size_t count;
	uint64_t min_connections; /* with fewer completed handshakes the result is too little */
};

/* No rules; min_connections is 1. */
void gate_rules_init(struct gate_rules *rules);
/*
 * name: that of a rule ("max-wait"), or "min-connections". Returns 0, or -EINVAL with one line in
 * err that names the rule, the value and what is allowed.
 */
int gate_rules_add(struct gate_rules *rules, const char *name, const char *value, char *err,
		   size_t err_size);
/*
 * Adds the rule of one line of a rules file: "max-wait p99=50ms". Leading dashes, or '=' between
 * the two words, are allowed. '#' begins a comment. An empty line adds nothing. The line is not
 * changed.
 */
int gate_rules_add_line(struct gate_rules *rules, const char *line, char *err, size_t err_size);

/* "max-wait" */
const char *gate_measure_name(enum gate_measure measure);
/* "wait for accept()" */
const char *gate_measure_meaning(enum gate_measure measure);

#define GATE_RULE_TEXT 160
/* The rule as one would write it: "max-wait p99=50ms". Always ends with NUL. */
void gate_rule_text(const struct gate_rule *rule, char *out, size_t size);

#endif
