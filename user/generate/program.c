// SPDX-License-Identifier: BSD-2-Clause
#include "generate/generate.h"

#include <string.h>

const char *generate_name(const struct command *command)
{
	return command->name ? command->name : "";
}

bool generate_group_seen(const struct generate_program *program, size_t command, size_t use)
{
	const struct arg_group *group = program->commands[command]->args.uses[use].group;

	for (size_t c = 0; c <= command; c++) {
		const struct arg_table *table = &program->commands[c]->args;

		for (size_t u = 0; u < table->nr && (c < command || u < use); u++) {
			if (table->uses[u].group == group)
				return true;
		}
	}
	return false;
}

void generate_escaped(FILE *out, const char *text, const char *special, const char *escape)
{
	for (; *text; text++)
		fprintf(out, "%s%c", strchr(special, *text) ? escape : "", *text);
}

bool generate_offers(const struct generate_program *program, enum arg_complete complete)
{
	for (size_t c = 0; c < program->nr; c++) {
		const struct arg *arg;

		for (size_t i = 0; (arg = arg_at(&program->commands[c]->args, i, NULL)); i++) {
			if (arg->complete == complete)
				return true;
		}
	}
	return false;
}

bool generate_has_lists(const struct generate_program *program)
{
	return generate_offers(program, ARG_COMPLETE_PORTS) ||
	       generate_offers(program, ARG_COMPLETE_HOOKS) ||
	       generate_offers(program, ARG_COMPLETE_WORDS);
}

void generate_words(FILE *out, const struct generate_program *program, const struct arg *arg)
{
	const bool hooks = arg->complete == ARG_COMPLETE_HOOKS;
	const char *word;

	for (size_t i = 0; (word = hooks ? program->hooks[i] : arg->word(i)); i++)
		fprintf(out, "%s%s", i ? " " : "", word);
}

bool generate_has_group(const struct command *command, const struct arg_group *group)
{
	for (size_t u = 0; u < command->args.nr; u++) {
		if (command->args.uses[u].group == group)
			return true;
	}
	return false;
}
