// SPDX-License-Identifier: BSD-2-Clause
/* The options of the server, and those that contradict each other. */
#include "lab/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int add_relisten(void *group, const struct arg *arg, const char *value, const void *context,
			char *why, size_t why_size)
{
	struct server_cfg *cfg = group;
	const char *colon = strchr(value, ':');
	char after[24];
	int err;

	(void)arg;
	(void)context;
	if (!colon || (size_t)(colon - value) >= sizeof(after)) {
		snprintf(why, why_size, "'%s' is not MS:BACKLOG", value);
		return -EINVAL;
	}
	if (cfg->nr_relistens == SERVER_RELISTENS_MAX) {
		snprintf(why, why_size, "given more than %d times", SERVER_RELISTENS_MAX);
		return -EINVAL;
	}
	snprintf(after, sizeof(after), "%.*s", (int)(colon - value), value);
	err = lab_number(after, 0, LAB_MS_MAX, &cfg->relistens[cfg->nr_relistens].after_ms, why,
			 why_size);
	if (!err)
		err = lab_number(colon + 1, 0, INT32_MAX,
				 &cfg->relistens[cfg->nr_relistens].backlog, why, why_size);
	if (!err)
		cfg->nr_relistens++;
	return err;
}

static int set_stall(void *group, const struct arg *arg, const char *value, const void *context,
		     char *why, size_t why_size)
{
	struct server_cfg *cfg = group;
	size_t len = strcspn(value, ":");
	char names[200];

	(void)arg;
	(void)context;
	if (!stall_known(value, len)) {
		stall_names(names, sizeof(names));
		snprintf(why, why_size, "'%.*s' is no way to stall: choose from %s",
			 (int)(len < 20 ? len : 20), value, names);
		return -EINVAL;
	}
	snprintf(cfg->stall, sizeof(cfg->stall), "%.*s", (int)len, value);
	cfg->stall_ms = LAB_NEVER;
	if (!value[len])
		return 0;
	return lab_number(value + len + 1, 0, LAB_MS_MAX, &cfg->stall_ms, why, why_size);
}

static const char *const modes[] = {"blocking", "epoll", NULL};
static const char *const urings[] = {"single", "multishot", NULL};
static const char *const passes[] = {"close", "keep", NULL};
static const char *const stamps[] = {"relative", "wall", "ns", NULL};

#define S struct server_cfg
static const struct arg where_args[] = {
	LAB_TEXT(addr, "addr", "ADDR", "numeric address; '::' serves IPv4 too"),
	LAB_NUM(port, "port", "PORT", 0, 65535, "port; 0 lets the kernel choose and tells which"),
	LAB_NUM(backlog, "backlog", "N", 0, INT32_MAX,
		"second argument of listen(); the queue holds N + 1"),
	LAB_FLAG(v6only, "v6only", "'::' does not serve IPv4"),
	LAB_FLAG(freebind, "freebind", "bind an address that does not exist yet"),
	LAB_FLAG(mptcp, "mptcp", "a Multipath TCP listener"),
	LAB_NUM(fastopen, "fastopen", "QLEN", 1, 65535,
		"accept data in the SYN, at most QLEN such connections half open"),
	LAB_NUM(defer_accept_s, "defer-accept", "S", 1, 3600,
		"TCP_DEFER_ACCEPT: a connection counts when its first data come"),
};

static const struct arg when_args[] = {
	LAB_MS(accept_after_ms, "accept-after", "MS", "first accept() MS after listen()"),
	LAB_MS(accept_delay_ms, "accept-delay", "MS",
	       "wait until a connection is ready, then MS, then call accept()"),
	LAB_MS(accept_every_ms, "accept-every", "MS", "at least MS between two accepts"),
	LAB_NUM(accept_max, "accept-max", "N", 1, UINT32_MAX, "call accept() for N connections"),
	LAB_FLAG(never_accept, "never-accept", "never call accept()"),
	LAB_CALL(
		set_stall, "stall", "WHAT[:MS]",
		"before anything is accepted, do something else, for MS or for ever: recv, pipe, "
		"file, lock, sleep, spin, pinned (to a CPU that others want), child, vfork, fault, "
		"stop, trace, oneshot, paused, edge, unwatched, member (the other one of a SO_REUSEPORT "
		"group is served), left (the listener, to a child), or by a cgroup of its own: "
		"quota, memory, freeze"),
	LAB_CHOICE(mode, "mode", "blocking|epoll", modes, "how to wait for connections"),
	LAB_FLAG(accept4, "accept4", "use accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)"),
	LAB_FLAG(accept32, "accept32",
		 "use the accept4() of 32-bit programs (x86-64), which no tracepoint sees"),
	LAB_CHOICE(io_uring, "io-uring", "[single|multishot]", urings, "accept through io_uring"),
	LAB_NUM(threads, "threads", "N", 1, SERVER_THREADS_MAX,
		"threads that accept on one listener"),
	LAB_NUM(workers, "workers", "N", 1, SERVER_WORKERS_MAX,
		"processes, each with its own listener by SO_REUSEPORT"),
};

static const struct arg what_args[] = {
	LAB_NUM(reply, "reply", "BYTES", 0, UINT32_MAX, "write BYTES, at once"),
	LAB_FLAG(read_first, "read-first", "reply after the client's first data"),
	LAB_FLAG(no_read, "no-read", "never read what comes"),
	LAB_MS(close_after_ms, "close-after", "MS",
	       "close MS after accept(), with --read-first MS after the reply; data that come "
	       "later are answered with RST, so for a clean end use client --send 0"),
	LAB_FLAG(hold, "hold", "do not close, though the client did"),
	LAB_FLAG(reset, "reset", "close with SO_LINGER 0: the client gets RST"),
};

