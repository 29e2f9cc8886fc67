/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * send_worker.h - the process that sends OTLP, and what it shares with those that feed it and that
 * start it again (sender.c).
 *
 * Down a pipe go requests, each behind a struct send_head. Up the other comes a struct send_begun,
 * and then nothing but the end of the processes. What became of items is counted in a page that all
 * see.
 */
#ifndef SOCKSTATE_RUN_SEND_WORKER_H
#define SOCKSTATE_RUN_SEND_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "run/post.h"

/* A request is OTLP_REQUEST_BYTES and one item; no item is so long. */
#define SEND_REQUEST_MAX (2u * OTLP_REQUEST_BYTES)

struct send_head {
	uint32_t signal, size;
	uint64_t items;
};

/* Whether it can send at all. */
struct send_begun {
	int rc;
	char err[ERR_MAX];
};

/* Workers are numbered from 1 on. */
struct send_shared {
	struct delivery_counts counts; /* of all workers */
	uint32_t running, ended;       /* the keeper's: the last worker of each */
	uint32_t settled;	       /* sockstate's: of this one nothing is open */
};

/* Of a worker. */
struct send_ends {
	int down; /* read end, does not block */
	int up;	  /* write end; -1: nobody asks whether it can send */
	struct send_shared *shared;
};

/* Does not return: exit code 0 once the pipe has ended and all is sent or given up. */
void send_work(const struct send_ends *ends, const struct post_options *options, bool no_sandbox)
	__attribute__((noreturn));
/* Nothing of what the terminal or a service manager gave is needed but where errors go. */
int send_let_go_of_input(void);

#endif
