// SPDX-License-Identifier: BSD-2-Clause
/* --pid, --comm and --cgroup: whose sockets. */
#include "cli/groups.h"

static int add_pids(void *group, const struct arg *arg, const char *value, const void *context,
		    char *err, size_t err_size)
{
	struct opt_owner *o = group;

	(void)arg, (void)context;
	return owner_add_pids(&o->filter, value, err, err_size);
}

static int add_comm(void *group, const struct arg *arg, const char *value, const void *context,
		    char *err, size_t err_size)
{
	struct opt_owner *o = group;

	(void)arg, (void)context;
	return owner_add_comm(&o->filter, value, err, err_size);
}

static const struct arg owner_args[] = {
	{.kind = ARG_CALL,
	 .name = "pid",
	 .value = "PID",
	 .help = "sockets that this process owns, or several: 4711,4712",
	 .call = add_pids},
	{.kind = ARG_CALL,
	 .name = "comm",
	 .value = "NAME",
	 .help = "sockets of processes with this name, as /proc/PID/comm has it; may be repeated",
	 .call = add_comm},
	{.kind = ARG_TEXT,
	 .name = "cgroup",
	 .value = "CGROUP",
	 .help = "sockets of processes in a cgroup: a path, or a unit such as nginx.service",
	 .more = "A path stands for all cgroups below it. It is read from /proc/PID/cgroup while the "
		 "process lives.",
	 ARG_MEMBER(struct opt_owner, filter.cgroup)},
};

const struct arg_group group_owner = {
	.title = "Whose sockets",
	.about =
		"Applied in the tracker, where the owner of a socket is known; --port and the like, in "
		"the kernel, cost less. Until accept() a connection belongs to the owner of its "
		"listener. What is not known to be of the owner is not printed. The summary counts "
		"all.",
	ARG_ROWS(owner_args),
};
