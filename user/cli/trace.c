// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

static const char *const outputs[] = {"table", "ladder", "json", "summary", NULL};

static const char *const existing[] = {"brief", "all", NULL};

static const struct arg form_args[] = {
	{.kind = ARG_CHOICE,
	 .letter = 'o',
	 .name = "output",
	 .value = "FORM",
	 .help = "table (default), ladder, json or summary",
	 .more = "table: one line for each transition and each accept(). "
		 "ladder: each connection as a handshake ladder with absolute sequence numbers. "
		 "json: one JSON object per line. "
		 "summary: counts and percentiles of each listener, every second and at the end.",
	 .choices = outputs,
	 .only_one = "forms",
	 ARG_MEMBER(struct trace_options, output)},
	{.kind = ARG_FIXED,
	 .name = "json",
	 .help = "the same as -o json: one object per line, made for jq",
	 .min = OUTPUT_JSON,
	 .choices = outputs,
	 .only_one = "forms",
	 ARG_MEMBER(struct trace_options, output)},
	{.kind = ARG_CHOICE,
	 .name = "existing",
	 .value = "WHICH",
	 .help = "table: sockets that existed before: brief (default), TIME_WAIT is counted; or all",
	 .more = "JSON has them all.",
	 .choices = existing,
	 ARG_MEMBER(struct trace_options, existing)},
	{.kind = ARG_FLAG,
	 .name = "raw",
	 .help = "every kernel transition as it fired, unchanged",
	 .more = "With --replay, the recording must have been made with it.",
	 ARG_MEMBER(struct trace_options, raw)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static const struct arg length_args[] = {
	{.kind = ARG_NUMBER,
	 .name = "count",
	 .value = "N",
	 .help = "stop after N state and accept lines",
	 .more = "The summary follows.",
	 .min = 1,
	 .max = UINT64_MAX,
	 ARG_MEMBER(struct trace_options, count)},
	{.kind = ARG_TIME,
	 .name = "interval",
	 .value = "TIME",
	 .help = "a line per listener every TIME (default: only at changes)",
	 .more = "Its queues are read from the kernel then. A change is one of its limit or its "
		 "verdict.",
	 .unit_ns = NS_S,
	 .min = 100 * NS_MS,
	 .max = NS_DAY,
	 ARG_MEMBER(struct trace_options, interval_ns)},
};

static const struct arg_group length_group = {.title = TITLE_HOW_LONG, ARG_ROWS(length_args)};

static const struct arg recording_args[] = {
	{.kind = ARG_TEXT,
	 .name = "record",
	 .value = "FILE",
	 .help = "also keep the facts in FILE; -: on standard output, instead of text",
	 .more = "They are kept as they came from the kernel, with addresses and program names. "
		 "The file is opened before privileges are given up. It also keeps the host, the boot, "
		 "the run, labels and the filter: the meta line of a replay has those of the "
		 "recording.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct trace_options, record)},
	{.kind = ARG_TEXT,
	 .name = "replay",
	 .value = "FILE",
	 .help = "read the facts from FILE instead of the kernel; needs no rights; -: from "
		 "standard input",
	 .more = "Prints, in any form, what the live run printed with the same options. Limits "
		 "such as --max-requests, the thresholds of verdicts and --interval are options "
		 "of a run: they are not in the file and have to be given again. --port, --side, "
		 "--ipv4 and --ipv6 narrow it further. A file that is cut or damaged is printed "
		 "up to that place, the place is named, and the exit code is 1.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct trace_options, replay)},
};

static const struct arg_group recording_group = {.title = "Recordings", ARG_ROWS(recording_args)};

static const char *const overload[] = {"thin", "summary", "keep", NULL};

static const struct arg depth_args[] = {
	{.kind = ARG_FLAG,
	 .name = "verify",
	 .help = "compare with the kernel's own socket tables while tracing",
	 .more = "Each difference is printed. What a loss (a lost line) left wrong is put right "
		 "first.",
	 ARG_MEMBER(struct trace_options, verify)},
	{.kind = ARG_FLAG,
	 .name = "no-why",
	 .help = "do not look at what a program does that does not accept",
	 .more = "Else a why line follows when a listener's verdict turns bad or clients are "
		 "refused: at most once a second, and once in ten seconds while nothing changes.",
	 ARG_MEMBER(struct trace_options, no_why)},
	{.kind = ARG_TIME,
	 .name = "why-after",
	 .value = "TIME",
	 .help = "look when a connection has waited this long (default: at the verdict)",
	 .more = "The look is taken when the oldest connection in an accept queue has waited for "
		 "TIME, whatever the verdict is, and not before. Without this option it is taken "
		 "when the verdict turns to app_slow (--slow) or app_stuck (--stuck). Clients that "
		 "are refused, and descriptors that have run out, are looked at in any case.",
	 .unit_ns = NS_MS,
	 .min = 10 * NS_MS,
	 .max = NS_HOUR,
	 ARG_MEMBER(struct trace_options, why_after_ns)},
	{.kind = ARG_CHOICE,
	 .name = "overload",
	 .value = "POLICY",
	 .help = "where more comes than is read: thin (default), summary or keep",
	 .more = "thin: connections that begin then are printed whole if they turn out to be "
		 "notable, as with --notable, and counted else. summary: they are only counted. "
		 "keep: every line is printed, and more facts are lost. It begins when, at three of "
		 "ten looks a tenth of a second apart, facts had been lost in a ring although "
		 "sockstate had read without a pause (what it left unread was never less than a "
		 "quarter of a ring), and ends by itself. A run that loses nothing prints every "
		 "line. A lost line says both times what is still exact; connections that began "
		 "before are printed to their end, and a recording keeps every fact. It does not "
		 "occur where options choose, count or compare the lines (--only, --min-wait, "
		 "--min-age, --sample, --notable, --raw, --count, --verify, -o summary), nor in a "
		 "replay.",
	 .choices = overload,
	 ARG_MEMBER(struct trace_options, overload)},
	{.kind = ARG_FLAG,
	 .name = "summary",
	 .help = "count in the kernel, print only the summary: for the busiest machines",
	 .more = "It has the form of -o summary, but no line per transition ever leaves the "
		 "kernel.",
	 ARG_MEMBER(struct trace_options, summary)},
};

static const struct arg_group depth_group = {.title = TITLE_COST, ARG_ROWS(depth_args)};

static const char *contradiction(const void *options)
{
	const struct trace_options *o = options;
	const struct {
		bool clash;
		const char *what;
	} rules[] = {
		{o->record && o->replay,
		 "--record and --replay: a replay cannot be recorded, copy the file instead"},
		{o->verify && o->replay,
		 "--verify and --replay: a recording has no kernel to compare with"},
		{o->summary && o->replay,
		 "--summary and --replay: use -o summary with a recording"},
		{o->summary && o->record,
		 "--summary and --record: --summary keeps no facts, record without it"},
		{o->summary && o->verify,
		 "--summary and --verify: --summary follows no single socket"},
		{o->no_why && o->why_after_ns, "--no-why and --why-after: give one of them"},
		{o->why_after_ns && o->replay,
		 "--why-after and --replay: a recording has the looks that were taken"},
		{o->summary && o->raw, "--summary and --raw: --summary prints no transitions"},
		{o->summary && o->count,
		 "--summary and --count: --summary prints no such lines, use --duration"},
		{o->summary && o->output == OUTPUT_LADDER,
		 "--summary and -o ladder: --summary follows no single connection"},
		{o->select.only && o->output == OUTPUT_LADDER,
		 "--only and -o ladder: a ladder is drawn from all lines, use --notable"},
		{o->select.notable && o->raw,
		 "--notable and --raw: a story is made of whole lives"},
		{o->select.notable &&
			 (o->select.only || o->select.min_wait_ns || o->select.min_age_ns),
		 "--notable and --only, --min-wait or --min-age: a story is told whole, use --slow"},
		{o->select.slow_handshake_ns && !o->select.notable,
		 "--slow-handshake: only with --notable"},
		{(o->select.min_wait_ns || o->select.min_age_ns) && o->output == OUTPUT_LADDER,
		 "--min-wait, --min-age and -o ladder: a ladder is drawn from all lines, use --notable"},
		{(o->select.only || o->select.min_wait_ns || o->select.min_age_ns ||
		  o->select.sample || o->select.notable) &&
			 (o->summary || o->output == OUTPUT_SUMMARY),
		 "--only, --min-wait, --min-age, --sample or --notable and a summary: it counts all connections"},
		{owner_restricts(&o->owner.filter) && (o->summary || o->output == OUTPUT_SUMMARY),
		 "--pid, --comm or --cgroup and a summary: it counts all connections, use --port"},
		{o->owner.filter.cgroup && o->replay,
		 "--cgroup and --replay: the processes have gone, use --comm"},
		{o->raw && o->output == OUTPUT_LADDER,
		 "--raw and -o ladder: use --raw with -o table or -o json"},
		{o->duration.ns && o->replay,
		 "--duration and --replay: a recording ends by itself, use --count"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].clash)
			return rules[i].what;
	}
	return NULL;
}

static const struct arg_use uses[] = {
	ARG_USE(struct trace_options, sockets, group_sockets),
	ARG_USE(struct trace_options, owner, group_owner),
	{.group = &form_group},
	ARG_USE(struct trace_options, table, group_table),
	ARG_USE(struct trace_options, color, group_color),
	ARG_USE(struct trace_options, select, group_select),
	ARG_USE(struct trace_options, labels, group_labels),
	ARG_USE(struct trace_options, duration, group_duration),
	{.group = &length_group},
	{.group = &recording_group},
	ARG_USE(struct trace_options, thresholds, group_thresholds),
	{.group = &depth_group},
	ARG_USE(struct trace_options, hooks, group_hooks),
	ARG_USE(struct trace_options, limits, group_limits),
	ARG_USE(struct trace_options, tests, group_tests),
	ARG_USE(struct trace_options, common, group_common),
};

const struct command command_trace = {
	.usage = "[options]",
	.summary = "a line for each transition and each accept()",
	.args = {.program = "sockstate", .size = sizeof(struct trace_options), ARG_USES(uses)},
	.contradiction = contradiction,
};
