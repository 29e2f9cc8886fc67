/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fields.h - the options of `sockstate fields`, which has none of its own.
 */
#ifndef SOCKSTATE_CLI_FIELDS_H
#define SOCKSTATE_CLI_FIELDS_H

#include "cli/groups.h"

struct fields_options {
	struct opt_common common;
};

#endif
