/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor.h - the options of `sockstate doctor`: those that decide which hooks are tried.
 */
#ifndef SOCKSTATE_CLI_DOCTOR_H
#define SOCKSTATE_CLI_DOCTOR_H

#include "cli/groups.h"

struct doctor_options {
	struct opt_color color;
	struct opt_hooks hooks;
	struct opt_tests tests;
	struct opt_common common;
	bool json;
	bool quiet; /* print nothing: the exit code is the answer */
};

#endif
