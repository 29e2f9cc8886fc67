/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup.h - what the runs on this kernel do alike before their loop: options into what a source
 * takes, and rights.
 */
#ifndef SOCKSTATE_SETUP_H
#define SOCKSTATE_SETUP_H

#include <stddef.h>

#include "cli/command.h"
#include "kernel/source.h"

/* Points into the options. */
struct kernel_options setup_kernel_options(const struct trace_options *options);
/*
 * Before anything is loaded: protects this process from others of the same user. -EPERM with the
 * missing right and the remedy in err.
 */
int setup_rights(char *err, size_t err_size);
/* After everything is attached: what a run still does needs no rights. */
int setup_drop_rights(const struct opt_tests *tests, char *err, size_t err_size);

#endif
