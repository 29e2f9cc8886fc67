// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stalls of the server: each is a way not to call accept() that a real program has. The first
 * thread of the process stalls once it listens; afterwards it serves as if nothing had been.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/stall.h"

#define PIPE_BYTES 4096
#define EDGE_QUEUE 2 /* connections of which an edge-triggered loop takes one */

static int until_ms(uint64_t end)
{
	struct timespec left = stall_rest(end);

	return (int)(left.tv_sec * 1000 + left.tv_nsec / 1000000);
}

/* ---- who ends a stall: a thread that is asleep elsewhere meanwhile ---- */

static void *release(void *arg)
{
	struct stall *s = arg;
	char bytes[PIPE_BYTES];

	stall_wait(s->end);
	if (s->give >= 0 && write(s->give, "\n", 1) != 1)
		lab_fail(s->say, errno, "cannot end the stall");
	if (s->take >= 0 && read(s->take, bytes, sizeof(bytes)) < 0)
		lab_fail(s->say, errno, "cannot end the stall");
	return NULL;
}

static int read_until_released(struct stall *s, int from, int give)
{
	pthread_t thread;
	char byte;

	s->give = give;
	if (pthread_create(&thread, NULL, release, s))
		return -EAGAIN;
	if (read(from, &byte, 1) < 0)
		return -errno;
	pthread_join(thread, NULL);
	return 0;
}

/* ---- the stalls ---- */

/* A peer that is silent: both ends of a TCP connection are here. */
static int stall_recv(struct stall *s)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int near = socket(AF_INET, SOCK_STREAM, 0), far;

	if (bind(server, (struct sockaddr *)&addr, sizeof(addr)) || listen(server, 1) ||
	    getsockname(server, (struct sockaddr *)&addr, &len) ||
	    connect(near, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	far = accept(server, NULL, NULL);
	if (far < 0)
		return -errno;
	close(server);
	lab_say(s->say, "recv(%d)  from a peer that is silent", near);
	return read_until_released(s, near, far);
}

/* A pipe that nobody reads. */
static int stall_pipe(struct stall *s)
{
	char bytes[PIPE_BYTES] = {0};
	pthread_t thread;
	int ends[2];

	if (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < 0)
		return -errno;
	s->take = ends[0];
	if (pthread_create(&thread, NULL, release, s))
		return -EAGAIN;
	lab_say(s->say, "write(%d)  to a pipe that nobody reads", ends[1]);
	for (int i = 0; i < 2; i++) {
		if (write(ends[1], bytes, sizeof(bytes)) < 0)
			return -errno;
	}
	pthread_join(thread, NULL);
	return 0;
}

/* A terminal is a file that may let wait. */
static int stall_file(struct stall *s)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -errno;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0)
		return -errno;
	lab_say(s->say, "read(%d)  from %s", slave, ptsname(master));
	return read_until_released(s, slave, master);
}

static int stall_lock(struct stall *s)
{
	struct timespec left = stall_rest(s->end);
	int word = 1;

	lab_say(s->say, "futex()  that nobody wakes");
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &left, NULL, 0);
	return 0;
}

static int stall_sleep(struct stall *s)
{
	lab_say(s->say, "nanosleep()");
	stall_wait(s->end);
	return 0;
}

static int stall_child(struct stall *s)
{
	pid_t pid = stall_helper();

	if (pid < 0)
		return -errno;
	if (!pid) {
		stall_wait(s->end);
		_exit(0);
	}
	lab_say(s->say, "wait4(%d)", (int)pid);
	return waitpid(pid, NULL, 0) < 0 ? -errno : 0;
}

/* ---- event loops that are not told ---- */

static int watch(const struct stall *s, int epoll, int op, uint32_t events)
{
	struct epoll_event e = {.events = events};

	return epoll_ctl(epoll, op, s->listener, &e) ? -errno : 0;
}

static int stall_oneshot(struct stall *s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), rc;
	struct epoll_event e;

	if (epoll < 0)
		return -errno;
	rc = watch(s, epoll, EPOLL_CTL_ADD, EPOLLIN | EPOLLONESHOT);
	lab_say(s->say, "epoll_wait(%d)  one-shot, not armed again", epoll);
	while (!rc && lab_now_ns() < s->end)
		epoll_wait(epoll, &e, 1, until_ms(s->end));
	close(epoll);
	return rc;
}

static int stall_paused(struct stall *s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), rc;
	struct epoll_event e;

	if (epoll < 0)
		return -errno;
	rc = watch(s, epoll, EPOLL_CTL_ADD, EPOLLIN);
	if (!rc)
		rc = watch(s, epoll, EPOLL_CTL_MOD, 0);
	lab_say(s->say, "epoll_wait(%d)  without EPOLLIN", epoll);
	while (!rc && lab_now_ns() < s->end)
		epoll_wait(epoll, &e, 1, until_ms(s->end));
	close(epoll);
	return rc;
}

static unsigned int queued(int listener)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len) ? 0 : info.tcpi_unacked;
}

