// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json",
	 .help = "one JSON object, for a fleet of hosts",
	 ARG_MEMBER(struct doctor_options, json)},
	{.kind = ARG_FLAG,
	 .letter = 'q',
	 .name = "quiet",
	 .help = "print nothing, only set the exit code",
	 ARG_MEMBER(struct doctor_options, quiet)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static const struct arg_use uses[] = {
	{.group = &form_group},
	ARG_USE(struct doctor_options, color, group_color),
	ARG_USE(struct doctor_options, hooks, group_hooks),
	ARG_USE(struct doctor_options, tests, group_tests),
	ARG_USE(struct doctor_options, common, group_common),
};

const struct command command_doctor = {
	.name = "doctor",
	.usage = "[--json|--quiet]",
	.summary = "what this kernel lets sockstate see, and why not more",
	.more = "Prints for each fact whether this run could see it exactly, derived from "
		"something near, or not at all, and why. The last line is the conclusion. Without "
		"the rights to trace, it prints what anybody may know of this kernel. The exit code is 0 if tracing is possible "
		"and 1 if it is not.",
	.args = {.program = "sockstate doctor",
		 .size = sizeof(struct doctor_options),
		 ARG_USES(uses)},
};
