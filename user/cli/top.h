/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * top.h - the options of `sockstate top`: the full-screen view.
 */
#ifndef SOCKSTATE_CLI_TOP_H
#define SOCKSTATE_CLI_TOP_H

#include "cli/groups.h"

struct top_options {
	struct opt_sockets sockets;
	struct opt_owner owner;
	struct opt_color color;
	struct opt_thresholds thresholds;
	struct opt_hooks hooks;
	struct opt_limits limits;
	struct opt_tests tests;
	struct opt_common common;
	const char *replay; /* path, or NULL */
};

#endif
