/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why_report.h - why nobody accepts, as it is printed: what two looks at a listener have found.
 *
 * Owns the names of the diagnoses and the plain structs that views print. Knows nothing of how a
 * look is taken; why/diagnosis.c fills the report. Unknown is: a bool that is false, a pid of 0, an
 * empty text, a NULL.
 */
#ifndef SOCKSTATE_WHY_REPORT_H
#define SOCKSTATE_WHY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DIAGNOSIS(id, name, trouble, meaning): in the order of the documentation. */
#define WHY_DIAGNOSES(DIAGNOSIS)                                                                   \
	DIAGNOSIS(KEEPS_UP, "keeps_up", false, "it accepts as they come, or waits for some to come") \
	DIAGNOSIS(SLOW_PER_ACCEPT, "slow_per_accept", true,                                        \
		  "it accepts, but too long passes between two accepts")                           \
	DIAGNOSIS(BLOCKED_ON_PEER, "blocked_on_peer", true,                                        \
		  "the thread waits for the other end of a socket or a pipe")                      \
	DIAGNOSIS(BLOCKED_ON_FILE, "blocked_on_file", true, "the thread waits for a file")         \
	DIAGNOSIS(BLOCKED_ON_LOCK, "blocked_on_lock", true,                                        \
		  "the thread waits for a futex, a semaphore or a file lock")                      \
	DIAGNOSIS(BLOCKED_ON_CHILD, "blocked_on_child", true, "the thread waits for a process of its own") \
	DIAGNOSIS(SLEEPING, "sleeping", true, "the thread sleeps for a time that it chose")        \
	DIAGNOSIS(BUSY, "busy", true, "the thread computes and does not come to accept()")         \
	DIAGNOSIS(STARVED, "starved", true, "the thread is ready to run, but gets no CPU")         \
	DIAGNOSIS(THROTTLED, "throttled", true, "its cgroup's CPU quota or memory.high holds it back") \
	DIAGNOSIS(STOPPED, "stopped", true, "a signal stopped the process")                        \
	DIAGNOSIS(TRACED, "traced", true, "a debugger holds the process")                          \
	DIAGNOSIS(FROZEN, "frozen", true, "its cgroup is frozen")                                  \
	DIAGNOSIS(UNINTERRUPTIBLE, "uninterruptible", true,                                        \
		  "the thread is in an uninterruptible sleep (D) in the kernel")                   \
	DIAGNOSIS(NOBODY_WATCHES, "nobody_watches", true,                                          \
		  "no thread waits for the listener: not in accept(), epoll, poll or io_uring")    \
	DIAGNOSIS(DISARMED, "disarmed", true,                                                      \
		  "epoll watches the listener, but not for connections: a one-shot that is spent, or paused") \
	DIAGNOSIS(EDGE_MISSED, "edge_missed", true,                                                \
		  "edge-triggered: the last loop stopped before accept() returned EAGAIN")         \
	DIAGNOSIS(NOT_THE_ACCEPTOR, "not_the_acceptor", true,                                      \
		  "a process holds the listener that does not accept, and the one that did no longer holds it") \
	DIAGNOSIS(OUT_OF_FDS, "out_of_fds", true, "every descriptor that RLIMIT_NOFILE allows is open") \
	DIAGNOSIS(WRONG_MEMBER, "wrong_member", true,                                              \
		  "this member of a SO_REUSEPORT group does not accept while others of it are idle") \
	DIAGNOSIS(UNKNOWN, "unknown", true, "the queue stands still, and what was seen does not tell why")

enum why_diagnosis {
#define DIAGNOSIS(id, name, trouble, meaning) DIAGNOSIS_##id,
	WHY_DIAGNOSES(DIAGNOSIS)
#undef DIAGNOSIS
		DIAGNOSIS_COUNT
};

struct why_diagnosis_info {
	const char *name, *meaning;
	bool trouble; /* exit code 4 of `sockstate why` */
};

extern const struct why_diagnosis_info why_diagnosis_infos[DIAGNOSIS_COUNT];

#define WHY_SENTENCE_MAX 480
#define WHY_ALSO_MAX	 3
#define WHY_STACK_MAX	 8
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
	uint32_t tid;	 /* accept, poll */
	int32_t fd;	 /* epoll: the instance's descriptor in that process; -1: not known */
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

	enum why_diagnosis diagnosis;
	enum why_diagnosis also[WHY_ALSO_MAX];
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
};

#endif
