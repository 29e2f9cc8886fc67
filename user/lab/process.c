// SPDX-License-Identifier: BSD-2-Clause
/* Several processes around one listener, or around one port. */
#include "lab/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Waits for the children; a signal to the parent, or the failure of one, ends them all. */
static int supervise(const pid_t *pids, int nr)
{
	int left = nr, code = LAB_EXIT_OK;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	while (left) {
		bool end = sigwaitinfo(&set, NULL) != SIGCHLD;
		int status;

		while (left && waitpid(-1, &status, WNOHANG) > 0) {
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status)) {
				code = LAB_EXIT_FAIL;
				end = true;
			}
		}
		for (int i = 0; end && i < nr; i++)
			kill(pids[i], SIGTERM);
	}
	return code;
}

static void become_child(const struct server_cfg *cfg, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(LAB_EXIT_FAIL);
	if (cfg->ready_fd)
		close((int)cfg->ready_fd);
}

int server_run_workers(const struct server_cfg *cfg, const struct lab_say *say)
{
	pid_t pids[SERVER_WORKERS_MAX], parent = getpid();
	uint16_t port = (uint16_t)cfg->port;
	int holder, ready[2], nr = 0, up = 0, code;
	struct lab_say quiet = *say;
	char byte;

	/* A socket that is bound and never listens keeps the port until all workers have it. */
	quiet.quiet = true;
	if (listener_bind(cfg, &quiet, &port, true, &holder))
		return LAB_EXIT_FAIL;
	if (pipe(ready)) {
		lab_fail(say, errno, "pipe");
		return LAB_EXIT_FAIL;
	}
	for (; nr < (int)cfg->workers; nr++) {
		pids[nr] = fork();
		if (pids[nr] < 0) {
			lab_fail(say, errno, "fork");
			break;
		}
		if (!pids[nr]) {
			struct lab_say mine = *say;
			int fd;

			become_child(cfg, parent);
			close(holder);
			close(ready[0]);
			snprintf(mine.tag, sizeof(mine.tag), "w%d", nr + 1);
			if (listener_open(cfg, &mine, &port, true, &fd))
				_exit(LAB_EXIT_FAIL);
			lab_say(&mine, "worker %d is process %d", nr + 1, (int)getpid());
			if (write(ready[1], "", 1) != 1)
				_exit(LAB_EXIT_FAIL);
			close(ready[1]);
			_exit(server_serve(cfg, &mine, fd));
		}
	}
	close(ready[1]);
	while (up < nr && read(ready[0], &byte, 1) == 1)
		up++;
	if (up == (int)cfg->workers) {
		server_ready(cfg, port);
		code = supervise(pids, nr);
	} else {
		for (int i = 0; i < nr; i++)
			kill(pids[i], SIGTERM);
		supervise(pids, nr);
		code = LAB_EXIT_FAIL;
	}
	close(ready[0]);
	close(holder);
	return code;
}

/* Sends fd (>= 0) with one byte, or receives: returns the descriptor or negative errno. */
static int carry_fd(int sock, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 'L';
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (fd >= 0) {
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
		return sendmsg(sock, &msg, MSG_NOSIGNAL) == 1 ? 0 : -errno;
	}
	if (recvmsg(sock, &msg, 0) != 1)
		return -EPIPE;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	return fd;
}

int server_run_passed(const struct server_cfg *cfg, const struct lab_say *say)
{
	uint16_t port = (uint16_t)cfg->port;
	pid_t pid, parent = getpid();
	int pair[2], fd, code;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		lab_fail(say, errno, "socketpair");
		return LAB_EXIT_FAIL;
	}
	/* Forked before the listener exists: the child can have it from the message alone. */
	pid = fork();
	if (pid < 0) {
		lab_fail(say, errno, "fork");
		return LAB_EXIT_FAIL;
	}
	if (!pid) {
		struct lab_say mine = *say;

		become_child(cfg, parent);
		close(pair[0]);
		prctl(PR_SET_NAME, SERVER_PASSED_COMM);
		snprintf(mine.tag, sizeof(mine.tag), "heir");
		fd = carry_fd(pair[1], -1);
		if (fd < 0)
			_exit(LAB_EXIT_FAIL);
		lab_say(&mine, "received %d by SCM_RIGHTS; process %d is now %s", fd, (int)getpid(),
			SERVER_PASSED_COMM);
		if (write(pair[1], "", 1) != 1)
			_exit(LAB_EXIT_FAIL);
		close(pair[1]);
		_exit(server_serve(cfg, &mine, fd));
	}
	close(pair[1]);
	if (listener_open(cfg, say, &port, false, &fd) || carry_fd(pair[0], fd) ||
	    read(pair[0], &byte, 1) != 1) {
		close(pair[0]); /* the child reads end of file, and exits */
		waitpid(pid, NULL, 0);
		return LAB_EXIT_FAIL;
	}
	lab_say(say, "passed %d to process %d%s", fd, (int)pid,
		cfg->pass_listener == SERVER_PASS_KEEP ? ", and keep it" : "");
	if (cfg->pass_listener == SERVER_PASS_CLOSE) {
		lab_say(say, "close(%d)  own copy of the listener", fd);
		close(fd);
	}
	server_ready(cfg, port);
	code = supervise(&pid, 1);
	close(pair[0]);
	return code;
}
