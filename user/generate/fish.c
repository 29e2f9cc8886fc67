// SPDX-License-Identifier: BSD-2-Clause
#include "generate/generate.h"

#include <string.h>

/* In fish, a quote in quotes is escaped as a backslash is. */
static void print_quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	generate_escaped(out, text, "'\\", "\\");
	fputc('\'', out);
}

static void print_arg(FILE *out, const struct arg *arg, const struct arg_group *group,
		      const struct generate_program *program)
{
	fprintf(out, "complete -c %s -n '__%s_is", program->name, program->prefix);
	for (size_t c = 0; c < program->nr; c++) {
		const char *name = generate_name(program->commands[c]);

		if (generate_has_group(program->commands[c], group))
			fprintf(out, " %s", *name ? name : "-");
	}
	fputc('\'', out);
	if (arg->letter)
		fprintf(out, " -s %c", arg->letter);
	fprintf(out, " -l %s", arg->name);
	if (arg->value && arg->complete == ARG_COMPLETE_FILES)
		fputs(" -r -F", out);
	else if (arg->value)
		fputs(" -x", out);
	if (arg->value && arg->choices) {
		for (size_t i = 0; arg->choices[i]; i++)
			fprintf(out, "%s%s", i ? " " : " -a '", arg->choices[i]);
		fputc('\'', out);
	} else if (arg->complete == ARG_COMPLETE_NETNS) {
		fputs(" -a 'self (ls /run/netns 2>/dev/null)'", out);
	} else if (arg->complete == ARG_COMPLETE_PORTS) {
		fprintf(out, " -a '(__%s_list (__%s_ports))'", program->prefix, program->prefix);
	} else if (arg->complete == ARG_COMPLETE_HOOKS || arg->complete == ARG_COMPLETE_WORDS) {
		fprintf(out, " -a '(__%s_list ", program->prefix);
		generate_words(out, program, arg);
		fputs(")'", out);
	}
	fputs(" -d ", out);
	print_quoted(out, arg->help);
	fputc('\n', out);
}

static void print_helpers(FILE *out, const struct generate_program *program)
{
	const bool ports = generate_offers(program, ARG_COMPLETE_PORTS);

	fprintf(out,
		"# Whether the command on this line is one of the arguments; - is none.\n"
		"function __%s_is\n"
		"    set -l found -\n"
		"    for word in (commandline -opc)[2..]\n"
		"        if contains -- $word",
		program->prefix);
	for (size_t c = 0; c < program->nr; c++) {
		if (program->commands[c]->name)
			fprintf(out, " %s", program->commands[c]->name);
	}
	fprintf(out, "\n"
		     "            set found $word\n"
		     "            break\n"
		     "        end\n"
		     "    end\n"
		     "    contains -- $found $argv\n"
		     "end\n"
		     "\n");
	if (generate_has_lists(program))
		fprintf(out,
			"# The arguments behind what stands before the last comma.\n"
			"function __%s_list\n"
			"    set -l value (commandline -ct | string replace -r '^--?[a-zA-Z-]+=' '')\n"
			"    set -l before (string match -r '^.*,' -- $value)\n"
			"    printf '%%s\\n' \"$before\"$argv\n"
			"end\n"
			"\n",
			program->prefix);
	if (ports)
		fprintf(out,
			"# Ports that somebody listens on here.\n"
			"function __%s_ports\n"
			"    ss -Htln 2>/dev/null | awk '{ sub(/.*:/, \"\", $4); print $4 }' | sort -nu\n"
			"end\n"
			"\n",
			program->prefix);
}

void generate_fish(FILE *out, const struct generate_program *program)
{
	fprintf(out,
		"# SPDX-License-Identifier: BSD-2-Clause\n"
		"# fish completion for %s, from its table of options by `make generate`.\n\n",
		program->name);
	print_helpers(out, program);
	fprintf(out, "complete -c %s -f\n", program->name);
	for (size_t c = 0; c < program->nr; c++) {
		if (!program->commands[c]->name)
			continue;
		fprintf(out, "complete -c %s -n '__%s_is -' -a %s -d ", program->name,
			program->prefix, program->commands[c]->name);
		print_quoted(out, program->commands[c]->summary);
		fputc('\n', out);
	}
	for (size_t c = 0; c < program->nr; c++) {
		const struct arg_table *table = &program->commands[c]->args;

		for (size_t u = 0; u < table->nr; u++) {
			const struct arg_group *group = table->uses[u].group;

			for (size_t i = 0; i < group->nr && !generate_group_seen(program, c, u);
			     i++)
				print_arg(out, &group->args[i], group, program);
		}
	}
}
