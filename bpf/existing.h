/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * existing.h - what the walk over all open files writes: one record for each descriptor of a TCP
 * socket.
 *
 * Private to bpf/existing.bpf.c, user/kernel/stream_source.c and user/kernel/snapshot.c; never
 * recorded.
 */
#ifndef SOCKSTATE_EXISTING_H
#define SOCKSTATE_EXISTING_H

#include "fact.h"

struct existing_file {
	__u64 sk;     /* address of the struct sock; of MPTCP the first subflow's */
	__u64 cookie; /* 0: none was made yet; listing the socket through netlink makes one */
	__u32 netns;  /* inode */
	__s32 fd;
	struct fact_task task;
};

#endif
