// SPDX-License-Identifier: BSD-2-Clause
#include "generate/generate.h"

#include <string.h>

#define PAIRS_MAX  1024
#define ACTION_MAX 2048

/* An option with a value in a command, and what the shell does to complete the value. */
struct pair {
	const struct command *command;
	const struct arg *arg;
	char action[ACTION_MAX];
	bool printed;
};

static void set_action(struct pair *pair, const struct generate_program *program)
{
	static const char *const actions[] = {
		[ARG_COMPLETE_NOTHING] = ":",
		[ARG_COMPLETE_FILES] = "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")",
		[ARG_COMPLETE_NETNS] = "_%s_offer \"self $(ls /run/netns 2>/dev/null)\"",
		[ARG_COMPLETE_PORTS] = "_%s_offer_list \"$(_%s_ports)\"",
	};
	const struct arg *arg = pair->arg;
	FILE *out = fmemopen(pair->action, sizeof(pair->action), "w");

	if (!out)
		return;
	if (arg->choices) {
		fprintf(out, "_%s_offer \"", program->prefix);
		for (size_t i = 0; arg->choices[i]; i++)
			fprintf(out, "%s%s", i ? " " : "", arg->choices[i]);
		fputs("\"", out);
	} else if (arg->complete == ARG_COMPLETE_HOOKS || arg->complete == ARG_COMPLETE_WORDS) {
		fprintf(out, "_%s_offer_list \"", program->prefix);
		generate_words(out, program, arg);
		fputs("\"", out);
	} else {
		for (const char *c = actions[arg->complete]; *c; c++) {
			if (c[0] == '%') {
				fputs(program->prefix, out);
				c++;
			} else {
				fputc(*c, out);
			}
		}
	}
	fclose(out);
}

static size_t collect(struct pair *pairs, const struct generate_program *program)
{
	size_t nr = 0;

	for (size_t c = 0; c < program->nr; c++) {
		const struct arg *arg;

		for (size_t i = 0; (arg = arg_at(&program->commands[c]->args, i, NULL)); i++) {
			if (!arg->value || nr == PAIRS_MAX)
				continue;
			pairs[nr] = (struct pair){.command = program->commands[c], .arg = arg};
			set_action(&pairs[nr++], program);
		}
	}
	return nr;
}

/* One branch of the case for all options that are completed in the same way. */
static void print_branch(FILE *out, struct pair *pairs, size_t nr, size_t first)
{
	size_t column = 0;

	for (size_t i = first; i < nr; i++) {
		const struct arg *arg = pairs[i].arg;
		const char *name = generate_name(pairs[i].command);

		if (strcmp(pairs[i].action, pairs[first].action))
			continue;
		pairs[i].printed = true;
		if (i > first && column > 70) {
			fputs(" | \\\n\t\t", out);
			column = 0;
		} else {
			fputs(i > first ? " | " : "\t", out);
		}
		column += (size_t)fprintf(out, "\"%s --%s\"", name, arg->name);
		if (arg->letter)
			column += (size_t)fprintf(out, " | \"%s -%c\"", name, arg->letter);
	}
	fprintf(out, ") %s ;;\n", pairs[first].action);
}

static void print_options(FILE *out, const struct command *command)
{
	const struct arg *arg;
	size_t column = 0;

	fprintf(out, "\t\t\"%s\") options=\"", generate_name(command));
	for (size_t i = 0; (arg = arg_at(&command->args, i, NULL)); i++) {
		if (column > 70) {
			fputs("\n\t\t\t", out);
			column = 0;
		} else if (i) {
			fputs(" ", out);
		}
		column += (size_t)fprintf(out, "--%s", arg->name);
		if (arg->letter)
			column += (size_t)fprintf(out, " -%c", arg->letter);
	}
	fputs("\" ;;\n", out);
}

