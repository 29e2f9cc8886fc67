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
