// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

#define LISTENERS_DEFAULT 500
#define LISTENERS_MOST	  1024 /* as many as the programs count */

static void init(void *options)
{
	struct export_options *o = options;

	o->listen = "127.0.0.1:9435";
	o->max_listeners = LISTENERS_DEFAULT;
}

static const struct arg serve_args[] = {
	{.kind = ARG_TEXT,
	 .name = "listen",
	 .value = "WHERE",
	 .help = "serve at ADDRESS:PORT, unix:PATH, or systemd for the socket of a socket unit "
		 "(default: 127.0.0.1:9435)",
	 ARG_MEMBER(struct export_options, listen)},
	{.kind = ARG_FLAG,
	 .name = "once",
	 .help = "print the metrics to standard output at the end, serve nothing",
	 .more = "With --duration: what happened in that time. For node_exporter's textfile "
		 "collector and for a look.",
	 ARG_MEMBER(struct export_options, once)},
	{.kind = ARG_NUMBER,
	 .name = "max-listeners",
	 .value = "N",
	 .help = "listening addresses with series of their own (default 500); the others share "
		 "one",
	 .min = 1,
	 .max = LISTENERS_MOST,
	 ARG_MEMBER(struct export_options, max_listeners)},
};

static const struct arg_group serve_group = {
	.title = TITLE_PRINTED, ARG_ROWS(serve_args), .init = init};

static const struct arg_use uses[] = {
	ARG_USE(struct export_options, sockets, group_sockets),
	{.group = &serve_group},
	ARG_USE(struct export_options, duration, group_duration),
	ARG_USE(struct export_options, thresholds, group_thresholds),
	ARG_USE(struct export_options, hooks, group_hooks),
	ARG_USE(struct export_options, tests, group_tests),
	ARG_USE(struct export_options, common, group_common),
};

const struct command command_export = {
	.name = "export",
	.usage = "[--listen WHERE] [options]",
	.summary = "metrics of every listener for Prometheus, over HTTP",
	.more = "Counts in the kernel, so its cost grows with listeners and not with connections. "
		"GET /metrics gives OpenMetrics 1.0 or the older text format, as the scraper asks; "
		"/ is a page for people, /healthz says whether the counters are read. One series "
		"a listening address; never a peer's. The metrics are listed in docs/export.md.",
	.args = {.program = "sockstate export",
		 .size = sizeof(struct export_options),
		 ARG_USES(uses)},
};
