// SPDX-License-Identifier: BSD-2-Clause
/* The command line of the lab, and complaints about it. */
#include "lab/lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/value.h"

int lab_usage_error(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "sockstate-lab %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; try 'sockstate-lab %s --help'\n", command);
	return -EINVAL;
}

int lab_number(const char *text, uint64_t min, uint64_t max, uint64_t *out, char *why,
	       size_t why_size)
{
	const char *end = "";
	uint64_t value;

	if (value_digits(text, &value, &end) || *end || value < min || value > max) {
		snprintf(why, why_size, "'%s' is not a number from %" PRIu64 " to %" PRIu64, text,
			 min, max);
		return -EINVAL;
	}
	*out = value;
	return 0;
}

int lab_parse(const struct command *command, void *cfg, int argc, char **argv)
{
	const struct arg_table *const tables[] = {&command->args};
	const struct arg_line line = {.argc = argc, .argv = argv, .tables = tables, .nr = 1};
	char err[512];
	int rc = arg_parse(&command->args, cfg, &line, err, sizeof(err));

	if (rc)
		fprintf(stderr, "%s: %s\n", command->args.program, err);
	return rc;
}

int lab_help(const struct command *command, void (*after)(FILE *out))
{
	printf("Usage: %s %s\n\n%c%s. Defaults are in [].\n", command->args.program, command->usage,
	       command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->more)
		printf("%s\n", command->more);
	arg_help(stdout, &command->args);
	if (after)
		after(stdout);
	return LAB_EXIT_OK;
}
