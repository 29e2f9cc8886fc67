// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/endpoint.h"
#include "cli/command.h"
#include "otlp/pairs.h"
#include "otlp/url.h"

#define LISTENERS_DEFAULT 500
#define INTERVAL_DEFAULT  (15 * NS_S)
#define KEEP_DEFAULT	  (UINT64_C(1) << 30)
#define LISTENERS_MOST	  1024 /* as many as the programs count */

static void init(void *options)
{
	struct export_options *o = options;

	o->interval_ns = INTERVAL_DEFAULT;
	o->keep_bytes = KEEP_DEFAULT;
	o->max_listeners = LISTENERS_DEFAULT;
}

static int check_listen(void *group, const struct arg *arg, const char *value, const void *context,
			char *err, size_t err_size)
{
	struct endpoint at;
	int rc = strcmp(value, "systemd") ? endpoint_read(&at, value) : 0;

	(void)group, (void)arg, (void)context;
	if (rc == -ENAMETOOLONG)
		snprintf(err, err_size, "the path of a socket has at most %zu bytes: give another",
			 sizeof(at.address.path.sun_path) - 1);
	else if (rc)
		snprintf(err, err_size,
			 "'%.60s' is no address: give 127.0.0.1:9435, [::1]:9435, unix:PATH or "
			 "systemd",
			 value);
	return rc;
}

static int check_otlp(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	(void)group, (void)arg, (void)context;
	if (!strcmp(value, OTLP_BY_ENVIRONMENT) || otlp_is_url(value))
		return 0;
	snprintf(err, err_size, "'%.60s' is no URL: give http://HOST:4318 or https://HOST, or env",
		 value);
	return -EINVAL;
}

static int add_header(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	struct export_options *o = group;

	(void)arg, (void)context;
	if (!otlp_is_header(value))
		snprintf(err, err_size, "'%.60s' is no NAME=VALUE of a header", value);
	else if (o->otlp_headers == OTLP_HEADERS_MAX)
		snprintf(err, err_size, "more than %d headers", OTLP_HEADERS_MAX);
	else
		return o->otlp_header[o->otlp_headers++] = value, 0;
	return -EINVAL;
}

static const struct arg serve_args[] = {
	{.kind = ARG_TEXT,
	 .name = "listen",
	 .value = "WHERE",
	 .help = "serve at ADDRESS:PORT, unix:PATH, or systemd for the socket of a socket unit "
		 "(default: 127.0.0.1:9435; with --textfile or --otlp: nothing is served)",
	 .call = check_listen,
	 ARG_MEMBER(struct export_options, listen)},
	{.kind = ARG_FLAG,
	 .name = "once",
	 .help = "print the metrics to standard output at the end, serve nothing",
	 .more = "With --duration: what happened in that time. Else at once: the queues as they are.",
	 ARG_MEMBER(struct export_options, once)},
	{.kind = ARG_TEXT,
	 .name = "textfile",
	 .value = "FILE",
	 .help = "keep the metrics in FILE, for node_exporter's textfile collector",
	 .more = "Written anew every --interval under another name and renamed, so a reader finds "
		 "a complete file; removed at the end. sockstate keeps its user for it, whose "
		 "files these are, and gives up every capability.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct export_options, textfile)},
	{.kind = ARG_TIME,
	 .name = "interval",
	 .value = "TIME",
	 .help = "how often --textfile is written and --otlp sends (default 15s)",
	 .unit_ns = NS_S,
	 .min = NS_S,
	 .max = NS_DAY,
	 ARG_MEMBER(struct export_options, interval_ns)},
	{.kind = ARG_TEXT,
	 .name = "otlp",
	 .value = "URL",
	 .help = "send the metrics to URL/v1/metrics every --interval, by OTLP (HTTP, JSON); env: "
		 "to OTEL_EXPORTER_OTLP_ENDPOINT",
	 .more = "A process without any right sends them, so a receiver that is slow or away "
		 "delays nothing; what cannot be delivered is counted. Headers, attributes of the "
		 "resource and certificates are taken from OTEL_EXPORTER_OTLP_HEADERS, "
		 "OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_CERTIFICATE.",
	 .call = check_otlp,
	 ARG_MEMBER(struct export_options, otlp)},
	{.kind = ARG_CALL,
	 .name = "otlp-header",
	 .value = "NAME=VALUE",
	 .help = "a header of these requests; may be given again",
	 .more = "Everybody can read a command line: a key belongs in OTEL_EXPORTER_OTLP_HEADERS.",
	 .call = add_header},
	{.kind = ARG_FLAG,
	 .name = "otlp-logs",
	 .help = "also send notable connections as log records, to URL/v1/logs",
	 .more = "The lines that --json --notable prints, as they come, and changes of verdicts. It "
		 "traces for that, which costs connections and not only listeners.",
	 ARG_MEMBER(struct export_options, otlp_logs)},
	{.kind = ARG_TEXT,
	 .name = "story",
	 .value = "DIR",
	 .help = "also keep recordings of bad moments in DIR",
	 .more = "When a verdict turns bad, clients are refused, accept() fails or comes late, the "
		 "minute around it is written as a recording, for --replay, report and top. It "
		 "traces for that, which costs connections and not only listeners. sockstate "
		 "keeps its user, as with --textfile.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct export_options, story)},
	{.kind = ARG_SIZE,
	 .name = "keep",
	 .value = "SIZE",
	 .help = "how large the recordings of --story may be together; the oldest ones go (default "
		 "1G)",
	 .min = UINT64_C(1) << 16,
	 .max = UINT64_C(1) << 50,
	 ARG_MEMBER(struct export_options, keep_bytes)},
	{.kind = ARG_NUMBER,
	 .name = "max-listeners",
	 .value = "N",
	 .help = "listening addresses with series of their own (default 500); the others share "
		 "one",
	 .min = 1,
	 .max = LISTENERS_MOST,
	 ARG_MEMBER(struct export_options, max_listeners)},
	{.kind = ARG_FLAG,
	 .name = "no-why",
	 .help = "do not look at what a program does that does not accept",
	 ARG_MEMBER(struct export_options, no_why)},
};

static const char *contradiction(const void *options)
{
	const struct export_options *o = options;

	if (o->once && o->textfile)
		return "--once and --textfile: --once prints to standard output";
	if (o->once && o->otlp)
		return "--once and --otlp: --once prints to standard output";
	if (o->once && o->story)
		return "--once and --story: --once ends before there is something to keep";
	if (!o->story && o->keep_bytes != KEEP_DEFAULT)
		return "--keep: only with --story";
	if (!o->otlp && o->otlp_logs)
		return "--otlp-logs: only with --otlp";
	if (!o->otlp && o->otlp_headers)
		return "--otlp-header: only with --otlp";
	return !o->textfile && !o->otlp && o->interval_ns != INTERVAL_DEFAULT
		       ? "--interval: only with --textfile or --otlp"
		       : NULL;
}

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
	.summary = "metrics of every listener for Prometheus and OpenTelemetry",
	.more = "Counts in the kernel, so its cost grows with listeners and not with connections. "
		"GET /metrics gives OpenMetrics 1.0 or the older text format, as the scraper asks; "
		"/ is a page for people, /healthz says whether the counters are read. One series "
		"a listening address; never a peer's. The metrics are listed in docs/export.md.",
	.args = {.program = "sockstate export",
		 .size = sizeof(struct export_options),
		 ARG_USES(uses)},
	.contradiction = contradiction,
};
