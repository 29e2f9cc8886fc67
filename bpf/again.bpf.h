/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * again.bpf.h - a second program at inet_sock_set_state, for the transitions that the first one
 * misses.
 *
 * The kernel does not run a BPF program on a CPU that is running it already. A timer interrupt
 * inside the program can start softirq work for up to 64 packets, and the transitions of all of
 * them would be lost. Therefore two programs are attached. The first leaves a token for each
 * transition that it has handled. The second runs after it; if the token is not that of the current
 * transition, it continues with the first one's code by a tail call, which the kernel does not
 * refuse. A transition can be sent twice if the interrupt comes between the two programs; the
 * tracker drops the repetition.
 *
 * Both runs of that code need a stack of their own. Since Linux 6.13 the kernel (x86-64 and arm64)
 * gives most programs one private stack on each CPU, because it relies on the refusal described
 * above. The nested run would overwrite that stack, and a fact would have the state of one socket
 * and the address of another. A program that contains a tail call gets no private stack
 * (check_max_stack_depth()), so the first program contains one that is never taken.
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

/*
 * Call once in set_state, to keep it from getting a private stack. The verifier cuts the branch
 * away afterwards, so it costs nothing.
 */
static __always_inline void no_private_stack(void *ctx)
{
	if (never)
		bpf_tail_call(ctx, &first, 0);
}

#endif
