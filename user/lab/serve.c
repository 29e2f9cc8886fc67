// SPDX-License-Identifier: BSD-2-Clause
/* A server on its listener: relistening, closing and ending at the times that the options say. */
#include "lab/server.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define FD_PROBES_MAX 4096

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
		/*
		 * The limit leaves room for fd_room more: take that many descriptors, and see the
		 * last.
		 */
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

/* Does what is due by now. Returns the time of what comes next. */
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
