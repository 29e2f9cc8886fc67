// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/value.h"
#include "cli/command.h"

/* ---- what both have ---- */

static int set_recording(void *group, const struct arg *arg, const char *value, const void *context,
			 char *err, size_t err_size)
{
	struct opt_recording *o = group;

	(void)arg, (void)context;
	if (o->path) {
		snprintf(err, err_size, "'%.40s' and '%.40s': give one recording", o->path, value);
		return -EINVAL;
	}
	o->path = value;
	return 0;
}

static const struct arg operand = {
	.kind = ARG_CALL,
	.name = "recording",
	.value = "RECORDING",
	.help = "a file that --record made",
	.complete = ARG_COMPLETE_FILES,
	.call = set_recording,
};

/* ---- report ---- */

static const struct arg page_args[] = {
	{.kind = ARG_TEXT,
	 .letter = 'o',
	 .name = "output",
	 .value = "FILE",
	 .help = "where the page goes; - for standard output",
	 .more = "The page is written beside FILE under the name FILE.tmp and renamed once it is "
		 "whole.",
	 .complete = ARG_COMPLETE_FILES,
	 ARG_MEMBER(struct report_options, output)},
	{.kind = ARG_TEXT,
	 .name = "title",
	 .value = "TEXT",
	 .help = "heading of the page (default: the name of the recording)",
	 ARG_MEMBER(struct report_options, title)},
};

static const struct arg_group page_group = {.title = TITLE_PRINTED, ARG_ROWS(page_args)};

static const char *report_contradiction(const void *options)
{
	const struct report_options *o = options;

	if (!o->recording.path)
		return "report: name the recording: sockstate report FILE -o page.html";
	if (!o->output)
		return "report: say where the page goes: -o page.html, or -o - for standard output";
	return NULL;
}

static const struct arg_use report_uses[] = {
	ARG_USE(struct report_options, sockets, group_sockets),
	{.group = &page_group},
	ARG_USE(struct report_options, thresholds, group_thresholds),
	ARG_USE(struct report_options, common, group_common),
};

const struct command command_report = {
	.name = "report",
	.usage = "RECORDING -o PAGE.html [--port LIST]",
	.summary = "one HTML page of a recording, to look at and to send",
	.more = "The page shows for each listener the accept queue against its limit over time, with "
		"refusals, verdicts and looks; arrivals and accepts; how long handshakes and waits "
		"took; the twenty connections that had it worst, drawn; the time in each state; "
		"and what was lost or cannot be known. It is one file that loads nothing and runs "
		"nothing, so it can be mailed and opened anywhere. It needs no rights. Of a recording "
		"that is cut the page is made as far as it goes, and the exit code is 1.",
	.args = {.program = "sockstate report",
		 .size = sizeof(struct report_options),
		 ARG_USES(report_uses),
		 .operand = &operand,
		 .operand_off = offsetof(struct report_options, recording)},
	.contradiction = report_contradiction,
};

/* ---- explain ---- */

/* "127.0.0.1:40000", "[::1]:40000" */
static int set_connection(void *group, const struct arg *arg, const char *value,
			  const void *context, char *err, size_t err_size)
{
	struct explain_options *o = group;
	const char *colon = strrchr(value, ':'), *end;
	char addr[INET6_ADDRSTRLEN + 2] = "";
	size_t len = colon ? (size_t)(colon - value) : 0;
	uint64_t port;

	(void)arg, (void)context;
	if (len >= 2 && value[0] == '[' && value[len - 1] == ']' && len - 2 < sizeof(addr)) {
		memcpy(addr, value + 1, len - 2);
		o->family = AF_INET6;
	} else if (len && len < sizeof(addr) && !memchr(value, ':', len)) {
		memcpy(addr, value, len);
		o->family = AF_INET;
	}
	if (!*addr || inet_pton(o->family, addr, o->addr) != 1 ||
	    value_digits(colon + 1, &port, &end) || *end || !port || port > UINT16_MAX) {
		snprintf(
			err, err_size,
			"'%.60s' is not a client: give its address and port, as in 192.0.2.1:40000 or [2001:db8::1]:40000",
			value);
		return -EINVAL;
	}
	o->port = (uint16_t)port;
	o->connection = value;
	return 0;
}

static const struct arg explain_args[] = {
	{.kind = ARG_CALL,
	 .name = "connection",
	 .value = "ADDR:PORT",
	 .help = "the client's end of it (default: the connection that had it worst)",
	 .more = "An IPv6 address stands in brackets. If a client used the port more than once, each "
		 "of its connections is told.",
	 .call = set_connection},
};

static const struct arg_group which_group = {.title = TITLE_SOCKETS, ARG_ROWS(explain_args)};

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json",
	 .help = "one JSON object for each connection, with the sentences as text",
	 ARG_MEMBER(struct explain_options, json)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static const char *explain_contradiction(const void *options)
{
	const struct explain_options *o = options;

	return o->recording.path ? NULL : "explain: name the recording: sockstate explain FILE";
}

static const struct arg_use explain_uses[] = {
	ARG_USE(struct explain_options, sockets, group_sockets),
	{.group = &which_group},
	{.group = &form_group},
	ARG_USE(struct explain_options, thresholds, group_thresholds),
	ARG_USE(struct explain_options, common, group_common),
};

const struct command command_explain = {
	.name = "explain",
	.usage = "RECORDING [--connection ADDR:PORT]",
	.summary = "the life of one connection of a recording, in a paragraph",
	.more = "Says who connected to whom and when, how long the handshake took, how long the "
		"connection waited for accept(), what the client believed meanwhile, how it ended, "
		"and what is not known and why. Without --connection it is the connection that had "
		"it worst: one that was never served rather than one that waited, and of those the "
		"one with the longest time from the first sign of it. The ladder of the same "
		"connection is on the page of report. It needs no rights.",
	.args = {.program = "sockstate explain",
		 .size = sizeof(struct explain_options),
		 ARG_USES(explain_uses),
		 .operand = &operand,
		 .operand_off = offsetof(struct explain_options, recording)},
	.contradiction = explain_contradiction,
};
