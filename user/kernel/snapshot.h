/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot.h - what kernel/snapshot.c offers beyond source.h. The first call opens the network
 * namespaces and must come before privileges are dropped. Later calls need no privileges.
 */
#ifndef SOCKSTATE_SNAPSHOT_H
#define SOCKSTATE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sockdiag.h"
#include "kernel/source.h"

#define SNAPSHOT_ROWS 256

/* Where the rows of a listing come from. */
struct snapshot_from {
	struct sockdiag **sockdiag; /* opened at the first listing; the caller's to free */
	const struct filter *filter;
	/*
	 * Hands over the records of bpf/existing.h, as source_kernel_owners(). NULL, or a negative
	 * errno: owners are looked for in /proc.
	 */
	int (*owners)(void *ctx, record_fn fn, void *fn_ctx);
	void *ctx;
	record_fn place; /* gets each struct fact_place and fact_interface; may be NULL */
	void *place_ctx;
	bool no_time_wait; /* those in TIME_WAIT are left out */
	/* Called with ctx every SNAPSHOT_ROWS rows and open sockets: tables may be long. */
	void (*meanwhile)(void *ctx);
};

/*
 * Every socket that the filter wants, with its owner, the listener that a queued connection or a
 * request belongs to, and whether it is queued: listeners first, then requests. Returns how many
 * rows, or a negative errno.
 */
int snapshot_list(const struct snapshot_from *from, sockdiag_fn fn, void *ctx);

/*
 * Hands over all listeners of all network namespaces with their queues as they are now. Takes 110
 * ns for each open file of the machine. If the kernel refuses the walk over open files: the
 * listeners of the namespaces that a snapshot lists.
 */
int source_kernel_listeners(struct source_kernel *s, record_fn fn, void *ctx);

/*
 * Calls fn for each namespace that is listed, for verify_namespace(). Returns how many could not be
 * entered (*err: the reason of the last refusal, a positive errno), or -ENOTCONN before the first
 * call.
 */
int source_kernel_namespaces(struct source_kernel *s, void (*fn)(void *ctx, uint32_t netns),
			     void *ctx, int *err);
/* True: other namespaces were not looked for, because CAP_SYS_ADMIN is missing. */
bool source_kernel_own_namespace_only(struct source_kernel *s);
/*
 * Closes the netlink sockets in all other namespaces. Such a socket keeps its namespace alive, so a
 * caller that needs no further snapshots (no --verify) calls this after source_kernel_time_waits().
 */
void source_kernel_keep_own_namespace(struct source_kernel *s);

#endif
