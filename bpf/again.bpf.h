/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * again.bpf.h - the code of set_state once more, on a CPU where it is running already.
 *
 * The kernel does not run a program on a CPU where it is running already: a timer tick inside of it
 * lets softirq work through up to 64 packets, and all their transitions would be lost. So there are
 * two. The first leaves a token when it has done its work; the second, attached after it, goes on
 * with the first one's code if the token is not of this transition: a tail call is not refused. (A
 * rare duplicate is possible, when the tick comes between the two: the reader sees the same
 * transition twice.)
 *
 * Each of them needs a stack of its own then. Since 6.13 the kernel gives most programs one stack
 * for each CPU (a private stack, x86-64 and arm64), counting on that refusal: what is nested would
 * write over what it interrupts, and a fact would bear the state of one socket and the name of
 * another. It gives none to a program that has a tail call itself (check_max_stack_depth), so the
 * first one has one, too, which is never made.
 */
#ifndef SOCKSTATE_AGAIN_BPF_H
#define SOCKSTATE_AGAIN_BPF_H

int set_state(__u64 *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, int(void *));
} first SEC(".maps") = {.values = {(void *)&set_state}};

static const volatile bool never = false;

/* To be said in set_state; costs nothing. */
static __always_inline void no_private_stack(void *ctx)
{
	if (never)
		bpf_tail_call(ctx, &first, 0);
}

#endif
