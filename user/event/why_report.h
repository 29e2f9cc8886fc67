/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why_report.h - why nobody accepts, as it is printed: what two looks at a listener have found.
 *
 * Owns the plain structs that views print; the names of diagnoses are in vocabulary.h. Knows
 * nothing of how a look is taken; why/diagnosis.c fills the report. Unknown is: a bool that is
 * false, a pid of 0, an empty text, a NULL.
 */
#ifndef SOCKSTATE_WHY_REPORT_H
#define SOCKSTATE_WHY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/vocabulary.h"

#define WHY_SENTENCE_MAX 480
#define WHY_ALSO_MAX	 3
#define WHY_STACK_MAX	 8
#define WHY_CPUS_MAX	 48
#define WHY_SHOWN_MAX	 32 /* holders, watchers, threads of one report */

struct why_who {
	uint32_t pid; /* 0: not known */
	char comm[16];
};

/* What a thread waits for. */
struct why_on {
	const char *kind; /* "socket", "pipe", "file", "futex", ...; NULL: not known */
	bool ends;	  /* the following six are known */
	int family;	  /* AF_INET or AF_INET6 */
	uint8_t laddr[16], raddr[16];
	uint16_t lport, rport;
	const char *state;   /* of a TCP socket, without TCP_ */
	struct why_who peer; /* a process that has the other end, on this machine */
	char path[256];
};

struct why_thread_report {
	uint32_t pid, tid;
	char comm[16], process[16];
	const char *state;   /* "running", "runnable", "sleeping", ... */
	const char *syscall; /* NULL: it is in none, or in one without a name */
	int32_t fd;	     /* its first argument; -1: that is no descriptor */
	struct why_on on;
	bool watches;	   /* it waits for this listener */
	bool since_known;  /* both looks found it asleep, and it did not run in between */
	uint64_t since_ns; /* for how long */
	bool share_known;
	uint32_t cpu_permille; /* of one CPU, between the looks */
	uint64_t run_delay_ns; /* ready to run, without a CPU, between the looks */
	struct why_who tracer; /* pid 0: none */
	int32_t nice;
	uint32_t cpus_allowed;	 /* how many CPUs it may run on; 0: not known */
	uint32_t cpus_online;	 /* of so many; 0: not known */
	char cpus[WHY_CPUS_MAX]; /* "0-2,5"; "": not known, or too many to be told */
	uint32_t frames;
	char frame[WHY_STACK_MAX][48]; /* innermost first */
};

struct why_holder_report {
	struct why_who who;
	int32_t fd;
	bool listened_known, listened; /* it called listen() */
	bool accepts_known;
	uint64_t accepts; /* that it made while it was traced */
};

struct why_watcher_report {
	const char *kind; /* "accept", "epoll", "poll", "io_uring"; else NULL */
	char wake[32];	  /* the kernel's function */
	struct why_who who;
	uint32_t tid;	  /* accept, poll */
	int32_t fd;	  /* epoll: the instance's descriptor in that process; -1: not known */
	const char *mode; /* epoll: "level", "edge" */
	bool oneshot, exclusive, armed, ready;
	uint32_t sleeping; /* epoll: threads in epoll_wait() */
};

struct why_report {
	uint64_t t; /* ns, CLOCK_MONOTONIC, of the last look */
	uint64_t cookie;
	uint32_t netns;
	int family;
	uint8_t laddr[16];
	uint16_t lport;
	uint32_t accept_queue, backlog, syn_queue, drops;
	bool oldest_known;
	uint64_t oldest_wait_ns;
	bool accepts_known, accepts_at_least;
	uint64_t accepts; /* between the looks */
	uint64_t look_ns; /* between the looks; 0: there was one look only */

	enum diagnosis diagnosis;
	enum diagnosis also[WHY_ALSO_MAX];
	size_t also_count;
	char sentence[WHY_SENTENCE_MAX];
	bool since_known;
	uint64_t since_ns;

	bool throttled_known;
	uint64_t throttled_ns; /* between the looks */
	char cgroup[64];
	uint64_t fds, fd_limit; /* of the first holder; fd_limit 0: not known */

	struct why_holder_report holders[WHY_SHOWN_MAX];
	struct why_watcher_report watchers[WHY_SHOWN_MAX];
	struct why_thread_report threads[WHY_SHOWN_MAX];
	size_t holder_count, watcher_count, thread_count;
	uint64_t holders_total, watchers_total, threads_total;
	uint64_t watchers_seen, threads_seen; /* of them, that were looked at */
};

/*
 * The process that is told beside the listener: of the thread that is nearest to the cause, else
 * the first holder. Sets its name, which r owns. 0: nobody holds it.
 */
uint32_t why_report_pid(const struct why_report *r, const char **comm);

/*
 * "CPU 1 only": where it may not run on every CPU that is online; else "". Writes at most size
 * bytes.
 */
void why_cpus_text(const struct why_thread_report *t, char *out, size_t size);

/* Its kind says more than the name of the system call that waits for it. */
bool why_on_tells(const struct why_on *on);

struct event;

/* The line of the stream. The event borrows from r. */
void why_report_event(struct event *e, const struct why_report *r);

#endif
