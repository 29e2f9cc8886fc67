// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

static const struct arg recording_args[] = {
	{.kind = ARG_TEXT,
	 .name = "replay",
	 .value = "FILE",
	 .help = "play a recording instead of this machine; needs no rights",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct top_options, replay)},
};

static const struct arg_group recording_group = {.title = "Recordings", ARG_ROWS(recording_args)};

static const char *contradiction(const void *options)
{
	const struct top_options *o = options;

	return o->owner.filter.cgroup && o->replay
		       ? "--cgroup and --replay: the processes have gone, use --comm"
		       : NULL;
}

static const struct arg_use uses[] = {
	ARG_USE(struct top_options, sockets, group_sockets),
	ARG_USE(struct top_options, owner, group_owner),
	ARG_USE(struct top_options, color, group_color),
	{.group = &recording_group},
	ARG_USE(struct top_options, thresholds, group_thresholds),
	ARG_USE(struct top_options, hooks, group_hooks),
	ARG_USE(struct top_options, limits, group_limits),
	ARG_USE(struct top_options, tests, group_tests),
	ARG_USE(struct top_options, common, group_common),
};

const struct command command_top = {
	.name = "top",
	.usage = "[--port LIST] [--replay FILE] [options]",
	.summary = "a full screen: listeners and what waits at them, live",
	.more = "A row a listener, the worst first: its accept queue against the limit, connections "
		"that arrive and are accepted, waits of the last 10 seconds, refused clients, and "
		"what is wrong. Below, without a key, the connections that wait or hang longest. "
		"Enter looks closer, w writes what happened last to a new file, ! goes to the worst "
		"moment of a recording, ? explains the keys, q quits. Where events come faster than "
		"they can be read, it goes over to counters in the kernel, and says so. It needs a "
		"terminal that can "
		"move its cursor: elsewhere it refuses with exit code 2.",
	.args = {.program = "sockstate top", .size = sizeof(struct top_options), ARG_USES(uses)},
	.contradiction = contradiction,
};
