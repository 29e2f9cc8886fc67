/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * existing.h - what the walk over open files writes: a record for each descriptor of a TCP socket.
 *
 * Private to bpf/existing.bpf.c, user/kernel/stream_source.c and user/kernel/snapshot.c. These
 * records never get into a recording.
 */
#ifndef SOCKSTATE_EXISTING_H
#define SOCKSTATE_EXISTING_H

#include "fact.h"

struct existing_file {
	__u64 sk; /* address of the struct sock; for MPTCP that of the first subflow */
	/* 0: the socket has none yet; sock_diag generates one when it lists the socket */
	__u64 cookie;
	__u32 netns; /* inode of the network namespace */
	__s32 fd;
	struct fact_task task;
};

#endif
