/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tokens.h - the transitions that the first program of again.bpf.h has handled on a CPU and that
 * its second program has not come to yet.
 */
#ifndef SOCKSTATE_TOKENS_H
#define SOCKSTATE_TOKENS_H

#include <linux/types.h>

struct tokens {
	struct token {
		__u64 sk; /* 0: none */
		__u64 states;
	} at[2]; /* 1: of a task that has locked the socket; 0: of a softirq */
};

#endif
