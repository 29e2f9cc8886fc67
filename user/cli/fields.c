// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

static const struct arg_use uses[] = {
	ARG_USE(struct fields_options, common, group_common),
};

const struct command command_fields = {
	.name = "fields",
	.usage = "",
	.summary = "every field of the output, as Markdown",
	.more = "Prints every type of line and every field of the output.",
	.args = {.program = "sockstate fields",
		 .size = sizeof(struct fields_options),
		 ARG_USES(uses)},
};
