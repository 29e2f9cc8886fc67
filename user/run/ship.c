// SPDX-License-Identifier: BSD-2-Clause
/*
 * ship.c - `sockstate ship`: lines from standard input to a command, over a spool. One process
 * reads, and one command at a time has the oldest batch on its standard input.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/record.h"
#include "base/text.h"
#include "base/units.h"
#include "kernel/clock.h"
#include "run/batch_command.h"
#include "run/run.h"
#include "run/spool.h"

#define BUFFER	     (1u << 20) /* a longer line is dropped */
#define PIPE_SIZE    (1 << 20)	/* lets a burst wait without keeping its writer */
#define PAUSE_FIRST  (250 * NS_MS)
#define PAUSE_DRAIN  NS_S /* the longest, once the input has ended */
#define WAIT_MOST_MS 1000
#define GRACE_MS     5000 /* from SIGTERM to SIGKILL */

struct ship {
	const struct ship_options *options;
	const struct run_place *place;
	struct spool *spool;
	char *buffer;
	size_t size;	      /* of the buffer, no more than a batch */
	size_t used;	      /* the beginning of a line, whose end has not come */
	bool skipping;	      /* the rest of a line that is too long */
	bool ended;	      /* the input */
	uint64_t first_ns;    /* when the first line of the open batch came */
	uint64_t deadline_ns; /* 0: the input has not ended */
	struct spool_batch on_its_way;
	pid_t pid;	  /* of the command; 0: none runs */
	int pidfd;	  /* -1: none, or this kernel has none */
	uint64_t kill_ns; /* when the command has taken too long */
	uint64_t retry_ns, pause_ns;
	unsigned int attempts; /* that failed one after the other */
	uint64_t came, arrived;
	uint64_t told_dropped; /* lines */
	uint64_t told_dropped_ns;
	bool told_write, told_seal;
	bool stuck; /* a batch that was taken could not be removed */
};

static void sooner(uint64_t *when, uint64_t other)
{
	if (other < *when)
		*when = other;
}

/* ---- what people are told ---- */

static const char *command_of(const struct ship *s)
{
	return s->options->operands[0];
}

static void tell_all_dropped(struct ship *s)
{
	struct spool_figures now;

	spool_figures(s->spool, &now);
	if (now.dropped_lines == s->told_dropped)
		return;
	s->told_dropped_ns = clock_now_ns();
	run_complain("ship: dropped %" PRIu64 " line%s, %" PRIu64 " so far",
		     now.dropped_lines - s->told_dropped,
		     text_s(now.dropped_lines - s->told_dropped), now.dropped_lines);
	s->told_dropped = now.dropped_lines;
}

/* Once a second at most. */
static void tell_dropped(struct ship *s, uint64_t now)
{
	if (!s->told_dropped || now >= s->told_dropped_ns + NS_S)
		tell_all_dropped(s);
}

/* who, how: what became of the command, or why it has not been started. */
static void tell_failed(struct ship *s, const char *who, const char *how)
{
	struct spool_figures now;

	spool_figures(s->spool, &now);
	run_complain("ship: %s %s; %" PRIu64 " line%s; again in %" PRIu64 " ms", who, how,
		     now.lines, now.lines == 1 ? " waits" : "s wait", s->pause_ns / NS_MS);
}

/* told: the last one of this kind was told. */
static void tell_write(struct ship *s, bool *told, int rc)
{
	if (rc && !*told)
		run_complain("ship: cannot write to %s: %s", s->options->spool, strerror(-rc));
	*told = rc;
}

static int tell_end(struct ship *s)
{
	struct spool_figures now;

	if (!s->ended)
		run_complain("ship: the input had not ended");
	tell_all_dropped(s);
	spool_figures(s->spool, &now);
	run_complain("ship: %" PRIu64 " line%s came, %" PRIu64 " arrived, %" PRIu64
		     " dropped, %" PRIu64 " left in %s",
		     s->came, text_s(s->came), s->arrived, now.dropped_lines, now.lines,
		     s->options->spool);
	if (now.dropped_lines)
		return EXIT_LOST;
	return now.lines || s->stuck ? EXIT_RUNTIME : EXIT_CLEAN;
}

/* ---- lines come ---- */

static uint64_t count_lines(const char *text, size_t size)
{
	uint64_t count = 0;

	for (const char *p = text, *end = text + size; p < end; p++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			break;
		count++;
	}
	return count;
}

/* If it fails, the batch has to wait as one that has just begun. */
static void seal(struct ship *s)
{
	int rc = spool_seal(s->spool);

	tell_write(s, &s->told_seal, rc);
	if (rc)
		s->first_ns = clock_now_ns();
}