static const struct arg fate_args[] = {
	LAB_CALL(add_relisten, "relisten", "MS:BACKLOG",
		 "call listen() again after MS with another backlog; may be repeated"),
	LAB_MS(close_listener_after_ms, "close-listener-after", "MS",
	       "close the listener after MS, with what is queued"),
	LAB_NUM(fd_limit, "fd-limit", "N", 4, 1048576,
		"RLIMIT_NOFILE once it listens; accept() then fails with EMFILE"),
	LAB_NUM(fd_room, "fd-room", "N", 0, 1000,
		"set RLIMIT_NOFILE so that N accepted sockets fit, no more"),
	LAB_CHOICE(pass_listener, "pass-listener", "[close|keep]", passes,
		   "pass the listener by SCM_RIGHTS to a process named " SERVER_PASSED_COMM
		   " that accepts; this one closes or keeps its copy"),
	LAB_MS(exit_keep_ms, "exit-keep", "MS",
	       "who called listen() exits after MS; a child serves on (needs --duration)"),
	LAB_TEXT(name, "name", "COMM", "process name (PR_SET_NAME)"),
};

static const struct arg length_args[] = {
	LAB_NUM(duration_s, "duration", "S", 1, 86400, "end after S seconds; else SIGINT, SIGTERM"),
	LAB_FLAG(exit_when_done, "exit-when-done", "end when --accept-max connections are closed"),
	LAB_NUM(ready_fd, "ready-fd", "FD", 1, 1023,
		"once listening write port and newline to FD, then close it"),
	LAB_CHOICE(stamps, "stamps", "relative|wall|ns", stamps,
		   "time shown; ns is raw CLOCK_MONOTONIC"),
	LAB_FLAG(quiet, "quiet", "tell errors only"),
};

static const struct arg help_args[] = {LAB_HELP};
#undef S

static const struct arg_group groups[] = {
	{.title = "Where it listens", ARG_ROWS(where_args)},
	{.title = "When it accepts", ARG_ROWS(when_args)},
	{.title = "What it does with a connection (it closes after the client, unless told)",
	 ARG_ROWS(what_args)},
	{.title = "What happens to the listener and its owner", ARG_ROWS(fate_args)},
	{.title = "How long, and what it tells", ARG_ROWS(length_args)},
	{.title = "Other", ARG_ROWS(help_args)},
};

static const struct arg_use uses[] = {
	{.group = &groups[0]}, {.group = &groups[1]}, {.group = &groups[2]},
	{.group = &groups[3]}, {.group = &groups[4]}, {.group = &groups[5]},
};

static const struct server_cfg defaults = {
	.addr = "127.0.0.1",
	.port = 9502,
	.backlog = 128,
	.mode = SERVER_BLOCKING,
	.threads = 1,
	.workers = 1,
	.close_after_ms = LAB_NEVER,
	.close_listener_after_ms = LAB_NEVER,
	.exit_keep_ms = LAB_NEVER,
	.fd_room = LAB_NEVER,
	.stamps = LAB_STAMPS_WALL,
};

const struct command lab_server_command = {
	.name = "server",
	.usage = "[OPTION]...",
	.summary = "a TCP server that misbehaves as told and narrates its calls",
	.args = {.program = "sockstate-lab server",
		 .size = sizeof(struct server_cfg),
		 .defaults = &defaults,
		 ARG_USES(uses)},
};

int server_check(const struct server_cfg *cfg)
{
	bool accepts = cfg->accept_after_ms || cfg->accept_delay_ms || cfg->accept_every_ms ||
		       cfg->accept_max || cfg->io_uring;
	int arrangements =
		(cfg->workers > 1) + !!cfg->pass_listener + (cfg->exit_keep_ms != LAB_NEVER);
	union lab_addr addr;

#ifndef HAVE_LIBURING
	if (cfg->io_uring)
		return lab_usage_error("server", "--io-uring: this build has no liburing");
#endif
	if (lab_addr_parse(cfg->addr, 0, &addr))
		return lab_usage_error("server", "--addr: '%s' is not a numeric address",
				       cfg->addr);
	if (cfg->v6only && addr.sa.sa_family != AF_INET6)
		return lab_usage_error("server", "--v6only: --addr %s is IPv4", cfg->addr);
	if (cfg->never_accept && accepts)
		return lab_usage_error("server",
				       "--never-accept: contradicts another accept option");
	if (cfg->io_uring && (cfg->mode == SERVER_EPOLL || cfg->accept4 || cfg->accept32))
		return lab_usage_error(
			"server", "--io-uring: not with --mode epoll, --accept4 or --accept32");
	if (cfg->accept32 && !accept32_possible())
		return lab_usage_error("server",
				       "--accept32: this kernel takes no 32-bit system calls");
	if (cfg->io_uring == SERVER_URING_MULTISHOT &&
	    (cfg->accept_delay_ms || cfg->accept_every_ms))
		return lab_usage_error("server",
				       "--io-uring multishot: the kernel accepts at once,"
				       " so --accept-delay and --accept-every cannot hold it");
	if (arrangements > 1)
		return lab_usage_error("server",
				       "--workers, --pass-listener, --exit-keep: choose one");
	if (cfg->exit_keep_ms != LAB_NEVER && !cfg->duration_s)
		return lab_usage_error("server", "--exit-keep: needs --duration, so that the child "
						 "does not stay behind");
	if (cfg->exit_when_done && !cfg->accept_max)
		return lab_usage_error("server", "--exit-when-done: needs --accept-max");
	return 0;
}
