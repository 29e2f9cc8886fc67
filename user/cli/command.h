/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * command.h - the table of commands, and a command line read by it.
 *
 * A command is a file of its own, as trace.[ch] and doctor.[ch]: its struct of options, its table,
 * and which of its options contradict each other. To add one: that file, a line in each of the
 * three lists below, one in command.c, and the call of its run in main.c. Pure: no environment, no
 * terminal, no exit.
 *
 *	struct command_line line;
 *	if (command_parse(&line, argc, argv, &context, err, sizeof(err)))
 *		fprintf(stderr, "sockstate: %s\n", err);
 */
#ifndef SOCKSTATE_CLI_COMMAND_H
#define SOCKSTATE_CLI_COMMAND_H

#include <stdio.h>

#include "cli/arg.h"
#include "cli/check.h"
#include "cli/doctor.h"
#include "cli/exit.h"
#include "cli/export.h"
#include "cli/fields.h"
#include "cli/groups.h"
#include "cli/list.h"
#include "cli/report.h"
#include "cli/ship.h"
#include "cli/top.h"
#include "cli/trace.h"
#include "cli/why.h"

enum command_id {
	COMMAND_TRACE, /* what runs when no command is named */
	COMMAND_DOCTOR,
	COMMAND_FIELDS,
	COMMAND_CHECK,
	COMMAND_WHY,
	COMMAND_LIST,
	COMMAND_TOP,
	COMMAND_EXPORT,
	COMMAND_REPORT,
	COMMAND_EXPLAIN,
	COMMAND_SHIP,
	COMMAND_COUNT
};

union command_options {
	struct trace_options trace;
	struct doctor_options doctor;
	struct fields_options fields;
	struct check_options check;
	struct why_options why;
	struct list_options list;
	struct top_options top;
	struct export_options export;
	struct report_options report;
	struct explain_options explain;
	struct ship_options ship;
};

extern const struct command command_trace, command_doctor, command_fields, command_check,
	command_why, command_list, command_top, command_export, command_report, command_explain,
	command_ship;

struct command_line {
	enum command_id id;
	union command_options options;
};

const struct command *command_get(enum command_id id);
/*
 * Returns 0, or -EINVAL with one line in err that names option, value and remedy. line is untouched
 * on error. --help and --version end the parse: what follows them is not looked at.
 */
int command_parse(struct command_line *line, int argc, char *const *argv,
		  const struct command_context *context, char *err, size_t err_size);
/* The struct of a shared group in the options of this line; NULL: the command has no such group. */
void *command_group(struct command_line *line, const struct arg_group *group);
/* --help of a command; of COMMAND_TRACE with the list of all commands. */
void command_help(FILE *out, enum command_id id);

#endif
