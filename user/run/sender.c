// SPDX-License-Identifier: BSD-2-Clause
/*
 * sockstate may not fork once it has given up its rights, so a keeper waits for the worker and
 * starts another where it is killed. What the pipe holds then ends within a request: it is thrown
 * away, and nothing is put into it before sockstate has settled that.
 */
#include "run/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "kernel/clock.h"
#include "kernel/privilege.h"
#include "kernel/sandbox.h"
#include "run/run.h"
#include "run/send_worker.h"

#define PIPE_BYTES (1 << 20)
/* Of what has not gone into the pipe: a round of metrics of as many listeners as there can be. */
#define OUTBOX_BYTES_MAX (24u << 20)
/* Before another worker is started: twice as long after each that did not last. */
#define PAUSE_FIRST_MS 1000
#define PAUSE_MOST_MS  60000
#define LASTED_NS      (60 * NS_S)
/* Between two looks whether sockstate has settled. */
#define SETTLE_MS 50

struct sender {
	int pipe;  /* write end; -1: all have ended */
	int ended; /* read end: hangs up when all have ended */
	struct send_shared *shared;
	struct delivery_counts own; /* what never reached the process */
	char *outbox;
	size_t from, len, room;
	uint64_t items[OTLP_SIGNAL_COUNT]; /* that were put into it */
};

/* ---- the process that keeps it ---- */

/* Throws away what is in the pipe. False: nothing more will come. */
static bool drain(int pipe)
{
	char bytes[16384];
	ssize_t n;

	do
		n = read(pipe, bytes, sizeof(bytes));
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0;
}

/* False: sockstate has ended. */
static bool pause_ms(int pipe, int ms)
{
	struct pollfd p = {.fd = pipe};

	return poll(&p, 1, ms) <= 0;
}

/* Until sockstate gives nothing more to the worker that has ended. False: it has ended, too. */
static bool settled(const struct send_ends *ends, uint32_t number)
{
	__atomic_store_n(&ends->shared->ended, number, __ATOMIC_RELEASE);
	while (__atomic_load_n(&ends->shared->settled, __ATOMIC_ACQUIRE) != number)
		if (!drain(ends->down) || !pause_ms(ends->down, SETTLE_MS))
			return false;
	return drain(ends->down);
}

static void say_ended(int status, int pause)
{
	if (WIFSIGNALED(status))
		run_complain("the process that sends OTLP was ended by signal %d: another starts "
			     "in %d s",
			     WTERMSIG(status), pause / 1000);
	else
		run_complain("the process that sends OTLP has ended: another starts in %d s",
			     pause / 1000);
}

static void __attribute__((noreturn))
keeper(struct send_ends *ends, const struct post_options *options, bool no_sandbox)
{
	int pause = PAUSE_FIRST_MS, status = 0;
	struct sandbox done;
	char err[ERR_MAX];
	sigset_t all;

	/* Signals of the terminal and of systemd reach sockstate, whose end we see. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	privilege_protect();
	for (uint32_t number = 1;; number++) {
		uint64_t begun = clock_now_ns();
		pid_t pid;

		__atomic_store_n(&ends->shared->running, number, __ATOMIC_RELEASE);
		pid = fork();
		if (!pid)
			send_work(ends, options, no_sandbox);
		ends->up = -1; /* it stays open, so sockstate sees the end of the last of us */
		/* The first one confines itself: it can name what it may not read then. */
		if (number == 1 &&
		    (send_let_go_of_input() || privilege_drop(false, err, sizeof(err))))
			_exit(1);
		if (number == 1 && !no_sandbox)
			sandbox_enter(&done, SANDBOX_SENDS | SANDBOX_KEEPS, NULL);
		if (pid > 0 && waitpid(pid, &status, 0) == pid && !status)
			_exit(0);
		if (!settled(ends, number))
			_exit(1);
		if (clock_now_ns() - begun > LASTED_NS)
			pause = PAUSE_FIRST_MS;
		say_ended(status, pause);
		if (!pause_ms(ends->down, pause))
			_exit(1);
		pause = 2 * pause < PAUSE_MOST_MS ? 2 * pause : PAUSE_MOST_MS;
	}
}

/* ---- sockstate's side ---- */

static int fork_keeper(struct sender *s, struct send_ends *ends, const struct post_options *options,
		       bool no_sandbox)
{
	int down[2] = {-1, -1}, up[2] = {-1, -1};
	pid_t pid = -1;

	if (!pipe2(down, O_CLOEXEC | O_NONBLOCK) && !pipe2(up, O_CLOEXEC)) {
		fcntl(down[1], F_SETPIPE_SZ, PIPE_BYTES); /* smaller where it may not be so large */
		pid = fork();
	}
	if (!pid) {
		close(down[1]);
		close(up[0]);
		ends->down = down[0];
		ends->up = up[1];
		keeper(ends, options, no_sandbox);
	}
	if (down[0] >= 0)
		close(down[0]);
	if (up[1] >= 0)
		close(up[1]);
	s->pipe = down[1];
	s->ended = up[0];
	return pid < 0 ? -errno : 0;
}

static int wait_begun(struct sender *s, char *err, size_t err_size)
{
	struct send_begun begun = {.rc = -EPIPE};
	ssize_t n;

	do
		n = read(s->ended, &begun, sizeof(begun));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(begun))
		begun = (struct send_begun){.rc = -EPIPE};
	if (begun.rc)
		snprintf(err, err_size, "%.*s", (int)sizeof(begun.err) - 1,
			 begun.err[0] ? begun.err : "--otlp: the process that sends ended at once");
	return begun.rc;
}

