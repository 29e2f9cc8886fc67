/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fields.h - the options of `sockstate fields`: in which form the catalogue is printed.
 */
#ifndef SOCKSTATE_CLI_FIELDS_H
#define SOCKSTATE_CLI_FIELDS_H

#include "cli/groups.h"

struct fields_options {
	bool json_schema;
	unsigned int sql; /* 0, or 1 + enum sql_dialect */
	struct opt_common common;
};

#endif
