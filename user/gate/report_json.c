// SPDX-License-Identifier: BSD-2-Clause
#include <inttypes.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"
#include "gate/report.h"
#include "gate/words.h"

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
	const char *unit = gate_is_time(rule) ? "_ns" : "";
	char text[GATE_WORDS_MAX];
	struct gate_finding f;

	gate_judge(r->gate, l, i, &f);
	gate_rule_text(rule, text, sizeof(text));
	out_format(o, "%s{\"rule\":", i ? "," : "");
	put_json(o, text);
	out_format(o, ",\"result\":\"%s\"", gate_verdict_name(f.verdict));
	if (rule->measure == GATE_VERDICT) {
		gate_verdict_list((uint32_t)f.measured, text, sizeof(text));
		put_json_key(o, "verdicts", text);
	} else {
		out_format(o, ",\"limit%s\":%" PRIu64, unit, f.limit);
		if (f.measured_known)
			out_format(o, ",\"measured%s\":%" PRIu64, unit, f.measured);
	}
	if (gate_is_time(rule))
		out_format(o, ",\"count\":%" PRIu64, f.samples);
	if (f.worst[0].t)
		put_json_worst(o, r, &f.worst[0]);
	if (f.verdict == GATE_UNKNOWN) {
		gate_unknown_text(r->gate, &f, text, sizeof(text));
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
	if (is->zone[0])
		put_json_key(o, "ifname", is->zone);
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
	char words[GATE_WORDS_MAX];

	gate_result_text(r->gate, words, sizeof(words));
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
