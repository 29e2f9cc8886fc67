/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ship.h - the options of `sockstate ship`: where lines wait, how many may, and who takes them.
 */
#ifndef SOCKSTATE_CLI_SHIP_H
#define SOCKSTATE_CLI_SHIP_H

#include "cli/groups.h"

struct ship_options {
	const char *spool;     /* the directory */
	size_t keep, batch;    /* bytes */
	uint64_t every_ns;     /* the longest that a line waits for others */
	uint64_t retry_ns;     /* the longest pause between two attempts */
	uint64_t timeout_ns;   /* how long the command may take with one batch */
	uint64_t drain_ns;     /* how long it goes on after the end of the input */
	uint64_t never_code;   /* exit code of a command that will never take a batch; 0: none */
	char *const *operands; /* the command, ends with NULL; NULL: none was given */
	struct opt_common common;
};

#endif
