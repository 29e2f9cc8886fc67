// SPDX-License-Identifier: BSD-2-Clause
#include "generate/generate.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define BEGIN_MARK ".\\\" generated: "
#define END_MARK   ".\\\" end\n"

/* ---- text ---- */

/* A hyphen is printed as a minus, which can be copied from the page into a shell. */
static void print_roff(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '-')
			fputs("\\-", out);
		else if (text[i] == '\\')
			fputs("\\e", out);
		else
			fputc(text[i], out);
	}
}

static bool is_choice(const struct arg *arg, const char *word, size_t len)
{
	for (size_t i = 0; arg && arg->choices && arg->choices[i]; i++) {
		if (strlen(arg->choices[i]) == len && !memcmp(arg->choices[i], word, len))
			return true;
	}
	return false;
}

/* "--side" and "-4", whose letters are bold. */
static bool is_option(const char *word, size_t len)
{
	if (len < 2 || word[0] != '-')
		return false;
	return word[1] == '-' ? len > 2 && islower(word[2]) : len == 2 && isalnum(word[1]);
}

/* One word: an option or a choice in bold, the option's value in italics. */
static void print_word(FILE *out, const struct arg *arg, const char *word, size_t len)
{
	size_t core = len;

	while (core && strchr(",.:;()", word[core - 1]))
		core--;
	if (is_option(word, core) || is_choice(arg, word, core)) {
		fputs("\\%\\fB", out); /* not to be hyphenated */
		print_roff(out, word, core);
		fputs("\\fR", out);
	} else if (arg && arg->value && strlen(arg->value) == core &&
		   !memcmp(arg->value, word, core)) {
		fputs("\\fI", out);
		print_roff(out, word, core);
		fputs("\\fR", out);
	} else {
		print_roff(out, word, core);
	}
	print_roff(out, word + core, len - core);
}

/*
 * Sentences, each on a line of its own. phrase: the text is from --help, which begins
 * without a capital letter and ends without a full stop.
 */
static void print_text(FILE *out, const struct arg *arg, const char *text, bool phrase)
{
	bool first = phrase, line_begins = true;

	for (;;) {
		size_t len;
		bool ends;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (!len)
			break;
		/* At the beginning of a line, these two would make a request of it. */
		if (line_begins && (*text == '\'' || *text == '.'))
			fputs("\\&", out);
		ends = text[len - 1] == '.' && text[len] && !phrase;
		/* A name keeps its small letter: "app_slow:" and the like. */
		if (first && islower(*text) && !is_choice(arg, text, strcspn(text, " :,")) &&
		    !memchr(text, '_', len) && text[len - 1] != ':') {
			fputc(toupper(*text), out);
			print_word(out, arg, text + 1, len - 1);
		} else {
			print_word(out, arg, text, len);
		}
		first = false;
		text += len;
		if (*text)
			fputc(ends ? '\n' : ' ', out);
		line_begins = ends;
	}
	fputs(phrase ? ".\n" : "\n", out);
}

/* ---- options ---- */

