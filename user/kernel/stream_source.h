/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream_source.h - what the files behind source.h that know the kernel tell each other.
 */
#ifndef SOCKSTATE_SOURCE_KERNEL_H
#define SOCKSTATE_SOURCE_KERNEL_H

#include "kernel/source.h"

struct sockdiag;

/*
 * Walks all open files of all processes, in all namespaces, and hands over a struct existing_file
 * (bpf/existing.h) for each descriptor of a TCP socket. A negative errno where the kernel does not
 * let us: then nothing was told.
 */
int source_kernel_owners(struct source_kernel *s, record_fn fn, void *ctx);

/*
 * Walks the same files for listeners that pass the filter, and hands each over as a struct
 * fact_existing with all figures of its queues as they are now; one that several descriptors hold
 * comes several times. Needs no rights once s is open.
 * -EOPNOTSUPP where the kernel does not let us walk.
 */
int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx);

/* A place for kernel/snapshot.c's handle; freed with s. */
struct sockdiag **source_kernel_sockdiag(struct source_kernel *s);
const struct filter *source_kernel_filter(const struct source_kernel *s);

#endif
