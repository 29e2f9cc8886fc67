// SPDX-License-Identifier: BSD-2-Clause
/*
 * main.c - `generate bash|zsh|fish PROGRAM` and `generate manual PROGRAM FILE`, to standard output.
 * PROGRAM is sockstate or sockstate-lab.
 */
#include <string.h>

#include "cli/command.h"
#include "fact/hooks.h"
#include "generate/generate.h"
#include "lab/lab.h"

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

void generate_hooks(FILE *out, const struct generate_program *program)
{
	for (size_t i = 0; program->hooks && program->hooks[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", program->hooks[i]);
}

/* The file of a program is the last argument of `generate manual`. */
static int print_manual(const struct generate_program *program, const char *path)
{
	FILE *in = fopen(path, "r");
	int rc;

	if (!in) {
		perror(path);
		return 1;
	}
	rc = generate_manual(stdout, in, program);
	fclose(in);
	if (rc)
		fprintf(stderr, "generate: %s: a generated section has no end, or is not known\n",
			path);
	return rc ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out, const struct generate_program *program);
	} shells[] = {{"bash", generate_bash}, {"zsh", generate_zsh}, {"fish", generate_fish}};
	static const struct command *const lab_commands[] = {&lab_server_command,
							     &lab_client_command};
	static const struct exit_text lab_exits[] = {
		[LAB_EXIT_OK] = {.more = "As asked."},
		[LAB_EXIT_FAIL] = {.more = "Something failed: a call, a connection or a step."},
		[LAB_EXIT_USAGE] = {.more = "The command line makes no sense."},
	};
	const struct command *commands[COMMAND_COUNT];
	const char *hooks[HOOK_COUNT + 2] = {"fentry"};
	const struct generate_program programs[] = {
		{.name = "sockstate",
		 .prefix = "sockstate",
		 .commands = commands,
		 .nr = COMMAND_COUNT,
		 .hooks = hooks,
		 .exits = exit_texts,
		 .nr_exits = EXIT_CODES},
		{.name = "sockstate-lab",
		 .prefix = "sockstate_lab",
		 .commands = lab_commands,
		 .nr = LAB_ARRAY_SIZE(lab_commands),
		 .exits = lab_exits,
		 .nr_exits = LAB_ARRAY_SIZE(lab_exits),
		 .step = lab_script_step},
	};
	const struct generate_program *program = NULL;

	for (unsigned int id = 0; id < COMMAND_COUNT; id++)
		commands[id] = command_get(id);
	for (unsigned int id = 0; id < HOOK_COUNT; id++)
		hooks[id + 1] = hook_get(id)->name;
	for (size_t i = 0; argc > 2 && i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!strcmp(programs[i].name, argv[2]))
			program = &programs[i];
	}
	for (size_t i = 0; program && i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, argv[1]))
			continue;
		shells[i].print(stdout, program);
		return 0;
	}
	if (program && argc == 4 && !strcmp(argv[1], "manual"))
		return print_manual(program, argv[3]);
	fputs("usage: generate bash|zsh|fish PROGRAM, generate manual PROGRAM FILE\n", stderr);
	return 2;
}
