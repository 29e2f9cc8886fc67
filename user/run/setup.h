/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup.h - what the runs on this kernel do alike before their loop: options into what a source
 * takes, and rights and the sandbox.
 */
#ifndef SOCKSTATE_SETUP_H
#define SOCKSTATE_SETUP_H

#include <stddef.h>

#include "cli/command.h"
#include "kernel/sandbox.h"
#include "kernel/source.h"
#include "run/place.h"

/* Points into the options. */
struct kernel_options setup_kernel_options(const struct trace_options *options);
/*
 * Before anything is loaded: protects this process from others of the same user. -EPERM with the
 * missing right and the remedy in err.
 */
int setup_rights(char *err, size_t err_size);
/*
 * After everything is open and attached: gives up rights, then enters the sandbox. needs: enum
 * sandbox_need. Returns 0, or a negative errno if the rights cannot be given up.
 */
int setup_confine(const struct opt_tests *tests, const struct opt_common *common,
		  unsigned int needs, char *err, size_t err_size);
/*
 * The same for a run that makes, renames and removes files in these directories (NULL: none): it
 * keeps its user, whose files they are, if there is one.
 */
int setup_confine_writing(const struct opt_tests *tests, const struct opt_common *common,
			  unsigned int needs, const char *const dirs[SANDBOX_DIRS], char *err,
			  size_t err_size);
/* The same, with what the guest of the run needs. */
int setup_confine_guest(const struct trace_options *options, const struct run_place *place,
			unsigned int needs, char *err, size_t err_size);
/* The second half of it, for a run that must keep its rights. */
void setup_sandbox(const struct opt_common *common, unsigned int needs);

#endif
