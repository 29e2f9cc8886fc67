// SPDX-License-Identifier: BSD-2-Clause
/* The options that choose among the lines of a run: what is printed, and what a loss means. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/value.h"
#include "cli/groups.h"
#include "event/event.h"

static void list_types(char *text, size_t size)
{
	size_t used = 0;

	for (int t = 0; t < EVENT_TYPE_COUNT && used < size; t++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", t ? ", " : "",
					 event_type_name((enum event_type)t));
}

static const char *type_word(size_t i)
{
	return i < EVENT_TYPE_COUNT ? event_type_name((enum event_type)i) : NULL;
}

static int add_type(struct opt_select *o, const char *name, size_t len, char *err, size_t err_size)
{
	char types[160];

	for (int t = 0; t < EVENT_TYPE_COUNT; t++) {
		const char *type = event_type_name((enum event_type)t);

		if (strlen(type) == len && !memcmp(type, name, len)) {
			o->only |= UINT32_C(1) << t;
			return 0;
		}
	}
	list_types(types, sizeof(types));
	snprintf(err, err_size, "'%.*s' is no type of line: choose from %s",
		 (int)(len < 40 ? len : 40), name, types);
	return -EINVAL;
}

static int add_types(void *group, const struct arg *arg, const char *value, const void *context,
		     char *err, size_t err_size)
{
	int rc = value_list_whole(value, err, err_size);

	(void)arg, (void)context;
	while (!rc) {
		size_t len = strcspn(value, ",");

		rc = add_type(group, value, len, err, err_size);
		if (!value[len])
			break;
		value += len + 1;
	}
	return rc;
}

static int set_sample(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	struct opt_select *o = group;
	const char *end = NULL;
	uint64_t n = 0;

	(void)arg, (void)context;
	if (strncmp(value, "1/", 2) || value_digits(value + 2, &n, &end) || *end || !n) {
		snprintf(err, err_size, "'%.40s' is no share: give for example 1/100", value);
		return -EINVAL;
	}
	o->sample = n;
	return 0;
}

static const struct arg select_args[] = {
	{.kind = ARG_CALL,
	 .name = "only",
	 .value = "TYPE[,TYPE]",
	 .help = "only lines of these types, as in accept,drop",
	 .more = "The types are those of sockstate fields. The lines meta, lost and summary are "
		 "always printed.",
	 .call = add_types,
	 .complete = ARG_COMPLETE_WORDS,
	 .word = type_word},
	{.kind = ARG_TIME,
	 .name = "min-wait",
	 .value = "TIME",
	 .help = "of the lines of connections only those that tell of a wait for accept() this "
		 "long: accept and close",
	 .more = "A number without a unit counts milliseconds. Lines of listeners and refusals are "
		 "printed all the same. See --only.",
	 .unit_ns = NS_MS,
	 .min = 1,
	 .max = NS_DAY,
	 ARG_MEMBER(struct opt_select, min_wait_ns)},
	{.kind = ARG_TIME,
	 .name = "min-age",
	 .value = "TIME",
	 .help = "of the lines of connections only the close lines of those that lived this long",
	 .more = "A number without a unit counts seconds.",
	 .unit_ns = NS_S,
	 .min = 1,
	 .max = 365 * NS_DAY,
	 ARG_MEMBER(struct opt_select, min_age_ns)},
	{.kind = ARG_CALL,
	 .name = "sample",
	 .value = "1/N",
	 .help = "one connection in N, with all its lines",
	 .more = "The choice follows from the cookie. Where both ends are on this machine they are "
		 "two sockets, and chosen apart.",
	 .call = set_sample},
	{.kind = ARG_FLAG,
	 .name = "notable",
	 .help = "only connections that turn out to be worth it, each with its whole story",
	 .more = "Worth it is one that waited for accept() longer than --slow or still does, was "
		 "refused, took itself for connected while it was not, was reset while queued or "
		 "never accepted, had its SYN or SYN-ACK sent again, had a handshake longer than "
		 "--slow-handshake, or ended in an error. The lines of its past come at once, "
		 "those of its future as they happen; lines of listeners are printed as ever. The "
		 "summary says how many sockets were seen and not printed.",
	 ARG_MEMBER(struct opt_select, notable)},
	{.kind = ARG_TIME,
	 .name = "slow-handshake",
	 .value = "TIME",
	 .help = "--notable: a handshake or connect() that lasted so long (default 1 s)",
	 .more = "A number without a unit counts milliseconds.",
	 .unit_ns = NS_MS,
	 .min = 1,
	 .max = NS_DAY,
	 ARG_MEMBER(struct opt_select, slow_handshake_ns)},
	{.kind = ARG_FLAG,
	 .name = "strict",
	 .help = "exit code 7 if facts were lost",
	 .more = "A loss is also named on standard error as soon as it occurs, with a remedy.",
	 ARG_MEMBER(struct opt_select, strict)},
};

const struct arg_group group_select = {
	.title = "Which lines",
	.about =
		"Applied before a line is formatted: what is not printed costs little. The summary "
		"counts all.",
	ARG_ROWS(select_args),
};
