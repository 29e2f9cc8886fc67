// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"

#include <errno.h>
#include <string.h>

static const struct command *const commands[COMMAND_COUNT] = {
	[COMMAND_TRACE] = &command_trace,   [COMMAND_DOCTOR] = &command_doctor,
	[COMMAND_FIELDS] = &command_fields, [COMMAND_CHECK] = &command_check,
	[COMMAND_WHY] = &command_why,	    [COMMAND_LIST] = &command_list,
	[COMMAND_TOP] = &command_top,	    [COMMAND_EXPORT] = &command_export,
	[COMMAND_REPORT] = &command_report, [COMMAND_EXPLAIN] = &command_explain,
	[COMMAND_SHIP] = &command_ship,
};

const struct command *command_get(enum command_id id)
{
	return id < COMMAND_COUNT ? commands[id] : NULL;
}

/* COMMAND_TRACE, which has no name, where no command has that name. */
static enum command_id by_name(const char *name)
{
	for (unsigned int id = 0; id < COMMAND_COUNT; id++) {
		if (commands[id]->name && !strcmp(commands[id]->name, name))
			return id;
	}
	return COMMAND_TRACE;
}

/* "doctor, fields and list" */
static void list_names(char *text, size_t size)
{
	unsigned int left = COMMAND_COUNT - 1;

	text[0] = '\0';
	for (unsigned int id = 0; id < COMMAND_COUNT; id++) {
		if (!commands[id]->name)
			continue;
		left--;
		snprintf(text + strlen(text), size - strlen(text), "%s%s", commands[id]->name,
			 left > 1    ? ", "
			 : left == 1 ? " and "
				     : "");
	}
}

static const char *nearest_name(const char *word)
{
	size_t best = SIZE_MAX;
	const char *name = NULL;

	for (unsigned int id = 0; id < COMMAND_COUNT; id++) {
		size_t d = commands[id]->name ? arg_distance(word, strlen(word), commands[id]->name)
					      : SIZE_MAX;

		/* Half of a word that is wrong makes it another word. */
		if (d < best && d * 2 <= strlen(word)) {
			best = d;
			name = commands[id]->name;
		}
	}
	return name;
}

/* A word where none is expected: a second command, a misspelt one, or the value of an option. */
static int refuse_word(const struct arg_table *table, const char *word, char *err, size_t err_size)
{
	char names[200], hint[200];
	const char *near = nearest_name(word);

	if (by_name(word) != COMMAND_TRACE) {
		snprintf(err, err_size, "'%s': one command at a time", word);
		return -EINVAL;
	}
	if (!strcmp(word, "trace")) {
		snprintf(err, err_size, "'trace' is what runs without a command: leave it out");
		return -EINVAL;
	}
	arg_refuse_word(table, word, hint, sizeof(hint));
	if (!strstr(hint, "--help") ||
	    strcmp(table->program, commands[COMMAND_TRACE]->args.program)) {
		snprintf(err, err_size, "%s", hint);
	} else if (near) {
		snprintf(err, err_size, "unexpected word '%.40s': did you mean '%s'?", word, near);
	} else {
		list_names(names, sizeof(names));
		snprintf(err, err_size,
			 "unexpected word '%.40s': commands are %s; see 'sockstate --help'", word,
			 names);
	}
	return -EINVAL;
}

static bool ends(struct command_line *line)
{
	const struct opt_common *common = command_group(line, &group_common);

	return common && (common->help || common->version);
}

int command_parse(struct command_line *out, int argc, char *const *argv,
		  const struct command_context *context, char *err, size_t err_size)
{
	const struct arg_table *tables[COMMAND_COUNT];
	struct command_line parsed = {.id = COMMAND_TRACE};
	struct arg_line line = {.argc = argc,
				.argv = argv,
				.tables = tables,
				.nr = COMMAND_COUNT,
				.context = context,
				.refuse_word = refuse_word};
	const struct command *command;
	const char *clash = NULL;
	int word, rc;

	for (unsigned int id = 0; id < COMMAND_COUNT; id++)
		tables[id] = &commands[id]->args;
	word = arg_find_word(&line);
	if (word)
		parsed.id = by_name(argv[word]);
	if (parsed.id != COMMAND_TRACE)
		line.skip = word;
	command = commands[parsed.id];
	rc = arg_parse(&command->args, &parsed.options, &line, err, err_size);
	if (rc)
		return rc;
	if (command->contradiction && !ends(&parsed))
		clash = command->contradiction(&parsed.options);
	if (clash) {
		snprintf(err, err_size, "%s", clash);
		return -EINVAL;
	}
	*out = parsed;
	return 0;
}

void *command_group(struct command_line *line, const struct arg_group *group)
{
	const struct arg_table *table = &commands[line->id]->args;

	for (size_t i = 0; i < table->nr; i++) {
		if (table->uses[i].group == group)
			return (char *)&line->options + table->uses[i].off;
	}
	return NULL;
}

/* ---- --help ---- */

static void help_usage(FILE *out, const struct command *command, const char *before)
{
	fprintf(out, "%s%s%s%s\n", before, command->args.program, *command->usage ? " " : "",
		command->usage);
}

static void help_all(FILE *out)
{
	for (unsigned int id = 0; id < COMMAND_COUNT; id++)
		help_usage(out, commands[id], id ? "       " : "Usage: ");
	fputs("\n"
	      "Shows what the kernel does to TCP sockets: every state, both queues of a listener,\n"
	      "and when accept() took what had long been connected.\n"
	      "\n"
	      "Commands, each with a --help of its own:\n",
	      out);
	for (unsigned int id = 0; id < COMMAND_COUNT; id++) {
		if (commands[id]->name)
			arg_help_row(out, commands[id]->name, commands[id]->summary, "");
	}
}

static void help_exit_codes(FILE *out)
{
	fputs("\nExit codes:\n", out);
	for (unsigned int code = 0; code < EXIT_CODES; code++) {
		const char name[] = {(char)('0' + code), '\0'};

		arg_help_row(out, name, exit_texts[code].help, "");
	}
}

void command_help(FILE *out, enum command_id id)
{
	const struct command *command = commands[id];

	if (id == COMMAND_TRACE) {
		help_all(out);
	} else {
		help_usage(out, command, "Usage: ");
		fprintf(out, "\n%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	}
	arg_help(out, &command->args);
	if (id != COMMAND_TRACE)
		return;
	help_exit_codes(out);
	fputs("\n"
	      "Example: sudo sockstate --port 9502 --json | jq -r 'select(.type==\"state\") | .new'\n",
	      out);
}
