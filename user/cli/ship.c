// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

#define KEEP_DEFAULT  (UINT64_C(1) << 30)
#define BATCH_DEFAULT (UINT64_C(32) << 20)
/* One batch is on its way, one is filling, and one may be older than both. */
#define BATCHES_LEAST 4

static void init(void *options)
{
	struct ship_options *o = options;

	o->keep = KEEP_DEFAULT;
	o->batch = BATCH_DEFAULT;
	o->every_ns = NS_S;
	o->retry_ns = 30 * NS_S;
	o->timeout_ns = 5 * NS_MIN;
	o->drain_ns = 10 * NS_S;
}

static const struct arg spool_args[] = {
	{.kind = ARG_TEXT,
	 .name = "spool",
	 .value = "DIR",
	 .help = "where lines wait on disk; what an earlier run left there goes first",
	 .more = "The directory is made if it is not there, and belongs to one sockstate ship at a "
		 "time.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct ship_options, spool)},
	{.kind = ARG_SIZE,
	 .name = "keep",
	 .value = "SIZE",
	 .help = "how many bytes may wait; then the oldest batch is dropped and counted (default "
		 "1G)",
	 .min = UINT64_C(1) << 18,
	 .max = UINT64_C(1) << 50,
	 ARG_MEMBER(struct ship_options, keep)},
	{.kind = ARG_SIZE,
	 .name = "batch",
	 .value = "SIZE",
	 .help = "how many bytes go to the command at a time, at most (default 32M)",
	 .min = UINT64_C(1) << 16,
	 .max = UINT64_C(1) << 40,
	 ARG_MEMBER(struct ship_options, batch)},
	{.kind = ARG_TIME,
	 .name = "every",
	 .value = "TIME",
	 .help = "how long a line waits at most for others to fill its batch (default 1s)",
	 .more = "While another batch waits, a batch fills up to --batch.",
	 .unit_ns = NS_S,
	 .min = 10 * NS_MS,
	 .max = NS_HOUR,
	 ARG_MEMBER(struct ship_options, every_ns)},
};

static const struct arg_group spool_group = {
	.title = "Lines that wait", ARG_ROWS(spool_args), .init = init};

static const struct arg attempt_args[] = {
	{.kind = ARG_TIME,
	 .name = "retry",
	 .value = "TIME",
	 .help = "the longest pause between attempts; the first is 250 ms, each next one twice as "
		 "long (default 30s)",
	 .unit_ns = NS_S,
	 .min = 10 * NS_MS,
	 .max = NS_HOUR,
	 ARG_MEMBER(struct ship_options, retry_ns)},
	{.kind = ARG_TIME,
	 .name = "timeout",
	 .value = "TIME",
	 .help = "the command is killed if it takes longer for a batch (default 5m)",
	 .unit_ns = NS_S,
	 .min = 100 * NS_MS,
	 .max = NS_DAY,
	 ARG_MEMBER(struct ship_options, timeout_ns)},
	{.kind = ARG_NUMBER,
	 .name = "never-code",
	 .value = "N",
	 .help = "exit code by which the command says that it will never take a batch",
	 .more = "Such a batch is set aside in the spool as rejected-..., and counted as dropped. "
		 "The command must not end with this code for another reason: curl has many codes "
		 "of its own (65: it could not send the data again), and clickhouse-client ends "
		 "with the server's error code modulo 256. A script that calls them ends with 1 "
		 "for what may pass.",
	 .min = 1,
	 .max = 255,
	 ARG_MEMBER(struct ship_options, never_code)},
	{.kind = ARG_TIME,
	 .name = "drain",
	 .value = "TIME",
	 .help = "how long to go on after the end of the input or a signal (default 10s)",
	 .more = "What is left then stays in the spool for the next start.",
	 .unit_ns = NS_S,
	 .min = 10 * NS_MS,
	 .max = NS_DAY,
	 ARG_MEMBER(struct ship_options, drain_ns)},
};

static const struct arg_group attempt_group = {.title = "Attempts", ARG_ROWS(attempt_args)};

static const struct arg operand = {
	.kind = ARG_REST,
	.name = "command",
	.value = "COMMAND",
	.help = "gets each batch on its standard input; exit code 0 says that it has it",
	ARG_MEMBER(struct ship_options, operands),
};

static const char *contradiction(const void *options)
{
	const struct ship_options *o = options;

	if (!o->spool)
		return "ship: say where lines wait: --spool DIR";
	if (!o->operands)
		return "ship: name the command that takes the lines, behind --";
	if (o->keep / BATCHES_LEAST < o->batch)
		return "--keep and --batch: --keep must hold four batches";
	return NULL;
}

static const struct arg_use uses[] = {
	{.group = &spool_group},
	{.group = &attempt_group},
	ARG_USE(struct ship_options, common, group_common),
};

const struct command command_ship = {
	.name = "ship",
	.usage = "--spool DIR [--keep SIZE] -- COMMAND [ARG...]",
	.summary = "hand lines to a command, over a spool on disk",
	.more = "Reads lines, as of --json, from standard input and gives them in batches to the command, such as "
		"clickhouse-client. A batch is removed when the command has ended with exit code "
		"0. Otherwise it is given again, the same bytes, after a pause that grows, unless "
		"--never-code says that this would not help. The "
		"command's environment has SOCKSTATE_BATCH, a name of the batch that stays the "
		"same in every attempt. When --keep is reached the oldest batch that is not on its "
		"way is dropped, rejected ones first; each drop is told on standard error with the number of lines. At "
		"the end it says how many lines came, arrived, were dropped and are left. The "
		"exit code is 7 if lines were dropped, else 1 if some are left in the spool, or "
		"one that the command has taken could not be removed. It needs no rights.",
	.args = {.program = "sockstate ship",
		 .size = sizeof(struct ship_options),
		 ARG_USES(uses),
		 .operand = &operand},
	.contradiction = contradiction,
};