static void print_arg(FILE *out, const struct arg *arg, const char *value)
{
	const bool optional = arg_value_optional(arg);

	fputs(".TP\n", out);
	if (arg->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", arg->letter);
	fputs("\\fB\\-\\-", out);
	print_roff(out, arg->name, strlen(arg->name));
	fputs("\\fR", out);
	if (arg->value)
		fprintf(out, optional ? "[=\\fI%.*s\\fR]" : " \\fI%.*s\\fR",
			(int)strlen(arg->value) - 2 * optional, arg->value + optional);
	fputc('\n', out);
	print_text(out, arg, arg->help, true);
	if (arg->more)
		print_text(out, arg, arg->more, false);
	if (*value) {
		fputs("Default: ", out);
		print_roff(out, value, strlen(value));
		fputs(".\n", out);
	}
}

/* "With doctor and list:", above options that the command without a name does not have. */
static void print_owners(FILE *out, const struct generate_program *program,
			 const struct arg_group *group)
{
	size_t left = 0;
	bool first = true;

	for (size_t c = 0; c < program->nr; c++) {
		if (!generate_has_group(program->commands[c], group))
			continue;
		if (!program->commands[c]->name)
			return;
		left++;
	}
	if (left == program->nr)
		return;
	fputs(".P\nWith ", out);
	for (size_t c = 0; c < program->nr; c++) {
		if (!generate_has_group(program->commands[c], group))
			continue;
		fprintf(out, "%s\\fB%s\\fR",
			first	    ? ""
			: left == 1 ? " and "
				    : ", ",
			program->commands[c]->name);
		first = false;
		left--;
	}
	fputs(":\n", out);
}

/* The groups of all commands, each once: the i-th, and in *table where it is used first. */
static const struct arg_use *use_at(const struct generate_program *program, size_t i,
				    const struct arg_table **table)
{
	for (size_t c = 0; c < program->nr; c++) {
		*table = &program->commands[c]->args;
		for (size_t u = 0; u < (*table)->nr; u++) {
			if (!generate_group_seen(program, c, u) && !i--)
				return &(*table)->uses[u];
		}
	}
	return NULL;
}

static void print_group(FILE *out, const struct generate_program *program,
			const struct arg_table *table, const struct arg_use *use)
{
	const struct arg_group *group = use->group;

	if (group->about)
		print_text(out, NULL, group->about, false);
	print_owners(out, program, group);
	for (size_t i = 0; i < group->nr; i++) {
		char value[100];

		arg_default(table, use, &group->args[i], value, sizeof(value));
		print_arg(out, &group->args[i], value);
	}
}

/* All groups of one title below one heading, which stands where the first of them does. */
static void print_options(FILE *out, const struct generate_program *program)
{
	const struct arg_table *table;
	const struct arg_use *use, *other;

	for (size_t i = 0; (use = use_at(program, i, &table)); i++) {
		const char *title = use->group->title;
		size_t first = 0;

		while (strcmp(use_at(program, first, &table)->group->title, title))
			first++;
		if (first < i)
			continue;
		fprintf(out, ".SS %s\n", title);
		for (size_t j = i; (other = use_at(program, j, &table)); j++) {
			if (!strcmp(other->group->title, title))
				print_group(out, program, table, other);
		}
	}
}

/* ---- the other sections ---- */

static void print_synopsis(FILE *out, const struct generate_program *program)
{
	for (size_t c = 0; c < program->nr; c++) {
		const struct command *command = program->commands[c];

		fprintf(out, "%s.B ", c ? ".br\n" : "");
		print_roff(out, command->args.program, strlen(command->args.program));
		fputc('\n', out);
		if (!*command->usage)
			continue;
		print_roff(out, command->usage, strlen(command->usage));
		fputc('\n', out);
	}
}

static void print_exits(FILE *out, const struct generate_program *program)
{
	for (size_t code = 0; code < program->nr_exits; code++) {
		fprintf(out, ".TP\n.B %zu\n", code);
		print_text(out, NULL, program->exits[code].more, false);
	}
}

static void print_commands(FILE *out, const struct generate_program *program)
{
	for (size_t c = 0; c < program->nr; c++) {
		const struct command *command = program->commands[c];
		const struct arg *arg;

		if (!command->name)
			continue;
		fprintf(out, ".TP\n.B %s\n", command->name);
		print_text(out, NULL, command->summary, true);
		if (command->more)
			print_text(out, NULL, command->more, false);
		fputs("Its options:\n", out);
		for (size_t i = 0; (arg = arg_at(&command->args, i, NULL)); i++) {
			const bool last = !arg_at(&command->args, i + 1, NULL);

			fputs("\\fB\\-\\-", out);
			print_roff(out, arg->name, strlen(arg->name));
			fprintf(out, "\\fR%s\n", last ? "." : ",");
		}
	}
}

static void print_steps(FILE *out, const struct generate_program *program)
{
	const char *help;
	char head[64];

	for (size_t i = 0; (help = program->step(i, head, sizeof(head))); i++) {
		size_t name = strcspn(head, " ");

		fputs(".TP\n\\fB", out);
		print_roff(out, head, name);
		fprintf(out, "\\fI%s\\fR\n", head + name);
		print_text(out, NULL, help, true);
	}
}

/* The options of one command, as of a program that has no other. name ends with a newline. */
static int print_own_options(FILE *out, const struct generate_program *program, const char *name)
{
	for (size_t c = 0; c < program->nr; c++) {
		const char *own = generate_name(program->commands[c]);
		struct generate_program one = *program;

		if (strncmp(own, name, strlen(own)) || strcmp(name + strlen(own), "\n"))
			continue;
		one.commands = &program->commands[c];
		one.nr = 1;
		print_options(out, &one);
		return 0;
	}
	return -EINVAL;
}

int generate_manual(FILE *out, FILE *in, const struct generate_program *program)
{
	char line[4096];
	bool inside = false;

	while (fgets(line, sizeof(line), in)) {
		const char *name = line + strlen(BEGIN_MARK);

		inside &= strcmp(line, END_MARK) != 0;
		if (inside)
			continue;
		fputs(line, out);
		if (strncmp(line, BEGIN_MARK, strlen(BEGIN_MARK)))
			continue;
		inside = true;
		if (!strcmp(name, "synopsis\n"))
			print_synopsis(out, program);
		else if (!strcmp(name, "commands\n"))
			print_commands(out, program);
		else if (!strcmp(name, "options\n"))
			print_options(out, program);
		else if (!strncmp(name, "options of ", strlen("options of ")) &&
			 !print_own_options(out, program, name + strlen("options of ")))
			continue;
		else if (!strcmp(name, "exit\n"))
			print_exits(out, program);
		else if (!strcmp(name, "steps\n") && program->step)
			print_steps(out, program);
		else
			return -EINVAL;
	}
	return inside ? -EINVAL : 0;
}
