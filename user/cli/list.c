// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

#define ROWS_MAX 1000000

static void init(void *options)
{
	struct list_options *o = options;

	o->rows = LIST_ROWS_FIT;
}

static int add_states(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	struct list_options *o = group;

	(void)arg, (void)context;
	return listing_states_parse(value, &o->wants.states, err, err_size);
}

static const struct arg which_args[] = {
	{.kind = ARG_CALL,
	 .name = "state",
	 .value = "LIST",
	 .help = "states: QUEUED, CLOSE_WAIT or ESTABLISHED,LISTEN (default: all but TIME_WAIT)",
	 .more = "QUEUED is a connection that is complete and waits for accept(); QUEUED FIN one "
		 "whose client has closed its end meanwhile. Small letters and the names of ss, such "
		 "as close-wait, are understood too.",
	 .call = add_states,
	 .complete = ARG_COMPLETE_WORDS,
	 .word = listing_state_word},
	{.kind = ARG_TIME,
	 .name = "min-wait",
	 .value = "TIME",
	 .help = "only connections that have been waiting for accept() for TIME or longer",
	 .more = "A number without a unit counts milliseconds.",
	 .unit_ns = NS_MS,
	 .min = 1,
	 .max = NS_DAY,
	 ARG_MEMBER(struct list_options, wants.min_wait_ns)},
	{.kind = ARG_TIME,
	 .name = "min-idle",
	 .value = "TIME",
	 .help = "only connections without data in either direction for TIME or longer",
	 .unit_ns = NS_MS,
	 .min = 1,
	 .max = 365 * NS_DAY,
	 ARG_MEMBER(struct list_options, wants.min_idle_ns)},
};

static const struct arg_group which_group = {.title = TITLE_SOCKETS, ARG_ROWS(which_args)};

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json",
	 .help = "one JSON object per socket",
	 ARG_MEMBER(struct list_options, json)},
	{.kind = ARG_NUMBER,
	 .name = "rows",
	 .value = "N",
	 .help = "at most N sockets, 0 for all (default: on a terminal as many as it holds)",
	 .max = ROWS_MAX,
	 ARG_MEMBER(struct list_options, rows)},
};

static const struct arg_group form_group = {
	.title = TITLE_PRINTED, ARG_ROWS(form_args), .init = init};

static const struct arg length_args[] = {
	{.kind = ARG_TIME,
	 .name = "watch",
	 .value = "TIME",
	 .help = "again every TIME: 1 (second), 500ms; on a terminal in the same place",
	 .unit_ns = NS_S,
	 .min = 100 * NS_MS,
	 .max = NS_DAY,
	 ARG_MEMBER(struct list_options, watch_ns)},
};

static const struct arg_group length_group = {.title = TITLE_HOW_LONG, ARG_ROWS(length_args)};

static const char *contradiction(const void *options)
{
	const struct list_options *o = options;

	if (o->duration.ns && !o->watch_ns)
		return "--duration: a list ends by itself, give --watch too";
	if (o->wants.min_wait_ns && o->wants.states &&
	    !(o->wants.states >> LISTING_STATE_QUEUED & 1))
		return "--min-wait and --state: only QUEUED connections wait for accept()";
	return NULL;
}

static const struct arg_use uses[] = {
	ARG_USE(struct list_options, sockets, group_sockets),
	{.group = &which_group},
	ARG_USE(struct list_options, owner, group_owner),
	{.group = &form_group},
	ARG_USE(struct list_options, table, group_table),
	ARG_USE(struct list_options, color, group_color),
	{.group = &length_group},
	ARG_USE(struct list_options, duration, group_duration),
	ARG_USE(struct list_options, common, group_common),
};

const struct command command_list = {
	.name = "list",
	.usage = "[--state LIST] [--watch TIME] [options]",
	.summary = "what is open now, what waits longest for accept() first",
	.more = "Looks once and ends; nothing is traced. Like ss(8), and besides: connections in an "
		"accept queue are QUEUED, with the time that they have been waiting, the "
		"listener's queue and who should take them. FOR is the time in the state, as far "
		"as the kernel's own figures prove it: \">= 8.00 s\" is a lower bound. IDLE is the "
		"time since data was last sent or received, UNREAD the bytes that the program has "
		"not read, UNACKED those that the peer has not acknowledged. On top are queued "
		"connections, then CLOSE_WAIT, then data that has been lying for a while, then what "
		"has been idle longest. The last line counts sockets by state; with --min-wait, "
		"--min-idle and a filter by process only those that are listed. Times have the "
		"grain of the kernel's clock tick. Without rights it lists the sockets of its own "
		"network namespace and the owners that /proc shows, and says what is missing.",
	.args = {.program = "sockstate list", .size = sizeof(struct list_options), ARG_USES(uses)},
	.contradiction = contradiction,
};
