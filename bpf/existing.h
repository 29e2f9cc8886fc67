/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * existing.h - what the walk over open files writes: a record for each descriptor of a TCP socket,
 * before that of a link-local one a struct fact_interface, once, and behind that of a listener a
 * struct fact_place for each part of where its holder runs, once.
 *
 * Private to bpf/existing.bpf.c, user/kernel/stream_source.c and user/kernel/snapshot.c. These
 * records never get into a recording.
 */
#ifndef SOCKSTATE_EXISTING_H
#define SOCKSTATE_EXISTING_H

#include "fact.h"

struct existing_file {
	struct fact_hdr h; /* kind FACT_NONE */
	__u64 sk;	   /* address of the struct sock; for MPTCP that of the first subflow */
	/* 0: the socket has none yet; sock_diag generates one when it lists the socket */
	__u64 cookie;
	__u32 netns; /* inode of the network namespace */
	__s32 fd;
	struct fact_task task;
};

#endif
