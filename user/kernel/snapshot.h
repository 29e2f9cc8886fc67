/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot.h - what kernel/snapshot.c can do beyond source.h. It opens the namespaces at the first
 * call, which therefore has to come before privileges are dropped; the later ones need none.
 */
#ifndef SOCKSTATE_SNAPSHOT_H
#define SOCKSTATE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/sockdiag.h"
#include "kernel/source.h"

/* Where the rows of a listing come from. */
struct snapshot_from {
	struct sockdiag **sockdiag; /* opened at the first listing; the caller's to free */
	const struct filter *filter;
	/*
	 * Hands over a struct existing_file (bpf/existing.h) for each descriptor of a TCP socket, as
	 * source_kernel_owners(). NULL, or a negative errno: owners are looked for in /proc.
	 */
	int (*owners)(void *ctx, record_fn fn, void *fn_ctx);
	void *ctx;
};

/*
 * Every socket that the filter wants, with its owner, the listener that a queued connection or a
 * request belongs to, and whether it is queued: listeners first, then requests. Returns how many
 * rows, or a negative errno.
 */
int snapshot_list(const struct snapshot_from *from, sockdiag_fn fn, void *ctx);

/*
 * Listeners only, with their queues as they are now, of all namespaces: 110 ns for each open file
 * of the machine. Where the kernel does not let us walk those, of the namespaces that a snapshot
 * lists.
 */
int source_kernel_listeners(struct source_kernel *s, record_fn fn, void *ctx);

/*
 * The namespaces that are listed, for verify_namespace(): fn once for each. Returns how many could
 * not be entered (*err, a positive errno, says why the last one was refused), or -ENOTCONN before
 * the first call.
 */
int source_kernel_namespaces(struct source_kernel *s, void (*fn)(void *ctx, uint32_t netns),
			     void *ctx, int *err);
/* True where other namespaces were not looked for, because CAP_SYS_ADMIN is missing. */
bool source_kernel_own_namespace_only(struct source_kernel *s);
/*
 * Every namespace that can be listed is kept alive by our netlink socket in it. Who wants no
 * further snapshot of them (no --verify) lets them go after source_kernel_time_waits().
 */
void source_kernel_keep_own_namespace(struct source_kernel *s);

#endif
