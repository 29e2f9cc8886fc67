/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls.h - what kind of wait a system call is, by its number on this architecture.
 */
#ifndef SOCKSTATE_WHY_CALLS_H
#define SOCKSTATE_WHY_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum call_kind {
	CALL_OTHER,
	CALL_ACCEPT,
	CALL_EVENTS,  /* waits for one of several files */
	CALL_IO,      /* its first argument is the descriptor that it waits for */
	CALL_CONNECT, /* the same, until a connection is made */
	CALL_PATH,    /* its file is named by a path, which lies in user space */
	CALL_LOCK,
	CALL_FILE_LOCK, /* as CALL_IO */
	CALL_SLEEP,
	CALL_SIGNALS, /* waits for a signal */
	CALL_CHILD,   /* waits for a process of its own */
};

struct call {
	int number;
	const char *name; /* "recvfrom" */
	enum call_kind kind;
	bool takes_fd; /* its first argument is a descriptor */
};

/* NULL: not one of those that are known to wait. */
const struct call *call_find(int number);
/* The i-th; NULL behind the last. */
const struct call *call_at(size_t i);
/* By a function of the kernel on the stack, for calls that were restarted; CALL_OTHER: no sign. */
enum call_kind call_kind_of_frame(const char *frame);

#endif
