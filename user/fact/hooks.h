/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hooks.h - which programs serve which fact: the one table, and the choice from it.
 *
 * A hook is a group of programs that are attached together or not at all. A fact has candidates in
 * order of preference; the first whose hook this kernel takes serves it. What the kernel takes is
 * found by trying, never by its version: kernel/loader.c tries, hooks_refuse()s what failed,
 * and asks again for the choice. hooks_tell() puts the outcome into words for the meta line and
 * `sockstate doctor`.
 *
 * Knows names of programs and of kernel functions; knows no libbpf.
 */
#ifndef SOCKSTATE_HOOKS_H
#define SOCKSTATE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "event/coverage.h"

enum hook_id {
	HOOK_STATE,
	HOOK_RETRANSMIT,
	HOOK_RESET,
	HOOK_SYN_BEGIN,
	HOOK_SYNACK_LEAVES,
	HOOK_EXPIRED,
	HOOK_UNREACHABLE,
	HOOK_SYN_REFUSED,
	HOOK_COOKIE_MADE_V4,
	HOOK_COOKIE_MADE_V6,
	HOOK_SYN_FREED,
	HOOK_ACK_REFUSED,
	HOOK_ACK_DROPPED,
	HOOK_COOKIE_V4,
	HOOK_COOKIE_V6,
	HOOK_ENQUEUE,
	HOOK_LISTENER_READY,
	HOOK_ACCEPT,
	HOOK_ACCEPT_FAILED,
	HOOK_IO_ACCEPT,
	HOOK_ACCEPT_SYSCALL,
	HOOK_ACCEPT_ANY_SYSCALL,
	HOOK_IO_URING,
	HOOK_LISTEN,
	HOOK_LISTEN_ASKED,
	HOOK_LISTEN_SYSCALL,
	HOOK_TIMEWAIT,
	HOOK_TIMEWAIT_REAL,
	HOOK_TIMEWAIT_END,
	HOOK_COUNT
};

enum hook_kind {
	HOOK_TRACEPOINT, /* tp_btf: what every kernel with BTF allows */
	HOOK_FUNCTION,	 /* fentry, fexit */
	HOOK_SYSCALL,	 /* tp/syscalls: needs tracefs */
};

#define HOOK_PROGRAMS_MAX 4
#define HOOK_WHY_MAX	  80

/* A program and the kernel's function or tracepoint that it is for, as in its section name. */
struct hook_program {
	const char *name;
	const char *target;
	bool sieve; /* most runs are not about us: one that was missed is no fact that was lost */
};

struct hook {
	const char *name; /* for doctor and for tests that take it away */
	enum hook_kind kind;
	struct hook_program programs[HOOK_PROGRAMS_MAX];
	const char *price;
};

/* What is known about each hook; fill with hooks_init(). */
struct hooks {
	bool refused[HOOK_COUNT];
	char why[HOOK_COUNT][HOOK_WHY_MAX];
	bool chosen[HOOK_COUNT];
};

const struct hook *hook_get(enum hook_id id);

/*
 * The first in a comma list that is neither a hook's name nor "fentry"; its length in len. NULL:
 * all are known.
 */
const char *hooks_unknown(const char *list, size_t *len);

/*
 * Everything is possible but what options keep out; absent: comma list of hook names, or "fentry",
 * to be treated as refused.
 */
void hooks_init(struct hooks *h, bool name_syn_drops, bool syscall_fallback, const char *absent);
/* One clause: "fentry refused: EPERM". The first reason stays. */
void hooks_refuse(struct hooks *h, enum hook_id id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void hooks_refuse_kind(struct hooks *h, enum hook_kind kind, const char *why);
/* Sets chosen[] from refused[]: the best candidates of all facts and what they need. */
void hooks_choose(struct hooks *h);
/* HOOK_COUNT where no hook has it. */
enum hook_id hooks_of_program(const char *program);
/* reset_reasons: the kernel tells why it sends a RST. */
void hooks_tell(const struct hooks *h, bool reset_reasons, struct fact_list *facts);

#endif
