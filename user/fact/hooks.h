/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hooks.h - which programs serve which fact: one table, and the choice from it.
 *
 * A hook is a group of programs that are attached together or not at all. A fact has candidates in
 * order of preference, and the first one whose hook the kernel takes serves it. What the kernel
 * takes is found by trying, and never by its version: kernel/loader.c tries, calls
 * hooks_refuse() for what failed, and asks for another choice. hooks_tell() puts the outcome into
 * words for the meta line and for `sockstate doctor`.
 *
 * Knows the names of programs and kernel functions. Does not know libbpf.
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
	HOOK_SYN_FILTERED,
	HOOK_DROPPED,
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
	HOOK_IO_SUBMIT,
	HOOK_FORK,
	HOOK_LISTEN,
	HOOK_LISTEN_ASKED,
	HOOK_LISTEN_SYSCALL,
	HOOK_TIMEWAIT,
	HOOK_TIMEWAIT_REAL,
	HOOK_TIMEWAIT_END,
	HOOK_COUNT
};

enum hook_kind {
	HOOK_TRACEPOINT, /* tp_btf: every kernel with BTF allows it */
	HOOK_FUNCTION,	 /* fentry, fexit */
	HOOK_SYSCALL,	 /* tp/syscalls: needs tracefs */
};

#define HOOK_PROGRAMS_MAX 4
#define HOOK_WHY_MAX	  80

/* A program, and the kernel function or tracepoint of its section name. */
struct hook_program {
	const char *name;
	const char *target;
	/* it runs mostly for work that is not traced, so a missed run is hardly ever a lost fact */
	bool mostly_unrelated;
};

struct hook {
	const char *name; /* for doctor, and for tests that refuse it */
	enum hook_kind kind;
	struct hook_program programs[HOOK_PROGRAMS_MAX];
	const char *cost;
};

/* What is known about each hook on this kernel. hooks_init() writes all of it. */
struct hooks {
	bool refused[HOOK_COUNT];
	char why[HOOK_COUNT][HOOK_WHY_MAX];
	bool chosen[HOOK_COUNT];
};

const struct hook *hook_get(enum hook_id id);

/*
 * Returns the first entry of a comma list that is neither a hook's name nor "fentry", and its
 * length in *len. Returns NULL if all are known.
 */
const char *hooks_unknown(const char *list, size_t *len);

/*
 * Begins with every hook possible that the options allow. absent: a comma list of hooks to refuse;
 * "fentry" stands for all of them that use fentry or fexit.
 */
void hooks_init(struct hooks *h, bool name_syn_drops, bool syscall_fallback, const char *absent);
/*
 * Marks a hook as refused. The text is one clause, as in "fentry refused: EPERM". A hook keeps its
 * first reason.
 */
void hooks_refuse(struct hooks *h, enum hook_id id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void hooks_refuse_kind(struct hooks *h, enum hook_kind kind, const char *why);
/*
 * Writes chosen[] from refused[]: the best candidate of every fact, and the hooks that these need.
 */
void hooks_choose(struct hooks *h);
/* The hook that a program belongs to; HOOK_COUNT if none. */
enum hook_id hooks_of_program(const char *program);
/*
 * Writes what each fact is served by, and why it is less than exact. reset_reasons: this kernel
 * tells why it sends a RST.
 */
void hooks_tell(const struct hooks *h, bool reset_reasons, struct fact_list *facts);

#endif
