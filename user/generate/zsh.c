// SPDX-License-Identifier: BSD-2-Clause
#include "generate/generate.h"

#include <string.h>

/* Quoted for the shell and for the brackets of _arguments. */
static void print_help(FILE *out, const char *help)
{
	for (; *help; help++) {
		if (*help == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *help))
			fprintf(out, "\\%c", *help);
		else
			fputc(*help, out);
	}
}

/* ":value:action" of an option; "" for one that takes no value. */
static void print_value(FILE *out, const struct arg *arg, const struct generate_program *program)
{
	const bool optional = arg_value_optional(arg);

	if (!arg->value)
		return;
	fprintf(out, ":%s", optional ? ":" : "");
	if (arg->choices)
		fputs(arg->name, out);
	else
		print_help(out, arg->value);
	fputc(':', out);
	if (arg->choices) {
		for (size_t i = 0; arg->choices[i]; i++)
			fprintf(out, "%s%s", i ? " " : "(", arg->choices[i]);
		fputc(')', out);
	} else if (arg->complete == ARG_COMPLETE_FILES) {
		fputs("_files", out);
	} else if (arg->complete == ARG_COMPLETE_NETNS) {
		fprintf(out, "_%s_netns", program->prefix);
	} else if (arg->complete == ARG_COMPLETE_PORTS) {
		fprintf(out, "_%s_ports", program->prefix);
	} else if (arg->complete == ARG_COMPLETE_HOOKS || arg->complete == ARG_COMPLETE_WORDS) {
		fprintf(out, "_%s_list_%s", program->prefix, arg->name);
	}
}

static void print_arg(FILE *out, const struct arg *arg, const struct generate_program *program)
{
	const bool again = arg->kind == ARG_CALL && arg->value; /* may be repeated */

	fputs("\t\t", out);
	if (arg->letter)
		fprintf(out, "%s{-%c%s,--%s%s}'[", again ? "'*'" : "", arg->letter,
			arg->value ? "+" : "", arg->name, arg->value ? "=" : "");
	else
		fprintf(out, "'%s--%s%s[", again ? "*" : "", arg->name, arg->value ? "=" : "");
	print_help(out, arg->help);
	fputc(']', out);
	print_value(out, arg, program);
	fputs("'\n", out);
}

/* Each group once, as an array of the name that its first use gives it. */
static void print_groups(FILE *out, const struct generate_program *program)
{
	for (size_t c = 0; c < program->nr; c++) {
		const struct arg_table *table = &program->commands[c]->args;

		for (size_t u = 0; u < table->nr; u++) {
			const struct arg_group *group = table->uses[u].group;

			if (generate_group_seen(program, c, u))
				continue;
			fprintf(out, "\tlocal -a group_%zu_%zu=(\n", c, u);
			for (size_t i = 0; i < group->nr; i++)
				print_arg(out, &group->args[i], program);
			fputs("\t)\n", out);
		}
	}
}

/* The arrays of a command, by the names that print_groups() has given them. */
static void print_uses(FILE *out, const struct generate_program *program, size_t command)
{
	const struct arg_table *table = &program->commands[command]->args;

	for (size_t u = 0; u < table->nr; u++) {
		for (size_t c = 0; c <= command; c++) {
			const struct arg_table *first = &program->commands[c]->args;

			for (size_t v = 0; v < first->nr; v++) {
				if (first->uses[v].group == table->uses[u].group &&
				    !generate_group_seen(program, c, v))
					fprintf(out, " $group_%zu_%zu", c, v);
			}
		}
	}
}

static void print_list(FILE *out, const struct arg *arg, const struct generate_program *program)
{
	if (arg->complete != ARG_COMPLETE_HOOKS && arg->complete != ARG_COMPLETE_WORDS)
		return;
	fprintf(out,
		"_%s_list_%s()\n"
		"{\n"
		"\t_sequence compadd - ",
		program->prefix, arg->name);
	generate_words(out, program, arg);
	fputs("\n}\n\n", out);
}

/* A function for the words of each option, of whichever group it is. */
static void print_lists(FILE *out, const struct generate_program *program)
{
	for (size_t c = 0; c < program->nr; c++) {
		const struct arg_table *table = &program->commands[c]->args;

		for (size_t u = 0; u < table->nr; u++) {
			const struct arg_group *group = table->uses[u].group;

			for (size_t i = 0; i < group->nr && !generate_group_seen(program, c, u);
			     i++)
				print_list(out, &group->args[i], program);
		}
	}
}

static void print_helpers(FILE *out, const struct generate_program *program)
{
	if (generate_offers(program, ARG_COMPLETE_NETNS))
		fprintf(out,
			"_%s_netns()\n"
			"{\n"
			"\tcompadd self ${(f)\"$(ls /run/netns 2>/dev/null)\"}\n"
			"}\n"
			"\n",
			program->prefix);
	if (generate_offers(program, ARG_COMPLETE_PORTS))
		fprintf(out,
			"# Ports that somebody listens on here.\n"
			"_%s_ports()\n"
			"{\n"
			"\t_sequence compadd - ${(f)\"$(ss -Htln 2>/dev/null |\n"
			"\t\tawk '{ sub(/.*:/, \"\", $4); print $4 }' | sort -nu)\"}\n"
			"}\n"
			"\n",
			program->prefix);
	print_lists(out, program);
}

void generate_zsh(FILE *out, const struct generate_program *program)
{
	fprintf(out,
		"#compdef %s\n"
		"# SPDX-License-Identifier: BSD-2-Clause\n"
		"# zsh completion for %s, from its table of options by `make generate`.\n\n",
		program->name, program->name);
	print_helpers(out, program);
	fprintf(out, "_%s()\n{\n", program->prefix);
	print_groups(out, program);
	fputs("\tlocal -a commands=(\n", out);
	for (size_t c = 0; c < program->nr; c++) {
		if (!program->commands[c]->name)
			continue;
		fprintf(out, "\t\t'%s:", program->commands[c]->name);
		print_help(out, program->commands[c]->summary);
		fputs("'\n", out);
	}
	fputs("\t)\n"
	      "\tlocal word command=\n"
	      "\n"
	      "\tfor word in ${words[2,CURRENT-1]}; do\n"
	      "\t\tif (( ${commands[(I)$word:*]} )); then\n"
	      "\t\t\tcommand=$word\n"
	      "\t\t\tbreak\n"
	      "\t\tfi\n"
	      "\tdone\n"
	      "\tcase $command in\n",
	      out);
	for (size_t c = 0; c < program->nr; c++) {
		const char *name = generate_name(program->commands[c]);

		fprintf(out, "\t'%s') _arguments -s -S", name);
		print_uses(out, program, c);
		if (*name)
			fprintf(out, " '1:command:(%s)'", name);
		else
			fputs(" '1: :{_describe command commands}'", out);
		if (program->commands[c]->args.operand)
			fputs(" '*::word:_files'", out);
		fputs(" ;;\n", out);
	}
	fprintf(out, "\tesac\n}\n\n_%s \"$@\"\n", program->prefix);
}
