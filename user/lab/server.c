// SPDX-License-Identifier: BSD-2-Clause
/* The lab's server: options, the listening socket, the processes around it and the timetable. */
#define _GNU_SOURCE
#include "lab/server.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define FD_PROBES_MAX 4096

static int call_relisten(void *arg, const char *value, char *why, size_t why_size)
{
	struct server_cfg *cfg = arg;
	const char *colon = strchr(value, ':');
	char after[24];
	int err;

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

static const char *const modes[] = {"blocking", "epoll", NULL};
static const char *const urings[] = {"single", "multishot", NULL};
static const char *const passes[] = {"close", "keep", NULL};
static const char *const stamps[] = {"relative", "wall", "ns", NULL};

#define S struct server_cfg
static const struct lab_opt options[] = {
	LAB_HEADING("Where it listens:"),
	LAB_TEXT(S, addr, "addr", "ADDR", "numeric address; '::' serves IPv4 too"),
	LAB_NUM(S, port, "port", "PORT", 0, 65535,
		"port; 0 lets the kernel choose and tells which"),
	LAB_NUM(S, backlog, "backlog", "N", 0, INT32_MAX,
		"second argument of listen(); the queue holds N + 1"),
	LAB_FLAG(S, v6only, "v6only", "'::' does not serve IPv4"),
	LAB_FLAG(S, freebind, "freebind", "bind an address that does not exist yet"),
	LAB_FLAG(S, mptcp, "mptcp", "a Multipath TCP listener"),
	LAB_NUM(S, fastopen, "fastopen", "QLEN", 1, 65535,
		"accept data in the SYN, at most QLEN such connections half open"),
	LAB_NUM(S, defer_accept_s, "defer-accept", "S", 1, 3600,
		"TCP_DEFER_ACCEPT: a connection counts when its first data come"),
	LAB_HEADING("When it accepts:"),
	LAB_MS(S, accept_after_ms, "accept-after", "MS", "first accept() MS after listen()"),
	LAB_MS(S, accept_delay_ms, "accept-delay", "MS",
	       "wait until a connection is ready, then MS, then call accept()"),
	LAB_MS(S, accept_every_ms, "accept-every", "MS", "at least MS between two accepts"),
	LAB_NUM(S, accept_max, "accept-max", "N", 1, UINT32_MAX, "call accept() for N connections"),
	LAB_FLAG(S, never_accept, "never-accept", "never call accept()"),
	LAB_CHOICE(S, mode, "mode", "blocking|epoll", modes, "how to wait for connections"),
	LAB_FLAG(S, accept4, "accept4", "use accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)"),
	LAB_CHOICE(S, io_uring, "io-uring", "[single|multishot]", urings,
		   "accept through io_uring"),
	LAB_NUM(S, threads, "threads", "N", 1, SERVER_THREADS_MAX,
		"threads that accept on one listener"),
	LAB_NUM(S, workers, "workers", "N", 1, SERVER_WORKERS_MAX,
		"processes, each with its own listener by SO_REUSEPORT"),
	LAB_HEADING("What it does with a connection (it closes after the client, unless told):"),
	LAB_NUM(S, reply, "reply", "BYTES", 0, UINT32_MAX, "write BYTES, at once"),
	LAB_FLAG(S, read_first, "read-first", "reply after the client's first data"),
	LAB_FLAG(S, no_read, "no-read", "never read what comes"),
	LAB_MS(S, close_after_ms, "close-after", "MS",
	       "close MS after accept(), with --read-first MS after the reply; data that come "
	       "later are answered with RST, so for a clean end use client --send 0"),
	LAB_FLAG(S, hold, "hold", "do not close, though the client did"),
	LAB_FLAG(S, reset, "reset", "close with SO_LINGER 0: the client gets RST"),
	LAB_HEADING("What happens to the listener and its owner:"),
	LAB_CALL(call_relisten, "relisten", "MS:BACKLOG",
		 "call listen() again after MS with another backlog; may be repeated"),
	LAB_MS(S, close_listener_after_ms, "close-listener-after", "MS",
	       "close the listener after MS, with what is queued"),
	LAB_NUM(S, fd_limit, "fd-limit", "N", 4, 1048576,
		"RLIMIT_NOFILE once it listens; accept() then fails with EMFILE"),
	LAB_NUM(S, fd_room, "fd-room", "N", 0, 1000,
		"set RLIMIT_NOFILE so that N accepted sockets fit, no more"),
	LAB_CHOICE(S, pass_listener, "pass-listener", "[close|keep]", passes,
		   "pass the listener by SCM_RIGHTS to a process named " SERVER_PASSED_COMM
		   " that accepts; this one closes or keeps its copy"),
	LAB_MS(S, exit_keep_ms, "exit-keep", "MS",
	       "who called listen() exits after MS; a child serves on (needs --duration)"),
	LAB_TEXT(S, name, "name", "COMM", "process name (PR_SET_NAME)"),
	LAB_HEADING("How long, and what it tells:"),
	LAB_NUM(S, duration_s, "duration", "S", 1, 86400,
		"end after S seconds; else SIGINT, SIGTERM"),
	LAB_FLAG(S, exit_when_done, "exit-when-done",
		 "end when --accept-max connections are closed"),
	LAB_NUM(S, ready_fd, "ready-fd", "FD", 1, 1023,
		"once listening write port and newline to FD, then close it"),
	LAB_CHOICE(S, stamps, "stamps", "relative|wall|ns", stamps,
		   "time shown; ns is raw CLOCK_MONOTONIC"),
	LAB_FLAG(S, quiet, "quiet", "tell errors only"),
	LAB_END};
#undef S

static const char before[] =
	"usage: sockstate-lab server [OPTION]...\n"
	"\n"
	"A TCP server that misbehaves as told and narrates its calls. Defaults are in [].\n";

static int check(const struct server_cfg *cfg)
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
	if (cfg->io_uring && (cfg->mode == SERVER_EPOLL || cfg->accept4))
		return lab_usage_error("server", "--io-uring: not with --mode epoll or --accept4");
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

static int limit_files(const struct server *server)
{
	const struct server_cfg *cfg = server->cfg;
	struct rlimit limit;
	int fds[FD_PROBES_MAX], n = 0, top = 0;

	if (!cfg->fd_limit && cfg->fd_room == LAB_NEVER)
		return 0;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = cfg->fd_limit;
	if (!cfg->fd_limit) {
		/* Take the next fd_room descriptors: the limit is one above the last of them. */
		for (; n < (int)cfg->fd_room && n < FD_PROBES_MAX; n++)
			fds[n] = dup(server->listener);
		top = dup(server->listener);
		limit.rlim_cur = (rlim_t)top;
		close(top);
		while (n)
			close(fds[--n]);
	}
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	lab_say(&server->say, "setrlimit(RLIMIT_NOFILE, %d)", (int)limit.rlim_cur);
	return 0;
}

static void close_listener(struct server *server, const char *why)
{
	if (server->listener < 0)
		return;
	acceptors_stop(server);
	lab_say(&server->say, "close(%d)  listener%s", server->listener, why);
	close(server->listener);
	server->listener = -1;
}

/* Runs what is due in the timetable; returns when the next entry is. */
static uint64_t timetable(struct server *server, uint64_t now, unsigned int *done, bool *end)
{
	const struct server_cfg *cfg = server->cfg;
	uint64_t at, next = LAB_NEVER;

	for (int i = 0; i < cfg->nr_relistens; i++) {
		int backlog = (int)cfg->relistens[i].backlog;
		char name[16];

		at = server->start_ns + cfg->relistens[i].after_ms * NS_MS;
		if (*done & 1u << i || server->listener < 0)
			continue;
		if (now < at) {
			next = at < next ? at : next;
			continue;
		}
		*done |= 1u << i;
		if (listen(server->listener, backlog))
			lab_say(&server->say, "listen(%d, %d) = -1 %s", server->listener, backlog,
				lab_errno_name(errno, name));
		else
			lab_say(&server->say, "listen(%d, %d)  again", server->listener, backlog);
	}
	if (cfg->close_listener_after_ms != LAB_NEVER && server->listener >= 0) {
		at = server->start_ns + cfg->close_listener_after_ms * NS_MS;
		if (now >= at)
			close_listener(server, ", with what is queued");
		else
			next = at < next ? at : next;
	}
	if (cfg->duration_s) {
		at = server->start_ns + cfg->duration_s * NS_S;
		*end = now >= at;
		next = at < next ? at : next;
	}
	return next;
}

static const char *wait_for_end(struct server *server)
{
	unsigned int done = 0;
	bool end = false;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SERVER_SIG_DONE);
	for (;;) {
		uint64_t now = lab_now_ns();
		uint64_t next = timetable(server, now, &done, &end);
		struct timespec ts;
		int sig;

		if (end)
			return "duration is over";
		if (next == LAB_NEVER)
			next = now + NS_S;
		else if (next < now)
			next = now;
		ts.tv_sec = (time_t)((next - now) / NS_S);
		ts.tv_nsec = (long)((next - now) % NS_S);
		sig = sigtimedwait(&set, NULL, &ts);
		if (sig == SIGINT || sig == SIGTERM)
			return sig == SIGINT ? "SIGINT" : "SIGTERM";
		if (sig == SERVER_SIG_DONE)
			return "all connections are closed";
	}
}