/* Takes one of the two that one edge told of. */
static int stall_edge(struct stall *s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), rc;
	struct epoll_event e;

	if (epoll < 0)
		return -errno;
	rc = watch(s, epoll, EPOLL_CTL_ADD, EPOLLIN | EPOLLET);
	while (!rc && lab_now_ns() < s->end && queued(s->listener) < EDGE_QUEUE)
		stall_wait(lab_now_ns() + STALL_POLL_MS * NS_MS);
	lab_say(s->say, "epoll_wait(%d)  edge-triggered, one accept() each time", epoll);
	while (!rc && lab_now_ns() < s->end) {
		if (epoll_wait(epoll, &e, 1, until_ms(s->end)) == 1)
			accept(s->listener, NULL, NULL); /* stays open until we end */
	}
	close(epoll);
	return rc;
}

static int stall_unwatched(struct stall *s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), ends[2];
	struct epoll_event e = {.events = EPOLLIN};

	if (epoll < 0 || pipe(ends) || epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &e))
		return -errno;
	lab_say(s->say, "epoll_wait(%d)  for something else", epoll);
	while (lab_now_ns() < s->end)
		epoll_wait(epoll, &e, 1, until_ms(s->end));
	close(epoll);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* Another member of the same SO_REUSEPORT group, which has the event loop to itself. */
static int open_member(const struct stall *s)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int on = 1, fd;

	if (getsockname(s->listener, (struct sockaddr *)&addr, &len) ||
	    setsockopt(s->listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
		return -errno;
	fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&addr, len) || listen(fd, (int)s->cfg->backlog)) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

static int stall_member(struct stall *s)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), fd = open_member(s), rc = 0;
	struct epoll_event e = {.events = EPOLLIN};

	if (epoll < 0 || fd < 0)
		return fd < 0 ? fd : -errno;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		rc = -errno;
	lab_say(s->say, "epoll_wait(%d)  for another listener of the port, fd %d", epoll, fd);
	while (!rc && lab_now_ns() < s->end) {
		if (epoll_wait(epoll, &e, 1, until_ms(s->end)) == 1)
			accept(fd, NULL, NULL); /* stays open until we end */
	}
	close(epoll);
	close(fd);
	return rc;
}

/* A child inherits the listener and does not accept; we accept one and let go of the listener. */
static int stall_left(struct stall *s)
{
	pid_t pid = stall_helper();
	sigset_t none;

	if (pid < 0)
		return -errno;
	if (!pid) {
		struct timespec left = stall_rest(s->end);

		prctl(PR_SET_NAME, SERVER_HEIR_COMM);
		sigemptyset(&none);
		sigtimedwait(&none, NULL, &left);
		_exit(server_serve(s->cfg, s->say, s->listener));
	}
	accept(s->listener, NULL, NULL);
	close(s->listener);
	s->listener = -1;
	lab_say(s->say, "accept() once, close()  listener: it stays with process %d", (int)pid);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 1;
}

/* ---- by name ---- */

static const struct {
	const char *name;
	int (*run)(struct stall *s);
} stalls[] = {
	{"recv", stall_recv},		{"pipe", stall_pipe},	  {"file", stall_file},
	{"lock", stall_lock},		{"sleep", stall_sleep},	  {"spin", stall_spin},
	{"pinned", stall_pinned},	{"child", stall_child},	  {"vfork", stall_vfork},
	{"fault", stall_fault},		{"stop", stall_stop},	  {"trace", stall_trace},
	{"quota", stall_quota},		{"memory", stall_memory}, {"freeze", stall_freeze},
	{"oneshot", stall_oneshot},	{"paused", stall_paused}, {"edge", stall_edge},
	{"unwatched", stall_unwatched}, {"member", stall_member}, {"left", stall_left},
};

bool stall_known(const char *name, size_t len)
{
	for (size_t i = 0; i < LAB_ARRAY_SIZE(stalls); i++) {
		if (strlen(stalls[i].name) == len && !strncmp(stalls[i].name, name, len))
			return true;
	}
	return false;
}

void stall_names(char *text, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < LAB_ARRAY_SIZE(stalls) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 stalls[i].name);
}

int server_stall(const struct server_cfg *cfg, const struct lab_say *say, int listener)
{
	struct stall s = {.cfg = cfg, .say = say, .listener = listener, .give = -1, .take = -1};
	sigset_t ends;
	int rc = -ENOENT;

	s.end = cfg->stall_ms == LAB_NEVER ? LAB_NEVER : lab_now_ns() + cfg->stall_ms * NS_MS;
	/* A stalled server is ended by a signal, as it cannot be asked. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
	for (size_t i = 0; i < LAB_ARRAY_SIZE(stalls); i++) {
		if (!strcmp(stalls[i].name, cfg->stall))
			rc = stalls[i].run(&s);
	}
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	if (rc < 0)
		lab_fail(say, -rc, "--stall %s", cfg->stall);
	else if (!rc)
		lab_say(say, "the stall is over");
	return rc;
}
