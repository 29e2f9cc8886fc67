/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call.bpf.h - what a thread is doing: the accept() or listen() that it is inside of.
 *
 * Task storage: it goes with the thread, needs no clean-up and no size, and costs 40 ns where a
 * hash would cost 400.
 */
#ifndef SOCKSTATE_CALL_BPF_H
#define SOCKSTATE_CALL_BPF_H

#include "send.bpf.h"

struct call {
	/* accept() */
	__u64 called; /* ns, when; 0 not inside, or not known */
	/* what it was given; -1 not known. By the tracepoints of system calls only */
	__s32 listener_fd;
	__u64 child;	      /* the socket taken from the queue, until it has its descriptor */
	struct fact_queues q; /* of the listener, after that */
	/* this thread's accept() has been seen: it is in none that is older than the tracer */
	bool seen;
	bool io_uring; /* it runs an accept for io_uring */
	/* listen() */
	bool again; /* on a socket that listens already */
	bool asked_known;
	__u32 asked;  /* the backlog as given, before somaxconn caps it */
	__u64 socket; /* struct sock that listen() was called on */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls __weak SEC(".maps");

/* Of the current thread; NULL where it has none yet. */
static __always_inline struct call *call_find(void)
{
	return bpf_task_storage_get(&calls, bpf_get_current_task_btf(), NULL, 0);
}

static __always_inline struct call *call_get(void)
{
	struct call *call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), NULL,
						 BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!call)
		count(COUNT_LOST_MAP);
	return call;
}

#endif
