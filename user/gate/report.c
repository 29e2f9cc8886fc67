// SPDX-License-Identifier: BSD-2-Clause
#include "gate/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"
#include "listener/verdict.h"

#define VALUE_MAX      160
#define WORDS_MAX      512
#define ASKED_COLUMNS  36
#define VALUE_COLUMNS  10
#define PROGRESS_RULES 2

/* ---- words that all forms share ---- */

static bool is_time(const struct gate_rule *rule)
{
	return rule->measure == GATE_WAIT || rule->measure == GATE_HANDSHAKE;
}

static void verdict_list(uint32_t bits, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int v = 0; v < VERDICT_COUNT; v++)
		if (bits >> v & 1)
			len += (size_t)snprintf(out + len, len < size ? size - len : 0, "%s%s",
						len ? "," : "", verdict_name(v));
}

/* "61.2 ms", "12 of 10", "app_stuck"; "-" if nothing was measured. */
static void value_text(const struct gate_rule *rule, const struct gate_finding *f, bool utf8,
		       char out[VALUE_MAX])
{
	uint32_t bad = (uint32_t)f->measured & rule->verdicts;

	if (!f->measured_known)
		snprintf(out, VALUE_MAX, "-");
	else if (is_time(rule))
		text_duration(out, f->measured, utf8);
	else if (rule->measure == GATE_VERDICT)
		verdict_list(bad ? bad : 1U << VERDICT_OK, out, VALUE_MAX);
	else if (rule->percent)
		snprintf(out, VALUE_MAX, "%" PRIu64 " (limit %" PRIu64 ")", f->measured, f->limit);
	else
		snprintf(out, VALUE_MAX, "%" PRIu64, f->measured);
}

/* Why the rule cannot be judged. */
static void unknown_text(const struct gate *g, const struct gate_finding *f, char *out, size_t size)
{
	const struct fact_knowledge *fact;

	if (f->missing != KNOW_COUNT) {
		fact = gate_fact(g, f->missing);
		snprintf(out, size, "this kernel does not show %s%s%s", fact_meaning(f->missing),
			 fact->why[0] ? ": " : "", fact->why);
	} else if (f->pending) {
		snprintf(out, size, "%" PRIu64 " connections still wait for accept()", f->pending);
	} else if (f->lost) {
		snprintf(out, size, "%" PRIu64 " facts were lost", f->lost);
	} else {
		snprintf(out, size, "nothing was measured");
	}
}

static void place_text(const struct gate_listener *is, char out[TEXT_END_MAX])
{
	text_end(out, is->family, is->family ? is->addr : NULL, is->port);
}

