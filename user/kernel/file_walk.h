/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file_walk.h - who holds which socket, asked of the kernel without tracing anything: the walk over
 * open files (bpf/existing.bpf.c) loaded by itself.
 *
 *	struct file_walk *walk;
 *	if (!file_walk_open(&walk, verbose, err, sizeof(err)))
 *		file_walk_owners(walk, fn, ctx);
 *	file_walk_free(walk);
 */
#ifndef SOCKSTATE_FILE_WALK_H
#define SOCKSTATE_FILE_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/record.h"

struct file_walk;

/* -EPERM and one line in err without the rights, or where the kernel refuses the program. */
int file_walk_open(struct file_walk **out, bool verbose, char *err, size_t err_size);
/* Hands over the records of bpf/existing.h. ctx is a file_walk. */
int file_walk_owners(void *walk, record_fn fn, void *fn_ctx);
void file_walk_free(struct file_walk *walk);

#endif
