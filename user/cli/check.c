// SPDX-License-Identifier: BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

/* ---- rules ---- */

static void init_rules(void *group)
{
	struct opt_rules *o = group;

	gate_rules_init(&o->rules);
}

/* The parser says "--max-wait: " in front of what the rules say behind their own name. */
static int add_rule(void *group, const struct arg *arg, const char *value, const void *context,
		    char *err, size_t err_size)
{
	struct opt_rules *o = group;
	const size_t prefix = strlen(arg->name) + 2; /* "max-wait: " */
	char words[256];
	int rc;

	(void)context;
	rc = gate_rules_add(&o->rules, arg->name, value, words, sizeof(words));
	if (rc)
		snprintf(err, err_size, "%s", strlen(words) > prefix ? words + prefix : words);
	return rc;
}

static const char *bad_verdict(size_t i)
{
	return i + VERDICT_OK + 1 < VERDICT_COUNT ? verdict_name(VERDICT_OK + 1 + i) : NULL;
}

#define RULE(rule, what, text)                                                     \
	{                                                                          \
		.kind = ARG_CALL, .name = (rule), .value = (what), .help = (text), \
		.call = add_rule                                                   \
	}

/* clang-format off */
static const struct arg rule_args[] = {
	RULE("max-wait", "PNN=TIME", "wait for accept(): p99=50ms, p99.9=1s or max=2s"),
	RULE("max-handshake", "PNN=TIME", "the same for the handshake, from the SYN to the final ACK"),
	RULE("max-refused", "N", "SYNs and final ACKs that the listener refused"),
	RULE("max-queue", "N", "longest accept queue: connections, or 80% of what it holds"),
	RULE("max-never-accepted", "N", "connections that ended without accept()"),
	RULE("max-dead-in-queue", "N", "connections that were reset while they waited for accept()"),
	RULE("max-accept-errors", "N", "accept() calls that failed, as with EMFILE"),
	RULE("max-synack-retrans", "N", "SYN-ACKs that were sent again"),
	{.kind = ARG_CALL,
	 .name = "no-verdict",
	 .value = "LIST",
	 .help = "verdicts that must not occur, as app_stuck,out_of_fds",
	 .call = add_rule,
	 .complete = ARG_COMPLETE_WORDS,
	 .word = bad_verdict},
	RULE("min-connections", "N", "fewer of them are too little to judge (default 1)"),
	{.kind = ARG_TEXT,
	 .name = "rules",
	 .value = "FILE",
	 .help = "read more rules from FILE, a line each, as max-wait p99=50ms",
	 .more = "What follows a # is a comment.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct opt_rules, file)},
};
/* clang-format on */

static const struct arg_group rule_group = {
	.title = "Rules, each held against every listener",
	.about = "The limit itself is allowed. Each may be given several times.",
	ARG_ROWS(rule_args),
	.init = init_rules,
};

/* ---- the rest ---- */

static const struct arg which_args[] = {
	{.kind = ARG_FLAG,
	 .name = "all-listeners",
	 .help = "every listener, instead of those of --port",
	 ARG_MEMBER(struct check_options, all_listeners)},
};

static const struct arg_group which_group = {.title = TITLE_SOCKETS, ARG_ROWS(which_args)};

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json",
	 .help = "one JSON object; what the command prints goes to standard error",
	 ARG_MEMBER(struct check_options, json)},
	{.kind = ARG_TEXT,
	 .name = "junit",
	 .value = "FILE",
	 .help = "also write the result as JUnit XML",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct check_options, junit)},
	{.kind = ARG_FLAG,
	 .letter = 'q',
	 .name = "quiet",
	 .help = "print nothing, only set the exit code",
	 ARG_MEMBER(struct check_options, quiet)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static void init_load(void *group)
{
	struct check_options *o = group;

	o->settle_ns = NS_S;
}

static const struct arg load_args[] = {
	{.kind = ARG_TIME,
	 .name = "settle",
	 .value = "TIME",
	 .help = "once the command has ended, wait this long for accept() of what still waits "
		 "(default 1 s)",
	 .unit_ns = NS_S,
	 .max = NS_HOUR,
	 ARG_MEMBER(struct check_options, settle_ns)},
	{.kind = ARG_TEXT,
	 .name = "user",
	 .value = "NAME",
	 .help = "run the command as this user (default: who called sudo)",
	 ARG_MEMBER(struct check_options, user)},
	{.kind = ARG_TEXT,
	 .name = "record",
	 .value = "FILE",
	 .help = "also keep the facts in FILE",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct check_options, record)},
	{.kind = ARG_TEXT,
	 .name = "replay",
	 .value = "FILE",
	 .help = "judge a recording; needs no rights",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct check_options, replay)},
};

static const struct arg_group load_group = {
	.title = "What is judged", ARG_ROWS(load_args), .init = init_load};

static const struct arg operand = {
	.kind = ARG_REST,
	.name = "command",
	.value = "COMMAND",
	.help = "started once tracing has begun; the check ends with it",
	ARG_MEMBER(struct check_options, operands),
};

static const char *contradiction(const void *options)
{
	const struct check_options *o = options;
	const struct {
		bool clash;
		const char *what;
	} rules[] = {
		{!o->sockets.filter.port_ranges && !o->all_listeners,
		 "check: say which listeners: --port LIST or --all-listeners"},
		{o->sockets.filter.port_ranges && o->all_listeners,
		 "--port and --all-listeners: give one of them"},
		{o->replay && o->operands,
		 "--replay and a command: a recording is judged as it is, leave the command out"},
		{o->replay && o->duration.ns,
		 "--replay and --duration: a recording ends by itself"},
		{o->replay && o->record,
		 "--replay and --record: a replay cannot be recorded, copy the file instead"},
		{o->json && o->quiet, "--json and --quiet: give one of them"},
		{o->user && !o->operands, "--user: there is no command to run"},
		{!o->rules.rules.count && !o->rules.file,
		 "check: no rule is given: see 'sockstate check --help' for the list"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].clash)
			return rules[i].what;
	}
	return NULL;
}

static const struct arg_use uses[] = {
	ARG_USE(struct check_options, sockets, group_sockets),
	{.group = &which_group},
	ARG_USE(struct check_options, rules, rule_group),
	{.group = &form_group},
	ARG_USE(struct check_options, color, group_color),
	ARG_USE(struct check_options, duration, group_duration),
	{.group = &load_group},
	ARG_USE(struct check_options, thresholds, group_thresholds),
	ARG_USE(struct check_options, hooks, group_hooks),
	ARG_USE(struct check_options, limits, group_limits),
	ARG_USE(struct check_options, tests, group_tests),
	ARG_USE(struct check_options, common, group_common),
};

const struct command command_check = {
	.name = "check",
	.usage = "--port LIST RULES [-- COMMAND [ARG...]]",
	.summary = "hold listeners against rules while a load test or a rollout runs",
	.more = "Prints a table of rules, what was measured and the worst connection. A rule is "
		"held or broken on evidence only: where facts were lost, or where this kernel does "
		"not show what a rule needs, the result is unknown. Without a command the check "
		"ends with --duration or a signal. The exit status of the command is printed and "
		"does not change the exit code.",
	.args = {.program = "sockstate check",
		 .size = sizeof(struct check_options),
		 ARG_USES(uses),
		 .operand = &operand},
	.contradiction = contradiction,
};