int sender_start(struct sender **out, const struct post_options *options, bool no_sandbox,
		 char *err, size_t err_size)
{
	struct send_ends ends = {.up = -1};
	struct sender *s = calloc(1, sizeof(*s));
	int rc;

	ends.shared = mmap(NULL, sizeof(*ends.shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!s || ends.shared == MAP_FAILED) {
		snprintf(err, err_size, "out of memory");
		free(s);
		return -ENOMEM;
	}
	s->shared = ends.shared;
	rc = fork_keeper(s, &ends, options, no_sandbox);
	if (rc)
		snprintf(err, err_size, "--otlp: cannot start the process that sends: %s",
			 strerror(-rc));
	else
		rc = wait_begun(s, err, err_size);
	if (rc)
		sender_close(s, NULL);
	else
		*out = s;
	return rc;
}

static bool make_room(struct sender *s, size_t more)
{
	size_t room = s->room ? s->room : PIPE_BYTES;
	char *outbox;

	if (s->from) {
		memmove(s->outbox, s->outbox + s->from, s->len);
		s->from = 0;
	}
	if (s->len + more <= s->room)
		return true;
	if (s->len + more > OUTBOX_BYTES_MAX)
		return false;
	while (room < s->len + more)
		room *= 2;
	outbox = realloc(s->outbox, room);
	if (!outbox)
		return false;
	s->outbox = outbox;
	s->room = room;
	return true;
}

void sender_give(struct sender *s, enum otlp_signal signal, const char *bytes, size_t size,
		 uint64_t items)
{
	const struct send_head head = {
		.signal = (uint32_t)signal, .size = (uint32_t)size, .items = items};

	if (!bytes || s->pipe < 0 || !make_room(s, sizeof(head) + size)) {
		s->own.of[signal][DELIVERY_OVERFLOW] += items;
		return;
	}
	memcpy(s->outbox + s->from + s->len, &head, sizeof(head));
	memcpy(s->outbox + s->from + s->len + sizeof(head), bytes, size);
	s->len += sizeof(head) + size;
	s->items[signal] += items;
}

struct delivery_counts sender_counts(const struct sender *s)
{
	struct delivery_counts c = s->own;

	for (unsigned int i = 0; i < OTLP_SIGNAL_COUNT; i++)
		for (unsigned int f = 0; f < DELIVERY_FATE_COUNT; f++)
			c.of[i][f] +=
				__atomic_load_n(&s->shared->counts.of[i][f], __ATOMIC_RELAXED);
	return c;
}

/* Everything given so far that no worker has told of is not delivered. */
static void settle(struct sender *s)
{
	for (unsigned int i = 0; i < OTLP_SIGNAL_COUNT; i++) {
		uint64_t told = 0;

		for (unsigned int f = 0; f < DELIVERY_FATE_COUNT; f++)
			told += __atomic_load_n(&s->shared->counts.of[i][f], __ATOMIC_RELAXED);
		if (s->items[i] > told)
			s->own.of[i][DELIVERY_LEFT] = s->items[i] - told;
	}
	s->from = s->len = 0;
}

static void lose(struct sender *s)
{
	run_complain("the processes that send OTLP have ended: nothing more is sent");
	close(s->pipe);
	s->pipe = -1;
	settle(s);
}

/* Between two workers nothing is written, which would tell. */
static void look_for_keeper(struct sender *s)
{
	struct pollfd p = {.fd = s->pipe};

	if (s->pipe >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLERR))
		lose(s);
}

/* Whether a worker takes what is put into the pipe. */
static bool is_taken(struct sender *s)
{
	uint32_t settled = s->shared->settled;

	if (__atomic_load_n(&s->shared->ended, __ATOMIC_ACQUIRE) == settled + 1) {
		settle(s);
		__atomic_store_n(&s->shared->settled, ++settled, __ATOMIC_RELEASE);
	}
	if (s->pipe >= 0 && __atomic_load_n(&s->shared->running, __ATOMIC_ACQUIRE) == settled + 1)
		return true;
	look_for_keeper(s);
	return false;
}

uint64_t sender_restarts(const struct sender *s)
{
	uint32_t running = __atomic_load_n(&s->shared->running, __ATOMIC_RELAXED);

	return running ? running - 1 : 0;
}

void sender_push(struct sender *s)
{
	while (is_taken(s) && s->len) {
		ssize_t n = write(s->pipe, s->outbox + s->from, s->len);

		if (n < 0 && errno == EPIPE)
			lose(s);
		if (n <= 0)
			return;
		s->from += (size_t)n;
		s->len -= (size_t)n;
	}
}

/* Into the pipe, as long as the process takes it. */
static void push_rest(struct sender *s, uint64_t end)
{
	for (sender_push(s); s->len && is_taken(s); sender_push(s)) {
		struct pollfd p = {.fd = s->pipe, .events = POLLOUT};
		uint64_t now = clock_now_ns();

		if (now >= end)
			break;
		poll(&p, 1, (int)((end - now) / NS_MS) + 1);
	}
}

void sender_close(struct sender *s, struct delivery_counts *counts)
{
	uint64_t end = clock_now_ns() + SENDER_GRACE_MS * NS_MS, now;
	struct pollfd p;

	if (!s)
		return;
	push_rest(s, end - SENDER_GRACE_MS / 2 * NS_MS);
	if (s->pipe >= 0)
		close(s->pipe);
	/* A second signal to sockstate interrupts poll(). */
	p = (struct pollfd){.fd = s->ended, .events = POLLIN};
	while ((now = clock_now_ns()) < end && poll(&p, 1, (int)((end - now) / NS_MS) + 1) <= 0)
		;
	close(s->ended);
	settle(s);
	if (counts)
		*counts = sender_counts(s);
	munmap(s->shared, sizeof(*s->shared));
	free(s->outbox);
	free(s);
}