static bool client_text(const struct gate_connection *c, char out[TEXT_END_MAX])
{
	if (!c->t || !c->family)
		return false;
	text_end(out, c->family, c->addr, c->port);
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

/* The last line, in one sentence. */
static void result_text(const struct gate *g, char *out, size_t size)
{
	size_t n[GATE_VERDICT_COUNT], all;
	uint64_t min = gate_rules(g)->min_connections;
	uint16_t port = gate_idle_port(g);

	count_findings(g, n);
	all = n[GATE_HELD] + n[GATE_BROKEN] + n[GATE_UNKNOWN];
	switch (gate_result(g)) {
	case GATE_HELD:
		snprintf(out, size, "held: all %zu rules", all);
		break;
	case GATE_BROKEN:
		snprintf(out, size, "broken: %zu of %zu rules", n[GATE_BROKEN], all);
		break;
	case GATE_UNKNOWN:
		snprintf(out, size, "unknown: %zu of %zu rules cannot be judged", n[GATE_UNKNOWN],
			 all);
		break;
	default:
		if (!gate_listeners(g))
			snprintf(out, size, "too little seen: no listener");
		else if (port)
			snprintf(out, size,
				 "too little seen: fewer than %" PRIu64 " connections at port %u",
				 min, port);
		else
			snprintf(out, size,
				 "too little seen: %" PRIu64 " connections of %" PRIu64 " wanted",
				 gate_connections(g), min);
		break;
	}
}

/* ---- the table ---- */

static const char *mark(enum gate_verdict verdict, bool utf8)
{
	static const char *const marks[GATE_VERDICT_COUNT][2] = {
		[GATE_HELD] = {"ok", "✓"},
		[GATE_BROKEN] = {"NO", "✗"},
		[GATE_UNKNOWN] = {"??", "?"},
		[GATE_TOO_LITTLE] = {"??", "?"},
	};

	return marks[verdict][utf8];
}

static const char *color_of(const struct gate_report *r, enum gate_verdict verdict)
{
	static const char *const colors[GATE_VERDICT_COUNT] = {
		[GATE_HELD] = "\033[32m",
		[GATE_BROKEN] = "\033[31m",
		[GATE_UNKNOWN] = "\033[33m",
		[GATE_TOO_LITTLE] = "\033[33m",
	};

	return r->color ? colors[verdict] : "";
}

static const char *plain(const struct gate_report *r)
{
	return r->color ? "\033[0m" : "";
}

static void put_worst(struct out *o, const struct gate_report *r, const struct gate_connection *c)
{
	struct text_clock clock = {0};
	char client[TEXT_END_MAX], time[16] = "";

	if (!c->t)
		return;
	*text_time_of_day(&clock, time, (int64_t)c->t + r->boot_offset_ns, r->utc_offset_s) = '\0';
	if (client_text(c, client))
		out_format(o, "  %s %s", time, client);
	else
		out_format(o, "  %s", time);
}

static void put_finding(struct out *o, const struct gate_report *r, size_t l, size_t i)
{
	const struct gate_rule *rule = &gate_rules(r->gate)->rule[i];
	char asked[GATE_RULE_TEXT], value[VALUE_MAX], words[WORDS_MAX];
	struct gate_finding f;
	int pad;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, asked, sizeof(asked));
	value_text(rule, &f, r->utf8, value);
	pad = VALUE_COLUMNS - (int)text_columns(value);
	out_format(o, "%s%s%s %-*s %*s%s", color_of(r, f.verdict), mark(f.verdict, r->utf8),
		   plain(r), ASKED_COLUMNS, asked, pad > 0 ? pad : 0, "", value);
	if (f.verdict == GATE_UNKNOWN) {
		unknown_text(r->gate, &f, words, sizeof(words));
		out_format(o, "\n  %s\n", words);
		return;
	}
	if (f.verdict == GATE_BROKEN)
		put_worst(o, r, &f.worst[0]);
	out_text(o, "\n");
}

static void put_owner(struct out *o, const struct gate_listener *is, bool utf8)
{
	char comm[4 * GATE_COMM];

	if (!is->pid)
		return;
	text_clean(comm, sizeof(comm), is->comm, GATE_COMM, utf8);
	out_format(o, "  %s[%" PRIu32 "]", comm, is->pid);
}

/* Where a rule is broken: what the program did instead of accepting. */
static void put_why(struct out *o, const struct gate_report *r, const struct gate_listener *is)
{
	char words[2 * GATE_SENTENCE];

	if (!is->why[0] || gate_result(r->gate) != GATE_BROKEN)
		return;
	text_clean(words, sizeof(words), is->why, GATE_SENTENCE, r->utf8);
	out_format(o, "  why: %s\n", words);
}

void gate_report_table(struct out *o, const struct gate_report *r)
{
	char place[TEXT_END_MAX], words[WORDS_MAX];
	enum gate_verdict result = gate_result(r->gate);

	for (size_t l = 0; l < gate_listeners(r->gate); l++) {
		const struct gate_listener *is = gate_listener(r->gate, l);

		place_text(is, place);
		out_text(o, place);
		put_owner(o, is, r->utf8);
		out_format(o, "  %" PRIu64 " connections, %" PRIu64 " accepted\n", is->connections,
			   is->accepts);
		for (size_t i = 0; i < gate_rules(r->gate)->count; i++)
			put_finding(o, r, l, i);
		put_why(o, r, is);
	}
	result_text(r->gate, words, sizeof(words));
	out_format(o, "%s%s%s\n", color_of(r, result), words, plain(r));
	if (r->command_status > 0)
		out_format(o, "the command ended with status %d\n", r->command_status);
}

/* ---- JSON ---- */

static void put_json(struct out *o, const char *text)
{
	char *p = out_reserve(o, json_text_max(strlen(text)));

	if (p)
		out_advance(o, json_text(p, text));
}

static void put_json_key(struct out *o, const char *key, const char *text)
{
	out_format(o, ",\"%s\":", key);
	put_json(o, text);
}