/* The names of options that have a value, each once, as a pattern of case. */
static void print_valued(FILE *out, const struct pair *pairs, size_t nr)
{
	size_t column = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct arg *arg = pairs[i].arg;
		bool seen = arg_value_optional(arg);

		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(pairs[j].arg->name, arg->name);
		if (seen)
			continue;
		if (column > 70) {
			fputs(" | \\\n\t\t\t", out);
			column = 0;
		} else {
			fputs(column ? " | " : "", out);
		}
		column += (size_t)fprintf(out, "--%s", arg->name);
		if (arg->letter)
			column += (size_t)fprintf(out, " | -%c", arg->letter);
	}
}

static void print_names(FILE *out, const struct generate_program *program, const char *between)
{
	bool any = false;

	for (size_t c = 0; c < program->nr; c++) {
		if (!program->commands[c]->name)
			continue;
		fprintf(out, "%s%s", any ? between : "", program->commands[c]->name);
		any = true;
	}
}

static void print_helpers(FILE *out, const struct generate_program *program)
{
	const char *prefix = program->prefix;
	const bool ports = generate_offers(program, ARG_COMPLETE_PORTS);

	fprintf(out,
		"# Words that may stand here.\n"
		"_%s_offer()\n"
		"{\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
		"}\n"
		"\n",
		prefix);
	if (generate_has_lists(program))
		fprintf(out,
			"# The same in a list with commas: what stands before the last comma is kept.\n"
			"_%s_offer_list()\n"
			"{\n"
			"\tlocal before=\n"
			"\n"
			"\tif [[ $cur == *,* ]]; then before=${cur%%,*},; fi\n"
			"\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${cur##*,}\")\n"
			"}\n"
			"\n",
			prefix);
	if (ports)
		fprintf(out,
			"# Ports that somebody listens on here.\n"
			"_%s_ports()\n"
			"{\n"
			"\tss -Htln 2>/dev/null | awk '{ sub(/.*:/, \"\", $4); print $4 }' | sort -nu\n"
			"}\n"
			"\n",
			prefix);
}

void generate_bash(FILE *out, const struct generate_program *program)
{
	static struct pair pairs[PAIRS_MAX];
	size_t nr = collect(pairs, program);

	fprintf(out,
		"# shellcheck shell=bash\n"
		"# SPDX-License-Identifier: BSD-2-Clause\n"
		"# bash completion for %s, from its table of options by `make generate`.\n\n",
		program->name);
	print_helpers(out, program);
	fprintf(out,
		"_%s()\n"
		"{\n"
		"\tlocal cur=$2 prev=$3 command='' skip='' options='' word\n"
		"\n"
		"\tCOMPREPLY=()\n"
		"\t# --side=server comes as three words: --side, = and server.\n"
		"\tif [[ $cur == = ]]; then\n"
		"\t\tcur=\n"
		"\telif [[ $prev == = ]]; then\n"
		"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
		"\tfi\n"
		"\t# The command is the first word that is neither an option nor an option's value.\n"
		"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		"\t\tif [[ $skip ]]; then\n"
		"\t\t\tskip=\n"
		"\t\t\tcontinue\n"
		"\t\tfi\n"
		"\t\tcase $word in\n"
		"\t\t",
		program->prefix);
	print_valued(out, pairs, nr);
	fputs(") skip=1 ;;\n\t\t", out);
	print_names(out, program, " | ");
	fputs(")\n"
	      "\t\t\tcommand=$word\n"
	      "\t\t\tbreak\n"
	      "\t\t\t;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tcase \"$command $prev\" in\n",
	      out);
	for (size_t i = 0; i < nr; i++) {
		if (!pairs[i].printed)
			print_branch(out, pairs, nr, i);
	}
	fputs("\t*)\n\t\tcase $command in\n", out);
	for (size_t c = 0; c < program->nr; c++)
		print_options(out, program->commands[c]);
	fprintf(out,
		"\t\tesac\n"
		"\t\tif [[ $cur == -* ]]; then\n"
		"\t\t\t_%s_offer \"$options\"\n"
		"\t\telif [[ ! $command ]]; then\n"
		"\t\t\t_%s_offer \"",
		program->prefix, program->prefix);
	print_names(out, program, " ");
	fprintf(out,
		"\"\n"
		"\t\tfi\n"
		"\t\t;;\n"
		"\tesac\n"
		"}\n"
		"complete -F _%s %s\n",
		program->prefix, program->name);
}
