/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * describe.h - the contract of the stream, printed from the catalogue: for people, for validators
 * and for databases.
 */
#ifndef SOCKSTATE_DESCRIBE_H
#define SOCKSTATE_DESCRIBE_H

#include <stdio.h>

#include "event/kinds.h"

/* docs/fields.md */
void fields_print_markdown(FILE *out);
/* docs/sockstate.schema.json: a line of --json */
void fields_print_json_schema(FILE *out);
/* CREATE TABLE of a table with a column for each key. */
void fields_print_sql(FILE *out, enum sql_dialect dialect);

#endif