static void put_json_worst(struct out *o, const struct gate_report *r,
			   const struct gate_connection *c)
{
	struct text_clock clock = {0};
	char client[TEXT_ADDR_MAX], time[TEXT_RFC3339 + 1];

	*text_rfc3339(&clock, time, (int64_t)c->t + r->boot_offset_ns) = '\0';
	out_format(o, ",\"worst\":{\"ts\":\"%s\",\"t_ns\":%" PRIu64, time, c->t);
	if (c->cookie)
		out_format(o, ",\"cookie\":%" PRIu64, c->cookie);
	if (c->family) {
		*text_addr(client, c->family, c->addr) = '\0';
		out_format(o, ",\"raddr\":\"%s\",\"rport\":%u", client, c->port);
	}
	out_text(o, "}");
}

static void put_json_finding(struct out *o, const struct gate_report *r, size_t l, size_t i)
{
	const struct gate_rule *rule = &gate_rules(r->gate)->rule[i];
	const char *unit = is_time(rule) ? "_ns" : "";
	char text[WORDS_MAX];
	struct gate_finding f;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, text, sizeof(text));
	out_format(o, "%s{\"rule\":", i ? "," : "");
	put_json(o, text);
	out_format(o, ",\"result\":\"%s\"", gate_verdict_name(f.verdict));
	if (rule->measure == GATE_VERDICT) {
		verdict_list((uint32_t)f.measured, text, sizeof(text));
		put_json_key(o, "verdicts", text);
	} else {
		out_format(o, ",\"limit%s\":%" PRIu64, unit, f.limit);
		if (f.measured_known)
			out_format(o, ",\"measured%s\":%" PRIu64, unit, f.measured);
	}
	if (is_time(rule))
		out_format(o, ",\"count\":%" PRIu64, f.samples);
	if (f.worst[0].t)
		put_json_worst(o, r, &f.worst[0]);
	if (f.verdict == GATE_UNKNOWN) {
		unknown_text(r->gate, &f, text, sizeof(text));
		put_json_key(o, "why", text);
	}
	out_text(o, "}");
}

static void put_json_listener(struct out *o, const struct gate_report *r, size_t l)
{
	const struct gate_listener *is = gate_listener(r->gate, l);
	char addr[TEXT_ADDR_MAX];

	out_format(o, "%s{\"lport\":%u", l ? "," : "", is->port);
	if (is->family) {
		*text_addr(addr, is->family, is->addr) = '\0';
		put_json_key(o, "laddr", addr);
	}
	if (is->cookie)
		out_format(o, ",\"cookie\":%" PRIu64, is->cookie);
	if (is->netns)
		out_format(o, ",\"netns\":%" PRIu32, is->netns);
	if (is->pid) {
		out_format(o, ",\"pid\":%" PRIu32, is->pid);
		put_json_key(o, "comm", is->comm);
	}
	out_format(o, ",\"connections\":%" PRIu64 ",\"accepts\":%" PRIu64 ",\"rules\":[",
		   is->connections, is->accepts);
	for (size_t i = 0; i < gate_rules(r->gate)->count; i++)
		put_json_finding(o, r, l, i);
	out_text(o, "]");
	if (is->why[0])
		put_json_key(o, "why", is->why);
	out_text(o, "}");
}

void gate_report_json(struct out *o, const struct gate_report *r)
{
	enum gate_verdict result = gate_result(r->gate);
	char words[WORDS_MAX];

	result_text(r->gate, words, sizeof(words));
	out_format(o, "{\"type\":\"check\",\"result\":\"%s\",\"exit_code\":%d",
		   gate_verdict_name(result), r->exit_code);
	put_json_key(o, "sentence", words);
	out_format(o, ",\"duration_ns\":%" PRIu64 ",\"connections\":%" PRIu64,
		   gate_duration(r->gate), gate_connections(r->gate));
	if (r->command_status >= 0)
		out_format(o, ",\"command_status\":%d", r->command_status);
	out_text(o, ",\"listeners\":[");
	for (size_t l = 0; l < gate_listeners(r->gate); l++)
		put_json_listener(o, r, l);
	out_text(o, "]}\n");
}

/* ---- JUnit ---- */

