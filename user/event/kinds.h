/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kinds.h - what each kind of field is called in the contracts that are generated from the
 * catalogue: docs/fields.md, the JSON Schema, the tables of two databases. And the keys that stand
 * on every line, whatever its type.
 */
#ifndef SOCKSTATE_KINDS_H
#define SOCKSTATE_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"

enum sql_dialect { SQL_CLICKHOUSE, SQL_DUCKDB, SQL_DIALECT_COUNT };

struct kind_info {
	const char *name;   /* for a person: "integer" */
	const char *schema; /* JSON Schema; NULL: made from the field's vocabulary */
	/* Types of columns that may be empty. Objects and arrays are empty rather than NULL. */
	const char *sql[SQL_DIALECT_COUNT];
};

extern const struct kind_info kind_infos[];

/* Of every line: before the fields in this order, or behind them. */
struct common_key {
	const char *key, *name, *schema;
	const char *sql[SQL_DIALECT_COUNT];
	bool always, behind;
	const char *meaning;
};

extern const struct common_key common_keys[];
extern const size_t common_key_count;

/* What the schemas of kinds refer to as "#/$defs/NAME". */
struct shared_schema {
	const char *name, *schema;
};

extern const struct shared_schema shared_schemas[];
extern const size_t shared_schema_count;

#endif
