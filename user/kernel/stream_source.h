/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream_source.h - what the files that implement source.h for the kernel share.
 */
#ifndef SOCKSTATE_SOURCE_KERNEL_H
#define SOCKSTATE_SOURCE_KERNEL_H

#include "kernel/source.h"

struct sockdiag;

/*
 * Walks all open files of all processes, in all namespaces, and hands over a struct existing_file
 * (bpf/existing.h) for each descriptor of a TCP socket. If the kernel refuses the walk: a negative
 * errno, and nothing was handed over.
 */
int source_kernel_owners(struct source_kernel *s, record_fn fn, void *ctx);

/*
 * Walks the same files for listeners that pass the filter. Hands over each one as a struct
 * fact_existing with all figures of its queues as they are now. A listener that several descriptors
 * refer to comes several times. Needs no privileges once s is open. -EOPNOTSUPP if the kernel
 * refuses the walk.
 */
int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx);

/* A place for kernel/snapshot.c's handle; freed with s. */
struct sockdiag **source_kernel_sockdiag(struct source_kernel *s);
const struct filter *source_kernel_filter(const struct source_kernel *s);

#endif
