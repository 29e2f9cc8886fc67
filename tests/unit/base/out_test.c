// SPDX-License-Identifier: BSD-2-Clause
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static void check_gather(void)
{
	struct out o;
	char got[64] = "";
	int p[2];

	if (pipe(p) || out_init(&o, p[1]))
		exit(1);
	out_text(&o, "one ");
	out_bytes(&o, "two\0", 4);
	out_format(&o, " %d%s", 3, "!");
	is_u64(o.len, 11, "text gathers");
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	ok(read(p[0], got, sizeof(got)) < 0, "and stays until it is flushed");
	is_u64((uint64_t)out_flush(&o), 0, "flush succeeds");
	ok(read(p[0], got, sizeof(got)) == 11 && !memcmp(got, "one two\0 3!", 11),
	   "every byte arrives in one write");
	is_u64(o.len, 0, "nothing is left");
	is_u64((uint64_t)out_flush(&o), 0, "flushing nothing is fine");
	close(p[0]);
	close(p[1]);
	out_free(&o);
	out_free(&o);
	ok(true, "freed twice");
}

static void check_shrinks(void)
{
	enum { MANY = 16 * 1024 * 1024 };
	struct out o;
	int fd = open("/dev/null", O_WRONLY);
	char *p;

	if (fd < 0 || out_init(&o, fd))
		exit(1);
	p = out_reserve(&o, MANY);
	if (!p)
		exit(1);
	out_advance(&o, p + MANY);
	is_u64((uint64_t)out_flush(&o), 0, "a large batch is written");
	ok(o.cap <= MANY / 4, "and its memory given back");
	p = out_reserve(&o, MANY);
	ok(p == o.buf && o.cap >= MANY, "the next one gets as much again");
	out_free(&o);
	close(fd);
}

/* Far more than the pipe holds, into a non-blocking end, with signals all the while. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void check_partial(void)
{
	enum { SIZE = 3 * 1024 * 1024 };
	struct sigaction sa = {.sa_handler = on_alarm};
	struct out o;
	int p[2], status;
	char *at;
	pid_t child;

	if (pipe(p) || out_init(&o, p[1]))
		exit(1);
	fflush(stdout);
	child = fork();
	if (!child) {
		static char buf[10000];
		size_t sum = 0, wrong = 0;
		ssize_t n;

		close(p[1]);
		while ((n = read(p[0], buf, sizeof(buf))) > 0) {
			for (ssize_t i = 0; i < n; i++)
				wrong += buf[i] != (char)((sum + (size_t)i) % 251);
			sum += (size_t)n;
		}
		_exit(sum == SIZE && !wrong ? 0 : 1);
	}
	close(p[0]);
	sigaction(SIGALRM, &sa, NULL);
	ualarm(500, 500);
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	at = out_reserve(&o, SIZE);
	for (size_t i = 0; at && i < SIZE; i++)
		at[i] = (char)(i % 251);
	out_advance(&o, at + SIZE);
	is_u64((uint64_t)out_flush(&o), 0,
	       "a full pipe, partial writes and signals are waited out");
	ualarm(0, 0);
	close(p[1]);
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "the reader got every byte in order");
	out_free(&o);
}

static void check_errors(void)
{
	struct out o;
	int p[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(p) || out_init(&o, p[1]))
		exit(1);
	close(p[0]);
	out_text(&o, "nobody reads this");
	ok(out_flush(&o) == -EPIPE, "a closed pipe is told");
	out_text(&o, "more");
	ok(out_flush(&o) == -EPIPE, "and ever after");
	is_u64(o.len, 0, "text for nobody is thrown away");
	close(p[1]);
	out_free(&o);

	if (out_init(&o, -1))
		exit(1);
	out_text(&o, "x");
	ok(out_flush(&o) == -EBADF, "a bad descriptor is told");
	out_free(&o);

	if (out_init(&o, open("/dev/full", O_WRONLY)))
		exit(1);
	out_text(&o, "x");
	ok(out_flush(&o) == -ENOSPC, "a full disk is told");
	ok(!out_reserve(&o, (size_t)-1 / 2), "an absurd size is refused");
	ok(out_flush(&o) == -ENOSPC, "the first error is the one that is kept");
	close(o.fd);
	out_free(&o);
}

int main(void)
{
	check_gather();
	check_shrinks();
	check_partial();
	check_errors();
	return done();
}
