// SPDX-License-Identifier: BSD-2-Clause
/* Acceptors: threads that call accept() when, how often and how slowly the options say. */
#include "lab/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_LIBURING
#include <liburing.h>
#endif

#define RETRY_NS (200 * NS_MS) /* pause after EMFILE, while the queue stays readable */

struct acceptor {
	struct server *server;
	struct lab_say say;
	uint64_t last_ns; /* when the last accept() returned; 0: none has */
	bool failing;	  /* the last accept() failed with another error than EAGAIN */
};

static bool stopped(const struct acceptor *a)
{
	return atomic_load(&a->server->stop);
}

static void sleep_until(const struct acceptor *a, uint64_t until_ns)
{
	const struct timespec ts = {
		.tv_sec = (time_t)(until_ns / NS_S),
		.tv_nsec = (long)(until_ns % NS_S),
	};

	while (!stopped(a) && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static void wait_ready(const struct acceptor *a)
{
	struct pollfd pfd = {.fd = a->server->listener, .events = POLLIN};

	while (!stopped(a) && poll(&pfd, 1, -1) < 0)
		;
}

/* Waits as the options say. Returns false when the acceptor has to end. */
static bool take_turn(struct acceptor *a)
{
	const struct server_cfg *cfg = a->server->cfg;

	if (cfg->accept_max && atomic_fetch_add(&a->server->tickets, 1) >= cfg->accept_max)
		return false;
	if (!a->last_ns && cfg->accept_after_ms)
		sleep_until(a, a->server->start_ns + cfg->accept_after_ms * NS_MS);
	if (a->last_ns && cfg->accept_every_ms)
		sleep_until(a, a->last_ns + cfg->accept_every_ms * NS_MS);
	if (a->failing) {
		/*
		 * accept() takes a descriptor before it waits: without a free one it fails at once.
		 */
		wait_ready(a);
		sleep_until(a, lab_now_ns() + RETRY_NS);
	}
	if (cfg->accept_delay_ms) {
		wait_ready(a);
		sleep_until(a, lab_now_ns() + cfg->accept_delay_ms * NS_MS);
	}
	return !stopped(a);
}

static void give_back_turn(struct acceptor *a)
{
	if (a->server->cfg->accept_max)
		atomic_fetch_sub(&a->server->tickets, 1);
}

/* Prints what accept() returned, a descriptor or a negative errno, and hands the connection on. */
static void accept_done(struct acceptor *a, const char *call, int res, const union lab_addr *from,
			uint64_t called_ns)
{
	struct server *server = a->server;
	char text[LAB_ADDR_TEXT], name[16];

	a->failing = false;
	if (res == -EINTR && stopped(a))
		return;
	if (res < 0) {
		lab_say(&a->say, "%s(%d) = -1 %s", call, server->listener,
			lab_errno_name(-res, name));
		give_back_turn(a);
		if (res != -EAGAIN && res != -EINTR) {
			a->failing = true;
			atomic_fetch_add(&server->errors, 1);
		}
		return;
	}
	a->last_ns = lab_now_ns();
	lab_say(&a->say, "%s(%d) = %d  %s, waited %.2f ms", call, server->listener, res,
		lab_addr_text(from, text), lab_ms(a->last_ns - called_ns));
	atomic_fetch_add(&server->accepted, 1);
	conns_add(server, res);
}

/* Through the table of 32-bit system calls: returns what the kernel does. */
static long call32(long number, long first)
{
#ifdef __x86_64__
	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 : "b"(first), "c"(0L), "d"(0L), "S"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return number;
#else
	(void)number, (void)first;
	return -ENOSYS;
#endif
}

/* Where the kernel takes no such calls (ia32_emulation) it ends who tries it with SIGSEGV. */
bool accept32_possible(void)
{
	int status = 1;
	pid_t child = fork();

	if (!child)
		_exit(call32(20, 0) != getpid()); /* getpid, syscall_32.tbl */
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Negative errno. It cannot reach addresses of this program: who came is asked after it. */
static int accept32(int listener, union lab_addr *from, socklen_t *len)
{
	int res = (int)call32(364, listener); /* accept4, syscall_32.tbl */

	if (res >= 0)
		getpeername(res, &from->sa, len);
	return res;
}

static int accept_once(struct acceptor *a, bool say_called)
{
	const struct server_cfg *cfg = a->server->cfg;
	const bool four = cfg->accept4 || cfg->accept32;
	const char *call = four ? "accept4" : "accept";
	union lab_addr from = {0};
	socklen_t len = sizeof(from);
	uint64_t called_ns;
	int res;

	if (say_called)
		lab_say(&a->say, "%s(%d) called", call, a->server->listener);
	called_ns = lab_now_ns();
	if (cfg->accept32)
		res = accept32(a->server->listener, &from, &len);
	else if (four)
		res = accept4(a->server->listener, &from.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	else
		res = accept(a->server->listener, &from.sa, &len);
	if (res < 0 && !cfg->accept32)
		res = -errno;
	accept_done(a, call, res, &from, called_ns);
	return res;
}

static void accept_blocking(struct acceptor *a)
{
	while (take_turn(a))
		accept_once(a, true);
}

static void accept_epoll(struct acceptor *a)
{
	const struct server_cfg *cfg = a->server->cfg;
	struct epoll_event ev = {.events = EPOLLIN};
	int listener = a->server->listener;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev)) {
		lab_fail(&a->say, errno, "epoll");
		goto out;
	}
	while (!stopped(a)) {
		lab_say(&a->say, "epoll_wait(%d) called", listener);
		if (epoll_wait(epoll, &ev, 1, -1) < 0)
			continue;
		lab_say(&a->say, "epoll_wait(%d) = 1", listener);
		do {
			if (!take_turn(a))
				goto out;
		} while (accept_once(a, false) >= 0 && !cfg->accept_delay_ms &&
			 !cfg->accept_every_ms);
	}
out:
	if (epoll >= 0)
		close(epoll);
}

#ifdef HAVE_LIBURING
static int uring_queue(struct acceptor *a, struct io_uring *ring, union lab_addr *from,
		       socklen_t *len)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	bool multishot = a->server->cfg->io_uring == SERVER_URING_MULTISHOT;

	if (!sqe)
		return -EBUSY;
	*len = sizeof(*from);
	if (multishot)
		io_uring_prep_multishot_accept(sqe, a->server->listener, NULL, NULL, 0);
	else
		io_uring_prep_accept(sqe, a->server->listener, &from->sa, len, 0);
	lab_say(&a->say, "io_uring_accept(%d) queued%s", a->server->listener,
		multishot ? ", multishot" : "");
	return io_uring_submit(ring);
}

static void accept_uring(struct acceptor *a)
{
	bool multishot = a->server->cfg->io_uring == SERVER_URING_MULTISHOT;
	bool queued = false;
	union lab_addr from;
	socklen_t len;
	struct io_uring ring;
	uint64_t called_ns = 0;
	int err;

	err = io_uring_queue_init(8, &ring, 0);
	if (err < 0) {
		lab_fail(&a->say, -err, "io_uring_queue_init");
		return;
	}
	while (take_turn(a)) {
		struct io_uring_cqe *cqe;
		int res;

		if (!queued) {
			called_ns = lab_now_ns();
			memset(&from, 0, sizeof(from));
			err = uring_queue(a, &ring, &from, &len);
			if (err < 0) {
				lab_fail(&a->say, -err, "io_uring_submit");
				break;
			}
			queued = true;
		}
		do {
			err = io_uring_wait_cqe(&ring, &cqe);
		} while (err == -EINTR && !stopped(a));
		if (err < 0)
			break;
		res = cqe->res;
		queued = multishot && (cqe->flags & IORING_CQE_F_MORE);
		io_uring_cqe_seen(&ring, cqe);
		if (multishot && res >= 0) {
			len = sizeof(from);
			memset(&from, 0, sizeof(from));
			from.sa.sa_family = AF_INET;
			getpeername(res, &from.sa, &len);
		}
		accept_done(a, "io_uring_accept", res, &from, called_ns);
		called_ns = lab_now_ns();
	}
	io_uring_queue_exit(&ring);
}
#else
static void accept_uring(struct acceptor *a)
{
	(void)a; /* server_check() has refused the option */
}
#endif

static void *acceptor_main(void *arg)
{
	struct acceptor *a = arg;
	const struct server_cfg *cfg = a->server->cfg;
	sigset_t kick;

	sigemptyset(&kick);
	sigaddset(&kick, SERVER_SIG_KICK);
	pthread_sigmask(SIG_UNBLOCK, &kick, NULL);
	if (cfg->io_uring)
		accept_uring(a);
	else if (cfg->mode == SERVER_EPOLL)
		accept_epoll(a);
	else
		accept_blocking(a);
	free(a);
	return NULL;
}

int acceptors_start(struct server *server)
{
	for (uint64_t i = 0; i < server->cfg->threads; i++) {
		struct acceptor *a = calloc(1, sizeof(*a));
		int err;

		if (!a)
			return -ENOMEM;
		a->server = server;
		a->say = server->say;
		if (server->cfg->threads > 1)
			snprintf(a->say.tag, sizeof(a->say.tag), "%.4s%st%d", server->say.tag,
				 server->say.tag[0] ? "." : "", (int)i + 1);
		err = pthread_create(&server->threads[server->nr_threads], NULL, acceptor_main, a);
		if (err) {
			free(a);
			return -err;
		}
		server->nr_threads++;
	}
	return 0;
}

/* A signal that arrives just before the thread enters the kernel interrupts nothing: repeat it. */
void acceptors_stop(struct server *server)
{
	static const struct timespec pause = {.tv_nsec = 1000000};

	atomic_store(&server->stop, true);
	for (int i = 0; i < server->nr_threads; i++) {
		while (pthread_tryjoin_np(server->threads[i], NULL) == EBUSY) {
			pthread_kill(server->threads[i], SERVER_SIG_KICK);
			nanosleep(&pause, NULL);
		}
	}
	server->nr_threads = 0;
}
