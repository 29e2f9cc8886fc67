/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * why.h - the options of `sockstate why`: which listeners, and how long between the two looks.
 */
#ifndef SOCKSTATE_CLI_WHY_H
#define SOCKSTATE_CLI_WHY_H

#include "cli/groups.h"

struct why_options {
	struct opt_sockets sockets;
	struct opt_color color;
	struct opt_tests tests;
	struct opt_common common;
	uint32_t pid; /* 0: of every process */
	uint64_t look_ns;
	bool json, quiet, stacks;
};

#endif
