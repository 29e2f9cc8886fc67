// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

static const struct arg which_args[] = {
	{.kind = ARG_NUMBER32,
	 .name = "pid",
	 .value = "PID",
	 .help = "only the listeners that this process holds",
	 .min = 1,
	 .max = INT32_MAX,
	 ARG_MEMBER(struct why_options, pid)},
};

static const struct arg_group which_group = {.title = TITLE_SOCKETS, ARG_ROWS(which_args)};

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json",
	 .help = "one object for each listener, of the type why",
	 ARG_MEMBER(struct why_options, json)},
	{.kind = ARG_FLAG,
	 .name = "stacks",
	 .help = "also the kernel's functions that each thread is in, the innermost first",
	 .more = "With -v too. With --json they are always there.",
	 ARG_MEMBER(struct why_options, stacks)},
	{.kind = ARG_FLAG,
	 .letter = 'q',
	 .name = "quiet",
	 .help = "print nothing, only set the exit code",
	 ARG_MEMBER(struct why_options, quiet)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static void init_look(void *group)
{
	struct why_options *o = group;

	o->look_ns = 500 * NS_MS;
}

static const struct arg look_args[] = {
	{.kind = ARG_TIME,
	 .name = "look",
	 .value = "TIME",
	 .help = "time between the two looks (default 500 ms)",
	 .more = "What is told of a time, as the share of a CPU, is told of this one.",
	 .unit_ns = NS_MS,
	 .min = 10 * NS_MS,
	 .max = NS_MIN,
	 ARG_MEMBER(struct why_options, look_ns)},
};

static const struct arg_group look_group = {
	.title = TITLE_HOW_LONG, ARG_ROWS(look_args), .init = init_look};

static const char *contradiction(const void *options)
{
	const struct why_options *o = options;

	return o->json && o->quiet ? "--json and --quiet: give one of them" : NULL;
}

static const struct arg_use uses[] = {
	ARG_USE(struct why_options, sockets, group_sockets),
	{.group = &which_group},
	{.group = &form_group},
	ARG_USE(struct why_options, color, group_color),
	{.group = &look_group},
	ARG_USE(struct why_options, tests, group_tests),
	ARG_USE(struct why_options, common, group_common),
};

const struct command command_why = {
	.name = "why",
	.usage = "[--port LIST] [--pid PID] [--json]",
	.summary = "what a program does instead of accept(), from two looks at it",
	.more = "Takes two looks at every listener that matches, at who holds it, at who waits for "
		"it, and at the threads of those processes. Prints a diagnosis of each with the "
		"evidence. It traces nothing and runs nothing in the context of a server. What "
		"cannot be known is said to be unknown. The exit code is 0 if all keep up, 4 if "
		"there is a diagnosis of trouble.",
	.args = {.program = "sockstate why", .size = sizeof(struct why_options), ARG_USES(uses)},
	.contradiction = contradiction,
};
