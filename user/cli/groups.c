// SPDX-License-Identifier: BSD-2-Clause
#include "cli/groups.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- which sockets ---- */

static void init_sockets(void *group)
{
	struct opt_sockets *o = group;

	filter_init(&o->filter);
}

static int add_ports(void *group, const struct arg *arg, const char *value, const void *context,
		     char *err, size_t err_size)
{
	const struct command_context *c = context;
	struct opt_sockets *o = group;

	(void)arg;
	return filter_add_named_ports(&o->filter, value, c ? c->port_by_name : NULL, err, err_size);
}

static int add_lports(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	const struct command_context *c = context;
	struct opt_sockets *o = group;

	(void)arg;
	return filter_add_lports(&o->filter, value, c ? c->port_by_name : NULL, err, err_size);
}

static int add_rports(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	const struct command_context *c = context;
	struct opt_sockets *o = group;

	(void)arg;
	return filter_add_rports(&o->filter, value, c ? c->port_by_name : NULL, err, err_size);
}

static int add_laddrs(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	struct opt_sockets *o = group;

	(void)arg, (void)context;
	return filter_add_laddrs(&o->filter, value, err, err_size);
}

static int add_hosts(void *group, const struct arg *arg, const char *value, const void *context,
		     char *err, size_t err_size)
{
	struct opt_sockets *o = group;

	(void)arg, (void)context;
	return filter_add_hosts(&o->filter, value, err, err_size);
}

/* -4 alone excludes IPv6 and -6 alone excludes IPv4; both together exclude nothing. */
static int add_family(void *group, const struct arg *arg, const char *value, const void *context,
		      char *err, size_t err_size)
{
	struct opt_sockets *o = group;
	struct filter *f = &o->filter;
	const bool first = f->ipv4 && f->ipv6;

	(void)value, (void)context, (void)err, (void)err_size;
	if (arg->min == 4) {
		f->ipv4 = true;
		f->ipv6 = f->ipv6 && !first;
	} else {
		f->ipv6 = true;
		f->ipv4 = f->ipv4 && !first;
	}
	return 0;
}

static const char *const sides[] = {"both", "server", "client", NULL};

static const struct arg socket_args[] = {
	{.kind = ARG_CALL,
	 .letter = 'P',
	 .name = "port",
	 .value = "LIST",
	 .help = "ports of either end: 9502, http or 80,443,9500-9510; may be repeated",
	 .more = "At most 32 parts in all. A name is looked up in /etc/services. A listener brings "
		 "its connections, and they bring it, where TPROXY gives it segments to another "
		 "port.",
	 .call = add_ports,
	 .complete = ARG_COMPLETE_PORTS},
	{.kind = ARG_CALL,
	 .name = "lport",
	 .value = "LIST",
	 .help = "ports of the local end",
	 .more = "A list as for --port, of 8 parts at most. Given together with other filters, all "
		 "must hold.",
	 .call = add_lports,
	 .complete = ARG_COMPLETE_PORTS},
	{.kind = ARG_CALL,
	 .name = "rport",
	 .value = "LIST",
	 .help = "ports of the remote end; a listener has none",
	 .call = add_rports},
	{.kind = ARG_CALL,
	 .name = "laddr",
	 .value = "NET",
	 .help = "local address: 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32, or several",
	 .more = "A listener on all addresses passes, since its connections may. One on an address "
		 "of its own brings its connections to others (TPROXY).",
	 .call = add_laddrs},
	{.kind = ARG_CALL,
	 .name = "host",
	 .value = "NET",
	 .help = "address of either end, given in the same way",
	 .more = "Listeners pass, since their connections may.",
	 .call = add_hosts},
	{.kind = ARG_CHOICE,
	 .name = "side",
	 .value = "SIDE",
	 .help = "server: passive opens, the port is local; client: active opens, the port is "
		 "remote; both (default)",
	 .more = "Listeners belong to the server's side.",
	 .choices = sides,
	 ARG_MEMBER(struct opt_sockets, filter.side)},
	{.kind = ARG_TEXT,
	 .name = "netns",
	 .value = "NETNS",
	 .help = "one network namespace: self, a pid, a name of ip-netns(8), a path or an inode",
	 .more = "The inode is what the field netns shows.",
	 .complete = ARG_COMPLETE_NETNS,
	 ARG_MEMBER(struct opt_sockets, netns)},
	{.kind = ARG_CALL,
	 .letter = '4',
	 .name = "ipv4",
	 .help = "IPv4 only",
	 .more = "A v4-mapped peer of a dual-stack listener counts as IPv4.",
	 .min = 4,
	 .call = add_family},
	{.kind = ARG_CALL,
	 .letter = '6',
	 .name = "ipv6",
	 .help = "IPv6 only",
	 .min = 6,
	 .call = add_family},
};

