// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two pipes join sockstate and the supervisor. Down go orders, one byte each: ORDER_START or the
 * number of a signal. Up come replies: first whether the command could be executed (an errno), then
 * its wait status.
 */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "base/value.h"
#include "kernel/clock.h"

#define ORDER_START   0
#define STATUS_FAILED 126 /* could not be executed, as a shell tells it */

struct child {
	pid_t supervisor;
	int orders;  /* write end */
	int replies; /* read end */
	bool started, ended;
	int status; /* as wait() tells it */
};

/* Whose rights the command gets. */
struct identity {
	bool change;
	uid_t uid;
	gid_t gid;
	char name[64];
};

/* ---- the supervisor ---- */

/* All of the value, also where a pipe takes less. */
static int write_int(int fd, int value)
{
	ssize_t n;

	do
		n = write(fd, &value, sizeof(value));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(value) ? 0 : -EPIPE;
}

static int read_int(int fd, int *value)
{
	ssize_t n;

	do
		n = read(fd, value, sizeof(*value));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*value) ? 0 : -EPIPE;
}

static int become(const struct identity *id)
{
	if (!id->change)
		return 0;
	if (initgroups(id->name, id->gid) || setgid(id->gid) || setuid(id->uid))
		return -errno;
	return 0;
}

static void default_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
	sigset_t none;

	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		signal(caught[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Becomes the command. failed: where the errno goes if that is impossible; closed by execvp(). */
static void __attribute__((noreturn))
execute(char *const *argv, const struct identity *id, bool stdout_to_stderr, int failed)
{
	int rc;

	default_signals();
	if (stdout_to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	rc = become(id);
	if (!rc) {
		execvp(argv[0], argv);
		rc = -errno;
	}
	write_int(failed, rc);
	_exit(STATUS_FAILED);
}

/* Forks and executes; 0 when the command runs. */
static int launch(char *const *argv, const struct identity *id, bool stdout_to_stderr, pid_t *pid)
{
	int failed[2], rc = 0;

	if (pipe2(failed, O_CLOEXEC))
		return -errno;
	*pid = fork();
	if (*pid == 0)
		execute(argv, id, stdout_to_stderr, failed[1]);
	if (*pid < 0)
		rc = -errno;
	close(failed[1]);
	if (!rc && read_int(failed[0], &rc))
		rc = 0; /* closed by execvp() */
	close(failed[0]);
	if (rc && *pid > 0)
		waitpid(*pid, NULL, 0);
	return rc;
}

/* Until the command has ended. sockstate's death closes the orders: then the command is ended. */
static int supervise(pid_t pid, int orders)
{
	struct signalfd_siginfo info;
	struct pollfd polled[2];
	sigset_t chld;
	int status = 0;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	polled[0] = (struct pollfd){.fd = signalfd(-1, &chld, SFD_CLOEXEC), .events = POLLIN};
	polled[1] = (struct pollfd){.fd = orders, .events = POLLIN};
	for (;;) {
		int order = SIGTERM;

		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		if (poll(polled, 2, -1) < 0)
			continue;
		if (polled[0].revents && read(polled[0].fd, &info, sizeof(info)) < 0)
			continue;
		if (!polled[1].revents)
			continue;
		if (read_int(orders, &order))
			polled[1].fd = -1;
		kill(pid, order);
	}
}

static void __attribute__((noreturn)) supervisor(char *const *argv, const struct identity *id,
						 bool stdout_to_stderr, int orders, int replies)
{
	sigset_t all;
	pid_t pid = 0;
	int order, rc;

	/* Signals of the terminal reach the command itself; the supervisor outlives it. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (read_int(orders, &order) || order != ORDER_START)
		_exit(0);
	rc = launch(argv, id, stdout_to_stderr, &pid);
	write_int(replies, rc);
	if (!rc)
		write_int(replies, supervise(pid, orders));
	_exit(0);
}

/* ---- sockstate's side ---- */

static int find_identity(struct identity *id, const char *user, char *err, size_t err_size)
{
	const char *sudo_uid = getenv("SUDO_UID"), *end;
	const struct passwd *entry;
	uint64_t uid;

	*id = (struct identity){0};
	if (user)
		entry = getpwnam(user);
	else if (!geteuid() && sudo_uid && !value_digits(sudo_uid, &uid, &end) && !*end)
		entry = getpwuid((uid_t)uid);
	else
		return 0;
	if (!entry) {
		snprintf(err, err_size, "there is no user '%.40s' to run the command as",
			 user ? user : sudo_uid);
		return -ENOENT;
	}
	*id = (struct identity){.change = true, .uid = entry->pw_uid, .gid = entry->pw_gid};
	snprintf(id->name, sizeof(id->name), "%s", entry->pw_name);
	if (id->uid == geteuid() && id->uid)
		id->change = false;
	return 0;
}

int child_prepare(struct child **out, char *const *argv, const char *user, bool stdout_to_stderr,
		  char *err, size_t err_size)
{
	int down[2] = {-1, -1}, up[2] = {-1, -1}, rc;
	struct identity id;
	struct child *c;

	rc = find_identity(&id, user, err, err_size);
	if (rc)
		return rc;
	c = calloc(1, sizeof(*c));
	if (!c || pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC))
		goto failed;
	c->supervisor = fork();
	if (c->supervisor < 0)
		goto failed;
	if (!c->supervisor) {
		close(down[1]);
		close(up[0]);
		supervisor(argv, &id, stdout_to_stderr, down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	c->orders = down[1];
	c->replies = up[0];
	*out = c;
	return 0;
failed:
	rc = c ? -errno : -ENOMEM;
	snprintf(err, err_size, "cannot prepare the command: %s", strerror(-rc));
	for (int i = 0; i < 2; i++) {
		if (down[i] >= 0)
			close(down[i]);
		if (up[i] >= 0)
			close(up[i]);
	}
	free(c);
	return rc;
}

int child_start(struct child *c)
{
	int rc = write_int(c->orders, ORDER_START);

	if (!rc && read_int(c->replies, &rc))
		rc = -ECHILD;
	c->started = !rc;
	c->ended = rc;
	return rc;
}

/* Waits until the command has ended, timeout_ms at most. */
static bool wait_end(struct child *c, int timeout_ms)
{
	struct pollfd polled = {.fd = c->replies, .events = POLLIN};

	if (c->ended || !c->started || poll(&polled, 1, timeout_ms) <= 0)
		return c->ended;
	c->ended = true;
	if (read_int(c->replies, &c->status))
		c->status = STATUS_FAILED << 8; /* the supervisor was killed */
	return true;
}

bool child_ended(struct child *c)
{
	return wait_end(c, 0);
}

int child_stop(struct child *c, int signal)
{
	uint64_t end = clock_now_ns() + CHILD_GRACE_MS * NS_MS;

	if (!c->started)
		return STATUS_FAILED;
	if (!child_ended(c))
		write_int(c->orders, signal);
	/*
	 * A second signal to sockstate interrupts poll(): it is asked again until the grace is
	 * over.
	 */
	while (!c->ended && clock_now_ns() < end)
		wait_end(c, (int)((end - clock_now_ns()) / NS_MS) + 1);
	if (!c->ended) {
		write_int(c->orders, SIGKILL);
		wait_end(c, -1);
	}
	return WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

void child_free(struct child *c)
{
	if (!c)
		return;
	close(c->orders);
	close(c->replies);
	waitpid(c->supervisor, NULL, 0);
	free(c);
}
