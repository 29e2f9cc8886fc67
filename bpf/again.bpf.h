/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * again.bpf.h - a second program at inet_sock_set_state, for the transitions that the first one
 * misses.
 *
 * The kernel does not run a BPF program on a CPU that is running it already. A timer interrupt
 * inside the program can start softirq work for up to 64 packets, and the transitions of all of
 * them would be lost. Therefore two programs are attached. The first leaves a token for each
 * transition that it has handled. The second runs after it and takes the token away; if there is
 * none for the current transition, it continues with the first one's code by a tail call, which the
 * kernel does not refuse.
 *
 * The interrupt can also come between the two programs. Its transitions must leave the outer token
 * alone, or the outer transition is sent twice. The tracker would drop the repetition, but the
 * count of losses would be wrong: what the first program missed (the kernel counts that) less what
 * the second one recovered. Each repetition would hide one loss. Therefore the two contexts have a
 * token each: a transition in a task whose socket lock lets softirqs in has sk_lock.owned set, and
 * a softirq never changes the state of such a socket.
 *
 * Both runs of that code need a stack of their own. Since Linux 6.13 the kernel (x86-64 and arm64)
 * gives most programs one private stack on each CPU, because it relies on the refusal described
 * above. The nested run would overwrite that stack, and a fact would have the state of one socket
 * and the address of another. A program that contains a tail call gets no private stack
 * (check_max_stack_depth()), so the first program contains one that is never taken.
 */
#ifndef SOCKSTATE_AGAIN_BPF_H
#define SOCKSTATE_AGAIN_BPF_H

#include "tokens.h"

int set_state(__u64 *ctx);

/*
 * Call first in set_state. Where a task begins a transition, no softirq is between the programs. A
 * token of one is left over from an interrupt of the second program, and could be mistaken for that
 * of another transition of a socket with the same address.
 */
static __always_inline void token_begin(struct tokens *t, bool owned)
{
	if (owned)
		*(volatile __u64 *)&t->at[0].sk = 0;
}

/* Leaves a token: set_state has handled this transition. */
static __always_inline void token_leave(struct tokens *t, bool owned, __u64 sk, __u64 states)
{
	struct token *at = owned ? &t->at[1] : &t->at[0];

	at->sk = sk;
	at->states = states;
}

/* Takes the token of this transition. False if set_state has not handled it. */
static __always_inline bool token_take(struct tokens *t, bool owned, __u64 sk, __u64 states)
{
	struct token *at = owned ? &t->at[1] : &t->at[0];

	if (at->sk != sk || at->states != states)
		return false;
	at->sk = 0;
	return true;
}

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