const struct arg_group group_sockets = {
	.title = TITLE_SOCKETS,
	.about = "Applied in the kernel, or while a recording is read: other traffic costs next to "
		 "nothing.",
	ARG_ROWS(socket_args),
	.init = init_sockets,
};

/* ---- what is printed ---- */

static const char *const whens[] = {"auto", "always", "never", NULL};

static const struct arg color_args[] = {
	{.kind = ARG_CHOICE,
	 .name = "color",
	 .value = "WHEN",
	 .help = "auto (default: on a terminal, unless NO_COLOR is set), always or never",
	 .choices = whens,
	 ARG_MEMBER(struct opt_color, when)},
};

const struct arg_group group_color = {.title = TITLE_PRINTED, ARG_ROWS(color_args)};

static const struct arg table_args[] = {
	{.kind = ARG_FLAG,
	 .letter = 'w',
	 .name = "wide",
	 .help = "table: room for IPv6 addresses",
	 ARG_MEMBER(struct opt_table, wide)},
	{.kind = ARG_FLAG,
	 .name = "no-header",
	 .help = "table: no heading",
	 ARG_MEMBER(struct opt_table, no_header)},
};

const struct arg_group group_table = {.title = TITLE_PRINTED, ARG_ROWS(table_args)};

/* "KEY=": a letter or underscore, then digits too. The length with the '=', or 0. */
static size_t label_key(const char *label)
{
	static const char *const letters =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	size_t len = strspn(label, letters);

	return len && (*label < '0' || *label > '9') && label[len] == '=' ? len + 1 : 0;
}

static int add_label(void *group, const struct arg *arg, const char *value, const void *context,
		     char *err, size_t err_size)
{
	struct opt_labels *o = group;
	size_t len = label_key(value);

	(void)arg, (void)context;
	if (!len) {
		snprintf(
			err, err_size,
			"'%.40s' is no KEY=VALUE: the key has letters, digits and _, env=prod for example",
			value);
		return -EINVAL;
	}
	for (unsigned int i = 0; i < o->count; i++) {
		if (strncmp(o->label[i], value, len) != 0)
			continue;
		snprintf(err, err_size, "the key '%.*s' is given twice: leave one out",
			 (int)(len - 1 > 40 ? 40 : len - 1), value);
		return -EINVAL;
	}
	if (o->count == LABELS_MAX) {
		snprintf(err, err_size, "more than %d labels: leave some out", LABELS_MAX);
		return -EINVAL;
	}
	o->label[o->count++] = value;
	return 0;
}

static const struct arg label_args[] = {
	{.kind = ARG_CALL,
	 .name = "label",
	 .value = "KEY=VALUE",
	 .help = "json: copied to every line, under labels; may be repeated",
	 .more = "Tells lines of several machines or runs apart. At most 16. A recording keeps "
		 "them; with --replay one of the same key takes the place of the recorded one.",
	 .call = add_label},
};

const struct arg_group group_labels = {.title = TITLE_PRINTED, ARG_ROWS(label_args)};

/* ---- how long ---- */

static const struct arg duration_args[] = {
	{.kind = ARG_TIME,
	 .name = "duration",
	 .value = "TIME",
	 .help = "stop after TIME: 10 (seconds), 500ms, 1m",
	 .unit_ns = NS_S,
	 .min = NS_MS,
	 .max = 365 * NS_DAY,
	 ARG_MEMBER(struct opt_duration, ns)},
};

const struct arg_group group_duration = {.title = TITLE_HOW_LONG, ARG_ROWS(duration_args)};

/* ---- verdicts ---- */

static const struct arg threshold_args[] = {
	{.kind = ARG_TIME,
	 .name = "slow",
	 .value = "TIME",
	 .help = "app_slow: half of the connections wait this long for accept() (default 100 ms)",
	 .more = "A number without a unit counts milliseconds.",
	 .unit_ns = NS_MS,
	 .min = 1,
	 .max = NS_DAY,
	 ARG_MEMBER(struct opt_thresholds, slow_ns)},
	{.kind = ARG_TIME,
	 .name = "stuck",
	 .value = "TIME",
	 .help = "app_stuck: none is accepted for this long while some wait (default 5 s)",
	 .more = "A number without a unit counts seconds.",
	 .unit_ns = NS_S,
	 .min = 1,
	 .max = NS_DAY,
	 ARG_MEMBER(struct opt_thresholds, stuck_ns)},
	{.kind = ARG_NUMBER32,
	 .name = "flood-min",
	 .value = "N",
	 .help = "syn_flood: from this many half-open requests (default 16)",
	 .min = 1,
	 .max = UINT32_MAX,
	 ARG_MEMBER(struct opt_thresholds, flood_min)},
	{.kind = ARG_NUMBER32,
	 .name = "flood-old",
	 .value = "PERCENT",
	 .help = "syn_flood: share of them that did not answer at once (default 50)",
	 .more = "Such a request is one whose SYN-ACK was sent again.",
	 .min = 1,
	 .max = 100,
	 ARG_MEMBER(struct opt_thresholds, flood_old_percent)},
};

