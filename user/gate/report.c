// SPDX-License-Identifier: BSD-2-Clause
/* For people: the table, and the progress line. */
#include "gate/report.h"

#include <inttypes.h>

#include "base/text.h"
#include "gate/words.h"

#define ASKED_COLUMNS  36
#define VALUE_COLUMNS  10
#define PROGRESS_RULES 2
#define COLUMNS	       80
#define WHY_INDENT     7

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
	if (gate_client_text(c, client))
		out_format(o, "  %s %s", time, client);
	else
		out_format(o, "  %s", time);
}

static void put_finding(struct out *o, const struct gate_report *r, size_t l, size_t i)
{
	const struct gate_rule *rule = &gate_rules(r->gate)->rule[i];
	char asked[GATE_RULE_TEXT], value[GATE_VALUE_MAX], words[GATE_WORDS_MAX];
	struct gate_finding f;
	int pad;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, asked, sizeof(asked));
	gate_value_text(rule, &f, r->utf8, value);
	pad = VALUE_COLUMNS - (int)text_columns(value);
	out_format(o, "%s%s%s %-*s %*s%s", color_of(r, f.verdict), mark(f.verdict, r->utf8),
		   plain(r), ASKED_COLUMNS, asked, pad > 0 ? pad : 0, "", value);
	if (f.verdict == GATE_UNKNOWN) {
		gate_unknown_text(r->gate, &f, words, sizeof(words));
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
	const char *label = "  why: ";

	if (!is->why[0] || gate_result(r->gate) != GATE_BROKEN)
		return;
	text_clean(words, sizeof(words), is->why, GATE_SENTENCE, r->utf8);
	for (const char *p = words; *p; label = "       ") {
		size_t len = text_row_of_words(p, COLUMNS - WHY_INDENT);

		out_format(o, "%s%.*s\n", label, (int)len, p);
		p += len + (p[len] == ' ');
	}
}

void gate_report_table(struct out *o, const struct gate_report *r)
{
	char place[TEXT_END_MAX], words[GATE_WORDS_MAX];
	enum gate_verdict result = gate_result(r->gate);

	for (size_t l = 0; l < gate_listeners(r->gate); l++) {
		const struct gate_listener *is = gate_listener(r->gate, l);

		gate_place_text(is, place);
		out_text(o, place);
		put_owner(o, is, r->utf8);
		out_format(o, "  %" PRIu64 " connection%s, %" PRIu64 " accepted\n", is->connections,
			   text_s(is->connections), is->accepts);
		for (size_t i = 0; i < gate_rules(r->gate)->count; i++)
			put_finding(o, r, l, i);
		put_why(o, r, is);
	}
	gate_result_text(r->gate, words, sizeof(words));
	out_format(o, "%s%s%s\n", color_of(r, result), words, plain(r));
	if (r->command_status > 0)
		out_format(o, "the command ended with status %d\n", r->command_status);
}

/* ---- progress ---- */

/* Held so far, and four fifths of the limit or more are used up. */
static bool at_risk(const struct gate_rule *rule, const struct gate_finding *f)
{
	return rule->measure != GATE_VERDICT && f->verdict != GATE_BROKEN && f->measured_known &&
	       f->measured && f->measured >= f->limit - f->limit / 5;
}

static void put_progress_rule(struct out *o, const struct gate_report *r,
			      const struct gate_rule *rule, const struct gate_finding *f)
{
	char asked[GATE_RULE_TEXT], value[GATE_VALUE_MAX];
	bool broken = f->verdict == GATE_BROKEN;

	gate_rule_text(rule, asked, sizeof(asked));
	gate_value_text(rule, f, r->utf8, value);
	out_format(o, " %s %s%s%s: %s%s", r->utf8 ? "·" : "-",
		   color_of(r, broken ? GATE_BROKEN : GATE_TOO_LITTLE),
		   broken ? "" : "at risk: ", asked, value, plain(r));
}

void gate_report_progress(struct out *o, const struct gate_report *r)
{
	const struct gate_rules *rules = gate_rules(r->gate);
	char time[TEXT_DURATION_MAX];
	unsigned int room = PROGRESS_RULES;
	struct gate_finding f;

	text_duration(time, gate_duration(r->gate), r->utf8);
	out_format(o, "%s %s %" PRIu64 " connection%s", time, r->utf8 ? "·" : "-",
		   gate_connections(r->gate), text_s(gate_connections(r->gate)));
	/* The broken rules first. */
	for (int risk = 0; risk < 2; risk++)
		for (size_t l = 0; l < gate_listeners(r->gate); l++)
			for (size_t i = 0; i < rules->count && room; i++) {
				gate_judge(r->gate, l, i, &f);
				if (risk ? !at_risk(&rules->rule[i], &f) : f.verdict != GATE_BROKEN)
					continue;
				room--;
				put_progress_rule(o, r, &rules->rule[i], &f);
			}
}
