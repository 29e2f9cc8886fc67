// SPDX-License-Identifier: BSD-2-Clause
/*
 * sql.c - a table that takes the lines of `sockstate --json`, for two databases: one column for
 * each key. A key that is absent on a line is NULL, or an empty object or array.
 */
#include "event/describe.h"

/* The words of the dialect around the columns. */
struct dialect {
	char quote; /* around a name, for some of ours are words of SQL */
	const char *head, *tail;
};

static const struct dialect dialects[SQL_DIALECT_COUNT] = {
	[SQL_CLICKHOUSE] =
		{'`',
		 "-- sockstate --json | sockstate ship --spool DIR -- clickhouse-client \\\n"
		 "--     --date_time_input_format best_effort \\\n"
		 "--     --query 'INSERT INTO sockstate FORMAT JSONEachRow'\n",
		 ") ENGINE = MergeTree ORDER BY (type, ts, seq);\n"},
	[SQL_DUCKDB] = {'"',
			"-- sockstate --json > lines.json, then:\n"
			"-- COPY sockstate FROM 'lines.json' (FORMAT json);\n",
			");\n"},
};

static void print_column(FILE *out, enum sql_dialect dialect, const char *key, const char *type)
{
	const char quote = dialects[dialect].quote;

	fprintf(out, "    %c%s%c %s", quote, key, quote, type);
}

void fields_print_sql(FILE *out, enum sql_dialect dialect)
{
	const char *comma = "";

	fputs(dialects[dialect].head, out);
	fputs("CREATE TABLE sockstate (\n", out);
	for (int behind = 0; behind <= 1; behind++) {
		for (int f = 0; behind && f < FIELD_COUNT; f++) {
			const struct field_info *info = &field_infos[f];

			fputs(",\n", out);
			print_column(out, dialect, info->key, kind_infos[info->kind].sql[dialect]);
		}
		for (size_t i = 0; i < common_key_count; i++) {
			if (common_keys[i].behind != behind)
				continue;
			fputs(comma, out);
			print_column(out, dialect, common_keys[i].key, common_keys[i].sql[dialect]);
			comma = ",\n";
		}
	}
	fputs("\n", out);
	fputs(dialects[dialect].tail, out);
}
