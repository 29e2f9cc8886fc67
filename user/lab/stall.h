/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stall.h - what the stalls of the server share. Only files of the lab named stall*.c use it.
 */
#ifndef SOCKSTATE_LAB_STALL_H
#define SOCKSTATE_LAB_STALL_H

#include <time.h>

#include "lab/server.h"

#define STALL_POLL_MS 20

struct stall {
	const struct server_cfg *cfg;
	const struct lab_say *say;
	int listener;
	uint64_t end; /* ns; LAB_NEVER */
	int give;     /* who ends the stall writes to it; -1: it ends by itself */
	int take;     /* or reads from it */
};

/* stall_wait.c */
/* The time that is left until then. */
struct timespec stall_rest(uint64_t end);
/* Until that time; LAB_NEVER: for ever. */
void stall_wait(uint64_t end);
/* As fork(): a child that dies with us. */
pid_t stall_helper(void);
/* In a child, while its parent does not run: until the stall ends or the parent is asked to. */
void stall_beside(const struct stall *s, pid_t parent);

/* stall_held.c: the thread is kept from running. 0 or a negative errno, as all stalls. */
int stall_spin(struct stall *s);
int stall_pinned(struct stall *s);
int stall_vfork(struct stall *s);
int stall_fault(struct stall *s);
int stall_stop(struct stall *s);
int stall_trace(struct stall *s);
/* stall_group.c: by a cgroup of its own, where the machine lets us make one. */
int stall_quota(struct stall *s);
int stall_memory(struct stall *s);
int stall_freeze(struct stall *s);

#endif