/* Whole lines. */
static void append(struct ship *s, const char *lines, size_t size)
{
	uint64_t count = count_lines(lines, size);
	struct spool_figures now;

	s->came += count;
	spool_figures(s->spool, &now);
	if (now.open_bytes && now.open_bytes + size > s->options->batch) {
		seal(s);
		spool_figures(s->spool, &now);
	}
	if (now.open_bytes && now.open_bytes + size > s->options->batch) {
		spool_count_dropped(s->spool, count); /* no batch is larger */
		return;
	}
	if (!now.open_bytes)
		s->first_ns = clock_now_ns();
	tell_write(s, &s->told_write, spool_append(s->spool, lines, size, count));
}

/* A line that does not fit into the buffer, or that has no end, is no line. */
static void drop_line(struct ship *s)
{
	s->used = 0;
	s->came++;
	spool_count_dropped(s->spool, 1);
}

/* So many more bytes are in the buffer. */
static void take(struct ship *s, size_t bytes)
{
	char *text = s->buffer, *end = text + s->used + bytes, *last, *first;

	if (s->skipping) {
		first = memchr(text, '\n', (size_t)(end - text));
		text = first ? first + 1 : end;
		s->skipping = !first;
	}
	last = memrchr(text, '\n', (size_t)(end - text));
	if (last) {
		append(s, text, (size_t)(last + 1 - text));
		text = last + 1;
	}
	s->used = (size_t)(end - text);
	memmove(s->buffer, text, s->used);
	if (s->used == s->size) {
		drop_line(s);
		s->skipping = true;
	}
}

static void begin_to_drain(struct ship *s)
{
	if (s->deadline_ns)
		return;
	s->deadline_ns = clock_now_ns() + s->options->drain_ns;
	s->retry_ns = 0;
}

/* Returns how many bytes came. */
static size_t read_input(struct ship *s)
{
	ssize_t n = read(STDIN_FILENO, s->buffer + s->used, s->size - s->used);

	if (n > 0) {
		take(s, (size_t)n);
		return (size_t)n;
	}
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < 0)
		run_complain("ship: cannot read standard input: %s", strerror(errno));
	s->ended = true;
	if (s->used && !s->skipping)
		drop_line(s);
	seal(s);
	begin_to_drain(s);
	return 0;
}

/* The time is over before the input: what is in the pipe came, and nobody else will read it. */
static void read_rest(struct ship *s)
{
	struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};
	size_t left = PIPE_SIZE, n;

	while (!s->ended && left && poll(&polled, 1, 0) > 0) {
		n = read_input(s);
		if (!n)
			break;
		left -= n < left ? n : left;
	}
	if (s->ended)
		return;
	if (s->used && !s->skipping)
		drop_line(s);
	seal(s);
}

/* An open batch waits for others to fill it, and while a sealed one waits there is no hurry. */
static void seal_what_waits(struct ship *s, uint64_t now)
{
	struct spool_figures f;

	spool_figures(s->spool, &f);
	if (f.open_bytes && !f.batches && now >= s->first_ns + s->options->every_ns)
		seal(s);
}

/* ---- the command ---- */

static void taken(struct ship *s)
{
	int rc = spool_let_go(s->spool, true);

	if (rc)
		run_complain("ship: cannot remove batch %" PRIu64
			     " from %s, so the next start would give it again: %s",
			     s->on_its_way.number, s->options->spool, strerror(-rc));
	s->stuck |= rc != 0;
	if (s->attempts)
		run_complain("ship: %s takes lines again", command_of(s));
	s->attempts = 0;
	s->arrived += s->on_its_way.lines;
}

static void failed(struct ship *s, const char *who, const char *how)
{
	uint64_t longest = s->options->retry_ns;

	spool_let_go(s->spool, false);
	if (s->deadline_ns)
		sooner(&longest, PAUSE_DRAIN);
	s->pause_ns = s->attempts ? 2 * s->pause_ns : PAUSE_FIRST;
	sooner(&s->pause_ns, longest);
	s->attempts++;
	s->retry_ns = clock_now_ns() + s->pause_ns;
	tell_failed(s, who, how);
}

/* Otherwise it would hold up those behind it. */
static void rejected(struct ship *s)
{
	int rc = spool_reject(s->spool);

	if (rc) {
		failed(s, s->options->spool, strerror(-rc));
		return;
	}
	s->attempts = 0;
	run_complain("ship: %s ended with exit code %" PRIu64 ": batch %" PRIu64 " of %" PRIu64
		     " line%s is set aside in %s",
		     command_of(s), s->options->never_code, s->on_its_way.number,
		     s->on_its_way.lines, text_s(s->on_its_way.lines), s->options->spool);
}