/* XML 1.0 cannot express most control characters; they are written as '?'. */
static void put_xml(struct out *o, const char *text)
{
	char clean[4 * WORDS_MAX];

	text_clean(clean, sizeof(clean), text, WORDS_MAX, true);
	for (const char *p = clean; *p; p++) {
		switch (*p) {
		case '&':
			out_text(o, "&amp;");
			break;
		case '<':
			out_text(o, "&lt;");
			break;
		case '>':
			out_text(o, "&gt;");
			break;
		case '"':
			out_text(o, "&quot;");
			break;
		default:
			out_bytes(o, p, 1);
			break;
		}
	}
}

static void put_case(struct out *o, const struct gate_report *r, size_t l, size_t i,
		     const char *suite)
{
	const struct gate_rule *rule = &gate_rules(r->gate)->rule[i];
	char asked[GATE_RULE_TEXT], value[VALUE_MAX], words[WORDS_MAX], client[TEXT_END_MAX];
	struct gate_finding f;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, asked, sizeof(asked));
	value_text(rule, &f, true, value);
	out_text(o, "    <testcase classname=\"");
	put_xml(o, suite);
	out_text(o, "\" name=\"");
	put_xml(o, asked);
	out_text(o, "\">");
	if (f.verdict == GATE_BROKEN) {
		snprintf(words, sizeof(words), "%s: measured %s", asked, value);
		out_text(o, "<failure message=\"");
		put_xml(o, words);
		out_text(o, "\">");
		if (client_text(&f.worst[0], client))
			put_xml(o, client);
		out_text(o, "</failure>");
	} else if (f.verdict == GATE_UNKNOWN) {
		unknown_text(r->gate, &f, words, sizeof(words));
		out_text(o, "<error message=\"");
		put_xml(o, words);
		out_text(o, "\"/>");
	}
	out_text(o, "</testcase>\n");
}

static void put_suite(struct out *o, const struct gate_report *r, size_t l)
{
	char place[TEXT_END_MAX];
	size_t broken = 0, unknown = 0;

	for (size_t i = 0; i < gate_rules(r->gate)->count; i++) {
		struct gate_finding f;

		gate_judge(r->gate, l, i, &f);
		broken += f.verdict == GATE_BROKEN;
		unknown += f.verdict == GATE_UNKNOWN;
	}
	place_text(gate_listener(r->gate, l), place);
	out_format(o, "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n",
		   place, gate_rules(r->gate)->count, broken, unknown);
	for (size_t i = 0; i < gate_rules(r->gate)->count; i++)
		put_case(o, r, l, i, place);
	out_text(o, "  </testsuite>\n");
}

void gate_report_junit(struct out *o, const struct gate_report *r)
{
	char words[WORDS_MAX];

	out_text(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t l = 0; l < gate_listeners(r->gate); l++)
		put_suite(o, r, l);
	if (gate_result(r->gate) == GATE_TOO_LITTLE) {
		result_text(r->gate, words, sizeof(words));
		out_text(o, "  <testsuite name=\"sockstate check\" tests=\"1\" failures=\"0\" "
			    "errors=\"1\">\n    <testcase classname=\"sockstate check\" "
			    "name=\"min-connections\"><error message=\"");
		put_xml(o, words);
		out_text(o, "\"/></testcase>\n  </testsuite>\n");
	}
	out_text(o, "</testsuites>\n");
}

/* ---- progress ---- */

void gate_report_progress(struct out *o, const struct gate_report *r)
{
	const char *dot = r->utf8 ? "·" : "-";
	char time[TEXT_DURATION_MAX], asked[GATE_RULE_TEXT], value[VALUE_MAX];
	unsigned int shown = 0;
	struct gate_finding f;

	text_duration(time, gate_duration(r->gate), r->utf8);
	out_format(o, "%s %s %" PRIu64 " connections", time, dot, gate_connections(r->gate));
	for (size_t l = 0; l < gate_listeners(r->gate); l++)
		for (size_t i = 0; i < gate_rules(r->gate)->count; i++) {
			const struct gate_rule *rule = &gate_rules(r->gate)->rule[i];

			gate_judge(r->gate, l, i, &f);
			if (f.verdict != GATE_BROKEN || shown == PROGRESS_RULES)
				continue;
			shown++;
			gate_rule_text(rule, asked, sizeof(asked));
			value_text(rule, &f, r->utf8, value);
			out_format(o, " %s %s%s: %s%s", dot, color_of(r, GATE_BROKEN), asked, value,
				   plain(r));
		}
}
