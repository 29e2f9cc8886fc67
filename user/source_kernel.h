/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source_kernel.h - what the files behind source.h that know the kernel tell each other.
 */
#ifndef SOCKSTATE_SOURCE_KERNEL_H
#define SOCKSTATE_SOURCE_KERNEL_H

#include "source.h"

struct bpf_link;
struct bpf_program;
struct hooks;
struct kernel_types;
struct sockdiag;

/*
 * Walks all open files of all processes, in all namespaces, and calls fn for each descriptor of a TCP socket (of MPTCP:
 * its first subflow). cookie is 0 where the kernel has made none yet: listing the socket through sock_diag makes one.
 * Returns how many, or a negative errno where the kernel does not let us: then nothing was told.
 */
int source_kernel_owners(struct source_kernel *s,
			 void (*fn)(void *ctx, uint64_t sk, uint64_t cookie, uint32_t netns, int fd,
				    const struct fact_task *task),
			 void *ctx);

/*
 * Walks the same files for listeners that pass the filter, and hands each over as a struct fact_existing with all figures
 * of its queues as they are now; one that several descriptors hold comes several times. Needs no rights once s is open.
 * -EOPNOTSUPP where the kernel does not let us walk.
 */
int source_kernel_walk_listeners(struct source_kernel *s, record_fn fn, void *ctx);

/* A place for existing.c's handle; freed with s. */
struct sockdiag **source_kernel_sockdiag(struct source_kernel *s);
/* Whether functions may be hooked at all, found out with one small program. */
void source_kernel_refuse_fentry(struct hooks *h, const struct kernel_types *types);
/*
 * Tracepoints of system calls, by a directory of tracefs that needs not be mounted; a descriptor or a negative errno.
 * name is like "sys_exit_accept4"; NULL and errno where the kernel refuses.
 */
int source_kernel_tracefs(void);
struct bpf_link *source_kernel_attach_syscall(int tracefs, const struct bpf_program *program, const char *name);

const struct filter *source_kernel_filter(const struct source_kernel *s);

#endif
