/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the lab's server share: lab/server_options.c has the options, lab/listen.c the
 * listening socket, lab/process.c the processes around it, lab/serve.c the timetable,
 * lab/accept.c takes connections from the queue, lab/conn.c lives with them.
 */
#ifndef LAB_SERVER_H
#define LAB_SERVER_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "lab/lab.h"

#define SERVER_RELISTENS_MAX 16
#define SERVER_THREADS_MAX   64
#define SERVER_WORKERS_MAX   64

#define SERVER_SIG_KICK SIGUSR1 /* interrupts a thread that waits in the kernel */
#define SERVER_SIG_DONE SIGUSR2 /* tells the main thread that all connections are done */

#define SERVER_HEIR_COMM   "lab-heir"	  /* who inherits the listener with --stall left */
#define SERVER_PASSED_COMM "lab-acceptor" /* who accepts with --pass-listener */

enum server_pass { /* what the parent does with its copy of a passed listener */
		   SERVER_PASS_CLOSE = 1,
		   SERVER_PASS_KEEP,
};

enum server_mode {
	SERVER_BLOCKING = 1,
	SERVER_EPOLL,
};

enum server_uring {
	SERVER_URING_SINGLE = 1,
	SERVER_URING_MULTISHOT,
};

struct server_cfg {
	const char *addr, *name;
	uint64_t port, backlog;
	bool v6only, freebind, mptcp;
	uint64_t fastopen, defer_accept_s;

	uint64_t accept_after_ms, accept_delay_ms, accept_every_ms, accept_max;
	bool never_accept, accept4, accept32, exit_when_done;
	unsigned int mode, io_uring;
	uint64_t threads, workers;

	uint64_t reply, close_after_ms;
	bool read_first, no_read, hold, reset;

	struct {
		uint64_t after_ms;
		uint64_t backlog;
	} relistens[SERVER_RELISTENS_MAX];
	int nr_relistens;
	uint64_t close_listener_after_ms;
	uint64_t fd_limit, fd_room;
	unsigned int pass_listener;
	uint64_t exit_keep_ms;
	char stall[16];	   /* a name of lab/stall.c; "": none */
	uint64_t stall_ms; /* LAB_NEVER: it does not end */

	uint64_t duration_s, ready_fd;
	unsigned int stamps;
	bool quiet, help;
};

struct conns;

struct server {
	const struct server_cfg *cfg;
	struct lab_say say;
	uint64_t start_ns;
	int listener;
	atomic_bool stop;     /* acceptors end when they see it */
	atomic_ulong tickets; /* calls of accept() begun, accept_max at most */
	atomic_ulong accepted, closed, errors;
	struct conns *conns;
	pthread_t threads[SERVER_THREADS_MAX];
	int nr_threads;
};

/* lab/listen.c. *port is updated when the kernel chose. */
int listener_bind(const struct server_cfg *cfg, const struct lab_say *say, uint16_t *port,
		  bool reuse_port, int *out);
int listener_open(const struct server_cfg *cfg, const struct lab_say *say, uint16_t *port,
		  bool reuse_port, int *out);
void server_ready(const struct server_cfg *cfg, uint16_t port); /* --ready-fd */

/* lab/server_options.c. Returns 0, or -EINVAL after a complaint about a contradiction. */
int server_check(const struct server_cfg *cfg);

/* lab/serve.c: serves on the listener until the end, and closes it. Returns an exit code. */
int server_serve(const struct server_cfg *cfg, const struct lab_say *say, int listener);

/* lab/stall.c */
bool stall_known(const char *name, size_t len);
/* "recv, pipe" and so on: all names. */
void stall_names(char *text, size_t size);
/* 0 once the stall is over, 1 where another process has served meanwhile, or a negative errno. */
int server_stall(const struct server_cfg *cfg, const struct lab_say *say, int listener);

/* lab/process.c. Return exit codes. */
int server_run_workers(const struct server_cfg *cfg, const struct lab_say *say);
int server_run_passed(const struct server_cfg *cfg, const struct lab_say *say);

/* lab/accept.c */
bool accept32_possible(void); /* whether this kernel takes 32-bit system calls */
int acceptors_start(struct server *server);
void acceptors_stop(struct server *server);

/* lab/conn.c */
int conns_start(struct server *server);
void conns_add(struct server *server, int fd);
void conns_stop(struct server *server); /* closes all */

#endif /* LAB_SERVER_H */
