// SPDX-License-Identifier: BSD-2-Clause
#include "cli/command.h"
#include "event/kinds.h"

static const char *const dialects[] = {
	[SQL_CLICKHOUSE] = "clickhouse", [SQL_DUCKDB] = "duckdb", [SQL_DIALECT_COUNT] = NULL};

static const struct arg form_args[] = {
	{.kind = ARG_FLAG,
	 .name = "json-schema",
	 .help = "a JSON Schema (draft 2020-12) of a line of --json",
	 ARG_MEMBER(struct fields_options, json_schema)},
	{.kind = ARG_CHOICE,
	 .name = "sql",
	 .value = "DIALECT",
	 .help = "CREATE TABLE for clickhouse or duckdb, a column for each key",
	 .choices = dialects,
	 .min = 1,
	 ARG_MEMBER(struct fields_options, sql)},
};

static const struct arg_group form_group = {.title = TITLE_PRINTED, ARG_ROWS(form_args)};

static const char *contradiction(const void *options)
{
	const struct fields_options *o = options;

	return o->json_schema && o->sql ? "--json-schema and --sql: give one of them" : NULL;
}

static const struct arg_use uses[] = {
	{.group = &form_group},
	ARG_USE(struct fields_options, common, group_common),
};

const struct command command_fields = {
	.name = "fields",
	.usage = "[--json-schema | --sql DIALECT]",
	.summary = "every field of the output, as Markdown, JSON Schema or SQL",
	.more = "Prints every type of line and every field of the output, and which field stands "
		"on which type of line.",
	.args = {.program = "sockstate fields",
		 .size = sizeof(struct fields_options),
		 ARG_USES(uses)},
	.contradiction = contradiction,
};
