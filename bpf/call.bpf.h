/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call.bpf.h - the accept() or listen() call that a thread is in.
 *
 * Kept in task storage: it is freed with the thread, needs no maximum, and takes 40 ns where a hash
 * map would take 400.
 */
#ifndef SOCKSTATE_CALL_BPF_H
#define SOCKSTATE_CALL_BPF_H

#include "send.bpf.h"

struct call {
	/* accept(): */
	/* ns, when the call was entered; 0: not in a call, or the time is not known */
	__u64 called;
	/* the descriptor of the listener; -1: not known. Set by the system call hooks only */
	__s32 listener_fd;
	/* address of the socket taken from the queue; 0 once it has its descriptor */
	__u64 child;
	struct fact_queues q; /* the listener's queues after the connection was taken */
	/*
	 * one of the thread's accept() calls was entered since the tracer was attached; so a later
	 * return belongs to a call whose begin was seen
	 */
	bool seen;
	bool io_uring; /* the thread is in io_accept() */
	/* ns, when the accept that io_accept() serves was submitted; 0: not known, or multishot */
	__u64 submitted;
	/* listen(): */
	bool again; /* the socket was listening before the call */
	bool asked_known;
	__u32 asked;  /* the backlog as given, before net.core.somaxconn caps it */
	__u64 socket; /* address of the struct sock that listen() was called on */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls __weak SEC(".maps");

/* The current thread's entry; NULL if it has none yet. */
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
