// SPDX-License-Identifier: BSD-2-Clause
/* Option tables: one row is the parser's rule and the line in --help. */
#define _GNU_SOURCE
#include "lab/lab.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTS_MAX    64
#define HELP_COLUMN 30
#define HELP_WIDTH  92	/* room for a default */
#define FIRST_CODE  256 /* above every character getopt may return */

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
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	/* strtoull() takes blanks and signs, and a leading '-' wraps around. */
	if (text[0] < '0' || text[0] > '9' || *end || errno || value < min || value > max) {
		snprintf(why, why_size, "'%s' is not a number from %" PRIu64 " to %" PRIu64, text,
			 min, max);
		return -EINVAL;
	}
	*out = value;
	return 0;
}

static int parse_choice(const struct lab_opt *opt, const char *value, int *out, char *why,
			size_t why_size)
{
	for (int i = 0; opt->choices[i]; i++) {
		if (!strcmp(opt->choices[i], value)) {
			*out = i + 1;
			return 0;
		}
	}
	snprintf(why, why_size, "'%s' is not one of %s", value, opt->arg);
	return -EINVAL;
}

static int opt_apply(const struct lab_opt *opt, void *cfg, const char *value, char *why,
		     size_t why_size)
{
	void *field = (char *)cfg + opt->off;

	switch (opt->kind) {
	case LAB_OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case LAB_OPT_MS:
		if (value && !strcmp(value, "forever")) {
			*(uint64_t *)field = LAB_NEVER;
			return 0;
		}
		/* fallthrough */
	case LAB_OPT_NUM:
		if (!value) {
			*(uint64_t *)field = 1;
			return 0;
		}
		return lab_number(value, opt->min, opt->max, field, why, why_size);
	case LAB_OPT_TEXT:
		*(const char **)field = value;
		return 0;
	case LAB_OPT_CHOICE:
		return parse_choice(opt, value ? value : opt->choices[0], field, why, why_size);
	case LAB_OPT_CALL:
		return opt->call(cfg, value, why, why_size);
	default:
		return -EINVAL;
	}
}

/* Prints words from a column on, and goes on there in the next line. */
void lab_opt_wrap(const char *text, int column)
{
	int at = column;

	for (;;) {
		int word;

		text += strspn(text, " ");
		word = (int)strcspn(text, " ");
		if (!word)
			return;
		if (at > column && at + 1 + word > HELP_WIDTH) {
			printf("\n%*s", column, "");
			at = column;
		}
		at += printf("%s%.*s", at > column ? " " : "", word, text);
		text += word;
	}
}

static void print_default(const struct lab_opt *opt, const void *cfg)
{
	const void *field = (const char *)cfg + opt->off;

	if (opt->kind == LAB_OPT_NUM || opt->kind == LAB_OPT_MS) {
		uint64_t value = *(const uint64_t *)field;

		if (value && value != LAB_NEVER)
			printf(" [%" PRIu64 "]", value);
	} else if (opt->kind == LAB_OPT_TEXT && *(const char *const *)field) {
		printf(" [%s]", *(const char *const *)field);
	} else if (opt->kind == LAB_OPT_CHOICE && *(const int *)field) {
		printf(" [%s]", opt->choices[*(const int *)field - 1]);
	}
}

static void print_help(const struct lab_about *about, const struct lab_opt *opts, const void *cfg)
{
	fputs(about->before, stdout);
	for (; opts->kind != LAB_OPT_END; opts++) {
		int n;

		if (opts->kind == LAB_OPT_HEADING) {
			printf("\n%s\n", opts->help);
			continue;
		}
		if (opts->arg && opts->arg[0] == '[')
			n = printf("  --%s[=%s", opts->name, opts->arg + 1);
		else
			n = printf("  --%s%s%s", opts->name, opts->arg ? " " : "",
				   opts->arg ? opts->arg : "");
		if (n > HELP_COLUMN - 2)
			n = printf("\n") - 1;
		printf("%*s", HELP_COLUMN - n, "");
		lab_opt_wrap(opts->help, HELP_COLUMN);
		print_default(opts, cfg);
		putchar('\n');
	}
	if (about->after)
		about->after();
}

int lab_opt_parse(const struct lab_about *about, const struct lab_opt *opts, void *cfg, int argc,
		  char **argv)
{
	struct option longs[OPTS_MAX + 2] = {{"help", no_argument, NULL, 'h'}};
	char why[256];
	size_t n = 1;
	int code;

	for (size_t i = 0; opts[i].kind != LAB_OPT_END && n <= OPTS_MAX; i++) {
		if (opts[i].kind == LAB_OPT_HEADING)
			continue;
		longs[n].name = opts[i].name;
		longs[n].has_arg = !opts[i].arg		   ? no_argument
				   : opts[i].arg[0] == '[' ? optional_argument
							   : required_argument;
		longs[n].val = (int)(FIRST_CODE + i);
		n++;
	}
	opterr = 0;
	while ((code = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		const struct lab_opt *opt;
		int num;

		if (code == 'h') {
			print_help(about, opts, cfg);
			return 1;
		}
		if (code == ':')
			return lab_usage_error(about->command, "%s: needs a value",
					       argv[optind - 1]);
		if (code == '?')
			return lab_usage_error(about->command, "%s: no such option, or not here",
					       argv[optind - 1]);
		opt = &opts[code - FIRST_CODE];
		/* getopt takes an optional value after '=' only; a choice is safe after a blank. */
		if (opt->kind == LAB_OPT_CHOICE && !optarg && optind < argc &&
		    !parse_choice(opt, argv[optind], &num, why, sizeof(why)))
			optarg = argv[optind++];
		if (opt_apply(opt, cfg, optarg, why, sizeof(why)))
			return lab_usage_error(about->command, "--%s: %s", opt->name, why);
	}
	if (optind < argc)
		return lab_usage_error(about->command, "%s: not an option", argv[optind]);
	return 0;
}
