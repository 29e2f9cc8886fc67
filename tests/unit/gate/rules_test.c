// SPDX-License-Identifier: BSD-2-Clause
#include <string.h>

#include "gate/rules.h"
#include "tap.h"

static char err[256];

static bool reads(const char *name, const char *value, const char *back)
{
	struct gate_rules rules;
	char text[GATE_RULE_TEXT];

	gate_rules_init(&rules);
	if (gate_rules_add(&rules, name, value, err, sizeof(err)) || rules.count != 1)
		return false;
	gate_rule_text(&rules.rule[0], text, sizeof(text));
	if (!strcmp(text, back))
		return true;
	printf("# got %s\n", text);
	return false;
}

static bool refuses(const char *name, const char *value, const char *words)
{
	struct gate_rules rules;

	gate_rules_init(&rules);
	err[0] = '\0';
	if (!gate_rules_add(&rules, name, value, err, sizeof(err)) || rules.count)
		return false;
	if (strstr(err, words) && strstr(err, name))
		return true;
	printf("# got %s\n", err);
	return false;
}

static bool line_reads(const char *line, const char *back)
{
	struct gate_rules rules;
	char text[GATE_RULE_TEXT] = "";

	gate_rules_init(&rules);
	if (gate_rules_add_line(&rules, line, err, sizeof(err)))
		return false;
	if (rules.count)
		gate_rule_text(&rules.rule[0], text, sizeof(text));
	return !strcmp(text, back);
}

static bool line_refused(const char *line, const char *words)
{
	struct gate_rules rules;

	gate_rules_init(&rules);
	err[0] = '\0';
	return gate_rules_add_line(&rules, line, err, sizeof(err)) && strstr(err, words);
}

int main(void)
{
	struct gate_rules rules;

	ok(reads("max-wait", "p99=50ms", "max-wait p99=50ms"), "a percentile");
	ok(reads("max-wait", "p99.9=50", "max-wait p99.9=50ms"), "a bare number is milliseconds");
	ok(reads("max-wait", "p99.999=1.5s", "max-wait p99.999=1500ms"), "three digits behind p99");
	ok(reads("max-wait", "max=2s", "max-wait max=2s"), "the maximum");
	ok(reads("max-handshake", "250us", "max-handshake max=250us"),
	   "a time alone is the maximum");
	ok(reads("max-refused", "0", "max-refused 0"), "a count");
	ok(reads("max-queue", "80%", "max-queue 80%"), "a share of the queue");
	ok(reads("max-queue", "128", "max-queue 128"), "a length");
	ok(reads("no-verdict", "app_stuck,out_of_fds", "no-verdict out_of_fds,app_stuck"),
	   "verdicts");

	ok(refuses("max-wait", "p100=5ms", "no limit"), "p100 is no percentile");
	ok(refuses("max-wait", "p0=5ms", "no limit"), "p0 is no percentile");
	ok(refuses("max-wait", "p99.9999=5ms", "no limit"), "four digits behind p99");
	ok(refuses("max-wait", "p99", "no limit"), "a percentile without a time");
	ok(refuses("max-wait", "p99=", "no limit"), "a percentile with an empty time");
	ok(refuses("max-wait", "", "no limit"), "nothing");
	ok(refuses("max-wait", "fast", "no limit"), "a word");
	ok(refuses("max-refused", "-1", "give a number"), "a negative count");
	ok(refuses("max-refused", "80%", "give a number"), "a share of refusals");
	ok(refuses("max-queue", "101%", "80%"), "more than the queue");
	ok(refuses("no-verdict", "app_dead", "app_dead"), "a verdict that does not exist");
	ok(refuses("no-verdict", "ok", "no verdict"), "ok is nothing to forbid");
	ok(refuses("no-verdict", "", "at least one"), "no verdict at all");
	ok(refuses("max-weight", "5", "see 'sockstate check --help'"), "an unknown rule");

	gate_rules_init(&rules);
	ok(rules.min_connections == 1, "one connection has to be seen");
	ok(!gate_rules_add(&rules, "min-connections", "100", err, sizeof(err)) &&
		   rules.min_connections == 100 && rules.count == 0,
	   "more are asked for");
	for (int i = 0; i < GATE_RULES_MAX; i++)
		gate_rules_add(&rules, "max-refused", "0", err, sizeof(err));
	ok(gate_rules_add(&rules, "max-refused", "0", err, sizeof(err)) &&
		   rules.count == GATE_RULES_MAX && strstr(err, "at most 64"),
	   "too many rules");

	ok(line_reads("max-wait p99=50ms\n", "max-wait p99=50ms"), "a line");
	ok(line_reads("--max-wait=p99=50ms", "max-wait p99=50ms"), "as on a command line");
	ok(line_reads("\tmax-refused 0  # none\r\n", "max-refused 0"), "blanks and a comment");
	ok(line_reads("# nothing\n", ""), "a comment alone");
	ok(line_reads("", ""), "an empty line");
	ok(line_refused("max-wait", "the value is missing"), "a rule without its value");
	ok(line_refused("max-wait p99=5ms p50=1ms", "one value"), "two values");
	ok(line_refused("=5", "no rule"), "a value without its rule");
	return done();
}