static void start_command(struct ship *s, uint64_t now)
{
	char how[128];
	int fd, rc;

	if (s->pid || (s->attempts && now < s->retry_ns))
		return;
	fd = spool_hold(s->spool, &s->on_its_way);
	if (fd == -ENOENT)
		return;
	if (fd < 0) {
		snprintf(how, sizeof(how), "cannot be read: %s", strerror(-fd));
		failed(s, s->options->spool, how);
		return;
	}
	rc = batch_command(&s->pid, s->options->operands, &s->on_its_way, fd);
	close(fd);
	if (rc) {
		s->pid = 0;
		snprintf(how, sizeof(how), "does not start: %s", strerror(rc));
		failed(s, command_of(s), how);
		return;
	}
	s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	s->kill_ns = now + s->options->timeout_ns;
}

/* It has been waited for. */
static void forget_command(struct ship *s)
{
	if (s->pidfd >= 0)
		close(s->pidfd);
	s->pidfd = -1;
	s->pid = 0;
}

static void reap(struct ship *s, uint64_t now)
{
	char how[128];
	int status;

	if (!s->pid)
		return;
	if (waitpid(s->pid, &status, WNOHANG) != s->pid) {
		if (now >= s->kill_ns) {
			kill(-s->pid, SIGKILL);
			s->kill_ns = now + NS_S; /* it may take a while to die */
		}
		return;
	}
	forget_command(s);
	if (!status) {
		taken(s);
		return;
	}
	if (WIFEXITED(status) && (uint64_t)WEXITSTATUS(status) == s->options->never_code) {
		rejected(s);
		return;
	}
	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "was ended by signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "ended with exit code %d", WEXITSTATUS(status));
	failed(s, command_of(s), how);
}

/* The time is over. What the command does not take in this moment stays. */
static void stop_command(struct ship *s)
{
	struct pollfd polled = {.fd = s->pidfd, .events = POLLIN};
	int status;

	if (!s->pid)
		return;
	kill(-s->pid, SIGTERM);
	poll(&polled, 1, GRACE_MS);
	kill(-s->pid, SIGKILL);
	if (waitpid(s->pid, &status, 0) != s->pid)
		status = -1;
	forget_command(s);
	if (status)
		spool_let_go(s->spool, false);
	else
		taken(s);
}

/* ---- both ---- */

/* Until something comes or is due. */
static bool wait_for_more(struct ship *s, uint64_t now)
{
	struct pollfd polled[] = {{.fd = s->ended ? -1 : STDIN_FILENO, .events = POLLIN},
				  {.fd = s->pid ? s->pidfd : -1, .events = POLLIN}};
	uint64_t due = now + WAIT_MOST_MS * NS_MS;
	struct spool_figures f;

	spool_figures(s->spool, &f);
	if (f.open_bytes && !f.batches)
		sooner(&due, s->first_ns + s->options->every_ns);
	if (!s->pid && s->attempts && f.batches)
		sooner(&due, s->retry_ns);
	if (s->pid)
		sooner(&due, s->pidfd < 0 ? now + 20 * NS_MS : s->kill_ns);
	if (s->deadline_ns)
		sooner(&due, s->deadline_ns);
	return poll(polled, 2, due > now ? (int)((due - now) / NS_MS) + 1 : 0) > 0 &&
	       polled[0].revents;
}

static bool over(struct ship *s, uint64_t now)
{
	struct spool_figures f;

	if (!s->deadline_ns)
		return false;
	spool_figures(s->spool, &f);
	return now >= s->deadline_ns || (s->ended && !s->pid && !f.lines);
}

static int run(struct ship *s)
{
	uint64_t now;

	for (;;) {
		now = clock_now_ns();
		reap(s, now);
		seal_what_waits(s, now);
		if (s->place->stopped())
			begin_to_drain(s);
		if (over(s, now))
			break;
		start_command(s, now);
		tell_dropped(s, now);
		if (wait_for_more(s, now))
			read_input(s);
	}
	stop_command(s);
	read_rest(s);
	return tell_end(s);
}

int run_ship(const struct ship_options *options, const struct run_place *place)
{
	struct ship s = {.options = options, .place = place, .pidfd = -1};
	struct spool_figures found;
	char err[ERR_MAX];
	int code = EXIT_RUNTIME;

	s.size = options->batch < BUFFER ? options->batch : BUFFER;
	s.buffer = malloc(s.size);
	if (!s.buffer) {
		run_complain("out of memory");
		return EXIT_RUNTIME;
	}
	if (spool_open(&s.spool, options->spool, options->keep, err, sizeof(err))) {
		run_complain("%s", err);
		goto out;
	}
	spool_figures(s.spool, &found);
	if (found.lines)
		run_complain("ship: %" PRIu64 " line%s of an earlier run %s in %s", found.lines,
			     text_s(found.lines), found.lines == 1 ? "waits" : "wait",
			     options->spool);
	signal(SIGCHLD, SIG_DFL); /* who ignores it gets no exit code */
	fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_SIZE);
	code = run(&s);
out:
	spool_free(s.spool);
	free(s.buffer);
	return code;
}