/* Serves on a listener until the end; takes it over. Returns an exit code. */
int server_serve(const struct server_cfg *cfg, const struct lab_say *say, int listener)
{
	struct server server = {.cfg = cfg, .say = *say, .listener = listener};
	const char *why;
	int err;

	server.start_ns = lab_now_ns();
	err = conns_start(&server);
	if (err)
		goto out;
	err = limit_files(&server);
	if (!err && !cfg->never_accept)
		err = acceptors_start(&server);
	if (!err) {
		why = wait_for_end(&server);
		acceptors_stop(&server);
		lab_say(say, "end: %s; accepted %lu, closed %lu, accept errors %lu", why,
			atomic_load(&server.accepted), atomic_load(&server.closed),
			atomic_load(&server.errors));
	}
	acceptors_stop(&server);
	conns_stop(&server);
out:
	close_listener(&server, "");
	if (err)
		lab_fail(say, -err, "cannot serve");
	return err ? LAB_EXIT_FAIL : LAB_EXIT_OK;
}

static int run_alone(const struct server_cfg *cfg, const struct lab_say *say)
{
	uint16_t port = (uint16_t)cfg->port;
	struct lab_say mine = *say;
	pid_t pid;
	int fd;

	if (listener_open(cfg, say, &port, false, &fd))
		return LAB_EXIT_FAIL;
	server_ready(cfg, port);
	if (cfg->exit_keep_ms == LAB_NEVER)
		return server_serve(cfg, say, fd);
	pid = fork();
	if (pid < 0) {
		lab_fail(say, errno, "fork");
		return LAB_EXIT_FAIL;
	}
	if (!pid) {
		snprintf(mine.tag, sizeof(mine.tag), "heir");
		return server_serve(cfg, &mine, fd);
	}
	lab_say(say, "process %d serves on", (int)pid);
	usleep((useconds_t)(cfg->exit_keep_ms * 1000));
	lab_say(say, "exit: the listener stays with process %d", (int)pid);
	return LAB_EXIT_OK;
}

/* No SA_RESTART: the call that is interrupted returns EINTR, which is all that is wanted. */
static void ignore_signal(int sig)
{
	(void)sig;
}

int lab_server_main(int argc, char **argv)
{
	static const struct lab_about about = {.command = "server", .before = before};
	const struct sigaction kick = {.sa_handler = ignore_signal};
	struct server_cfg cfg = {
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
	struct lab_say say;
	sigset_t set;
	int err;

	err = lab_opt_parse(&about, options, &cfg, argc, argv);
	if (!err)
		err = check(&cfg);
	if (err)
		return err > 0 ? LAB_EXIT_OK : LAB_EXIT_USAGE;
	lab_say_init(&say, "server", cfg.stamps, cfg.quiet);
	if (cfg.name)
		prctl(PR_SET_NAME, cfg.name);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SERVER_SIG_KICK);
	sigaddset(&set, SERVER_SIG_DONE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SERVER_SIG_KICK, &kick, NULL);
	if (cfg.workers > 1)
		return server_run_workers(&cfg, &say);
	if (cfg.pass_listener)
		return server_run_passed(&cfg, &say);
	return run_alone(&cfg, &say);
}
