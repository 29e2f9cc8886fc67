// SPDX-License-Identifier: BSD-2-Clause
#include <stdio.h>

#include "base/text.h"
#include "gate/report.h"
#include "gate/words.h"

/* XML 1.0 cannot express most control characters; they are written as '?'. */
static void put_xml(struct out *o, const char *text)
{
	char clean[4 * GATE_WORDS_MAX];

	text_clean(clean, sizeof(clean), text, GATE_WORDS_MAX, true);
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
	char asked[GATE_RULE_TEXT], value[GATE_VALUE_MAX], words[GATE_WORDS_MAX],
		client[TEXT_END_MAX];
	struct gate_finding f;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, asked, sizeof(asked));
	gate_value_text(rule, &f, true, value);
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
		if (gate_client_text(&f.worst[0], client))
			put_xml(o, client);
		out_text(o, "</failure>");
	} else if (f.verdict == GATE_UNKNOWN) {
		gate_unknown_text(r->gate, &f, words, sizeof(words));
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
	gate_place_text(gate_listener(r->gate, l), place);
	out_format(o, "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n",
		   place, gate_rules(r->gate)->count, broken, unknown);
	for (size_t i = 0; i < gate_rules(r->gate)->count; i++)
		put_case(o, r, l, i, place);
	out_text(o, "  </testsuite>\n");
}

void gate_report_junit(struct out *o, const struct gate_report *r)
{
	char words[GATE_WORDS_MAX];

	out_text(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t l = 0; l < gate_listeners(r->gate); l++)
		put_suite(o, r, l);
	if (gate_result(r->gate) == GATE_TOO_LITTLE) {
		gate_result_text(r->gate, words, sizeof(words));
		out_text(o, "  <testsuite name=\"sockstate check\" tests=\"1\" failures=\"0\" "
			    "errors=\"1\">\n    <testcase classname=\"sockstate check\" "
			    "name=\"min-connections\"><error message=\"");
		put_xml(o, words);
		out_text(o, "\"/></testcase>\n  </testsuite>\n");
	}
	out_text(o, "</testsuites>\n");
}
