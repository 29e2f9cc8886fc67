// SPDX-License-Identifier: BSD-2-Clause
#include "cli/arg.h"

#include <inttypes.h>
#include <string.h>

#define WIDTH 96 /* columns of --help */

void arg_wrap(FILE *out, const char *text, int column)
{
	int at = column;

	for (;;) {
		int word;

		text += strspn(text, " ");
		word = (int)strcspn(text, " ");
		if (!word)
			return;
		if (at > column && at + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", column, "");
			at = column;
		}
		at += fprintf(out, "%s%.*s", at > column ? " " : "", word, text);
		text += word;
	}
}

void arg_help_row(FILE *out, const char *name, const char *text, const char *tail)
{
	int used = fprintf(out, "  %s", name);

	/* Two blanks at least between the name and its text, or the text begins a new line. */
	if (used > ARG_HELP_COLUMN - 2)
		used = fprintf(out, "\n") - 1;
	fprintf(out, "%*s", ARG_HELP_COLUMN - used, "");
	arg_wrap(out, text, ARG_HELP_COLUMN);
	fprintf(out, "%s\n", tail);
}

void arg_default(const struct arg_table *table, const struct arg_use *use, const struct arg *arg,
		 char *text, size_t size)
{
	const char *place = (const char *)table->defaults + use->off + arg->off;
	uint64_t number;
	unsigned int index;
	const char *word;

	text[0] = '\0';
	if (!table->defaults)
		return;
	if (arg->kind == ARG_NUMBER) {
		memcpy(&number, place, sizeof(number));
		if (number && number != UINT64_MAX)
			snprintf(text, size, "%" PRIu64, number);
	} else if (arg->kind == ARG_TEXT) {
		memcpy(&word, place, sizeof(word));
		snprintf(text, size, "%s", word ? word : "");
	} else if (arg->kind == ARG_CHOICE) {
		memcpy(&index, place, sizeof(index));
		if (index && index >= arg->min)
			snprintf(text, size, "%s", arg->choices[index - arg->min]);
	}
}

static void help_arg(FILE *out, const struct arg *arg, const char *value)
{
	const bool optional = arg_value_optional(arg);
	char name[64], letter[] = {'-', arg->letter, ',', '\0'}, tail[64] = "";

	snprintf(name, sizeof(name), "%3s --%s%s%s", arg->letter ? letter : "", arg->name,
		 !arg->value ? ""
		 : optional  ? "[="
			     : " ",
		 !arg->value ? ""
		 : optional  ? arg->value + 1
			     : arg->value);
	if (*value)
		snprintf(tail, sizeof(tail), " [%s]", value);
	arg_help_row(out, name, arg->help, tail);
}

void arg_help(FILE *out, const struct arg_table *table)
{
	const char *title = NULL;

	for (size_t i = 0; i < table->nr; i++) {
		const struct arg_use *use = &table->uses[i];
		const struct arg_group *group = use->group;

		if (!title || strcmp(title, group->title))
			fprintf(out, "\n%s:\n", group->title);
		title = group->title;
		if (group->about) {
			fputs("  ", out);
			arg_wrap(out, group->about, 2);
			fputc('\n', out);
		}
		for (size_t j = 0; j < group->nr; j++) {
			char value[60];

			arg_default(table, use, &group->args[j], value, sizeof(value));
			help_arg(out, &group->args[j], value);
		}
	}
}
