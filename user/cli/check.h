/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - the options of `sockstate check`: rules, and the command that makes the load.
 */
#ifndef SOCKSTATE_CLI_CHECK_H
#define SOCKSTATE_CLI_CHECK_H

#include "cli/groups.h"
#include "gate/rules.h"

struct opt_rules {
	struct gate_rules rules;
	const char *file; /* more of them, or NULL */
};

struct check_options {
	struct opt_sockets sockets;
	struct opt_rules rules;
	struct opt_color color;
	struct opt_duration duration;
	struct opt_thresholds thresholds;
	struct opt_hooks hooks;
	struct opt_limits limits;
	struct opt_tests tests;
	struct opt_common common;
	uint64_t settle_ns; /* how long connections may still wait once the command has ended */
	bool all_listeners, json, quiet;
	const char *junit;     /* path, or NULL */
	const char *record;    /* path, or NULL */
	const char *replay;    /* path, or NULL */
	const char *user;      /* whom the command runs as, or NULL */
	char *const *operands; /* the command, ends with NULL; NULL: none */
};

#endif