const struct arg_group group_thresholds = {.title = "Verdicts on listeners",
					   ARG_ROWS(threshold_args)};

/* ---- depth and cost ---- */

static const struct arg hook_args[] = {
	{.kind = ARG_FLAG,
	 .name = "name-syn-drops",
	 .help = "name the clients whose SYN was refused, or dropped by a packet filter of this "
		 "host; costly: a hook on every packet the machine drops",
	 .more = "Without it refusals are counted, not named, and what a filter drops is not seen.",
	 ARG_MEMBER(struct opt_hooks, name_syn_drops)},
	{.kind = ARG_FLAG,
	 .name = "syscall-fallback",
	 .help = "where no better hook may be attached, see accept() through one that slows down "
		 "every system call",
	 ARG_MEMBER(struct opt_hooks, syscall_fallback)},
};

const struct arg_group group_hooks = {.title = TITLE_COST, ARG_ROWS(hook_args)};

static const struct arg limit_args[] = {
	{.kind = ARG_SIZE,
	 .name = "ring-size",
	 .value = "SIZE",
	 .help = "buffers between kernel and sockstate, together: a power of two (default: 8M, and "
		 "512K for each CPU where they are many)",
	 .more = "There is one buffer for each CPU. When one is full, facts are lost, and a lost "
		 "line says how many.",
	 .min = 4096,
	 .max = UINT64_C(1) << 30,
	 ARG_MEMBER(struct opt_limits, ring_bytes)},
	{.kind = ARG_NUMBER,
	 .name = "max-connections",
	 .value = "N",
	 .help = "connections kept in memory; beyond it the oldest is forgotten, and a lost line "
		 "says so",
	 .min = 16,
	 .max = UINT64_C(1) << 28,
	 ARG_MEMBER(struct opt_limits, max_connections)},
	{.kind = ARG_NUMBER,
	 .name = "max-requests",
	 .value = "N",
	 .help = "the same for half-open requests",
	 .min = 16,
	 .max = UINT64_C(1) << 28,
	 ARG_MEMBER(struct opt_limits, max_requests)},
};

const struct arg_group group_limits = {.title = TITLE_COST, ARG_ROWS(limit_args)};

/* ---- for tests ---- */

static const struct arg test_args[] = {
	{.kind = ARG_TEXT,
	 .name = "force-absent",
	 .value = "LIST",
	 .help = "treat these hooks as refused by the kernel; fentry: all of that kind",
	 .more = "Shows what an older or stricter kernel would show.",
	 .complete = ARG_COMPLETE_HOOKS,
	 ARG_MEMBER(struct opt_tests, force_absent)},
	{.kind = ARG_FLAG,
	 .name = "keep-privileges",
	 .help = "do not give up capabilities and user id after attaching",
	 ARG_MEMBER(struct opt_tests, keep_privileges)},
};

const struct arg_group group_tests = {.title = "For tests", ARG_ROWS(test_args)};

/* ---- other ---- */

static const struct arg common_args[] = {
	{.kind = ARG_FLAG,
	 .letter = 'v',
	 .name = "verbose",
	 .help = "say on standard error what is loaded and attached",
	 ARG_MEMBER(struct opt_common, verbose)},
	{.kind = ARG_FLAG,
	 .name = "no-sandbox",
	 .help = "do not limit system calls and files once everything is open",
	 .more = "Else any other system call ends the program with SIGSYS. See docs/security.md.",
	 ARG_MEMBER(struct opt_common, no_sandbox)},
	{.kind = ARG_END,
	 .letter = 'V',
	 .name = "version",
	 .help = "print the version",
	 ARG_MEMBER(struct opt_common, version)},
	{.kind = ARG_END,
	 .letter = 'h',
	 .name = "help",
	 .help = "print this text",
	 ARG_MEMBER(struct opt_common, help)},
};

const struct arg_group group_common = {.title = "Other", ARG_ROWS(common_args)};
