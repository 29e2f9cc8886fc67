// SPDX-License-Identifier: BSD-2-Clause
/*
 * The stalls of the server: each is a way not to call accept() that a real program has. The first
 * thread of the process stalls once it listens; afterwards it serves as if nothing had been.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/server.h"

#define PIPE_BYTES 4096
#define EDGE_QUEUE 2 /* connections of which an edge-triggered loop takes one */
#define POLL_MS	   20

struct stall {
	const struct server_cfg *cfg;
	const struct lab_say *say;
	int listener;
	uint64_t end; /* ns; LAB_NEVER */
	int give;     /* who ends the stall writes to it; -1: it ends by itself */
	int take;     /* or reads from it */
};

static struct timespec until(uint64_t end)
{
	uint64_t now = lab_now_ns();
	uint64_t left = end == LAB_NEVER ? LAB_MS_MAX * NS_MS : end > now ? end - now : 0;

	return (struct timespec){.tv_sec = (time_t)(left / NS_S), .tv_nsec = (long)(left % NS_S)};
}

static int until_ms(uint64_t end)
{
	struct timespec left = until(end);

	return (int)(left.tv_sec * 1000 + left.tv_nsec / 1000000);
}

static void wait_for(uint64_t end)
{
	struct timespec left = until(end);

	nanosleep(&left, NULL);
}

/* ---- who ends a stall: a thread that is asleep elsewhere meanwhile ---- */

static void *release(void *arg)
{
	struct stall *s = arg;
	char bytes[PIPE_BYTES];

	wait_for(s->end);
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
	struct timespec left = until(s->end);
	int word = 1;

	lab_say(s->say, "futex()  that nobody wakes");
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &left, NULL, 0);
	return 0;
}

static int stall_sleep(struct stall *s)
{
	lab_say(s->say, "nanosleep()");
	wait_for(s->end);
	return 0;
}

static int stall_spin(struct stall *s)
{
	lab_say(s->say, "computes");
	while (lab_now_ns() < s->end)
		;
	return 0;
}

/* A child that dies with us. */
static pid_t helper(void)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

static int stall_child(struct stall *s)
{
	pid_t pid = helper();

	if (pid < 0)
		return -errno;
	if (!pid) {
		wait_for(s->end);
		_exit(0);
	}
	lab_say(s->say, "wait4(%d)", (int)pid);
	return waitpid(pid, NULL, 0) < 0 ? -errno : 0;
}

/* A signal waits that a process which does not run cannot take. */
static bool asked_to_end(pid_t pid)
{
	const unsigned long long ends = 1ULL << (SIGINT - 1) | 1ULL << (SIGTERM - 1);
	unsigned long long pending = 0;
	char line[128];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)pid);
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "ShdPnd: %llx", &pending) == 1)
			break;
	}
	if (file)
		fclose(file);
	return pending & ends;
}

/* In a child, while its parent does not run. */
static void wait_beside(const struct stall *s, pid_t parent)
{
	while (lab_now_ns() < s->end && !asked_to_end(parent)) {
		uint64_t next = lab_now_ns() + POLL_MS * NS_MS;

		wait_for(next < s->end ? next : s->end);
	}
}

static int stall_stop(struct stall *s)
{
	pid_t pid = helper();

	if (pid < 0)
		return -errno;
	if (!pid) {
		close(s->listener);
		wait_beside(s, getppid());
		kill(getppid(), SIGCONT);
		_exit(0);
	}
	lab_say(s->say, "raise(SIGSTOP)");
	raise(SIGSTOP);
	waitpid(pid, NULL, 0);
	return 0;
}

static void trace_parent(const struct stall *s, int ready)
{
	pid_t parent = getppid();
	char byte;

	if (read(ready, &byte, 1) != 1 || ptrace(PTRACE_ATTACH, parent, NULL, NULL) ||
	    waitpid(parent, NULL, __WALL) < 0)
		_exit(1);
	wait_beside(s, parent);
	ptrace(PTRACE_DETACH, parent, NULL, NULL);
	_exit(0);
}

static int stall_trace(struct stall *s)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		return -errno;
	pid = helper();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(s->listener);
		trace_parent(s, ready[0]);
	}
	prctl(PR_SET_PTRACER, pid);
	lab_say(s->say, "is traced by process %d", (int)pid);
	if (write(ready[1], "", 1) != 1)
		return -errno;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
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
		wait_for(lab_now_ns() + POLL_MS * NS_MS);
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

/* A child inherits the listener and does not accept; we accept one and let go of the listener. */
static int stall_left(struct stall *s)
{
	pid_t pid = helper();
	sigset_t none;

	if (pid < 0)
		return -errno;
	if (!pid) {
		struct timespec left = until(s->end);

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
	{"child", stall_child},		{"stop", stall_stop},	  {"trace", stall_trace},
	{"oneshot", stall_oneshot},	{"paused", stall_paused}, {"edge", stall_edge},
	{"unwatched", stall_unwatched}, {"left", stall_left},
};

bool stall_known(const char *name, size_t len)
{
	for (size_t i = 0; i < LAB_ARRAY_SIZE(stalls); i++) {
		if (strlen(stalls[i].name) == len && !strncmp(stalls[i].name, name, len))
			return true;
	}
	return false;
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
