// SPDX-License-Identifier: BSD-2-Clause
#include "event/vocabulary.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

/* The queries of ClickHouse have a list of drops that are no refusals. From the source's root. */
static void test_columns(void)
{
	static char sql[65536];
	FILE *f = fopen("packaging/clickhouse/columns.sql", "r");
	char quoted[64];

	if (!f) {
		ok(0, "columns.sql is there");
		return;
	}
	sql[fread(sql, 1, sizeof(sql) - 1, f)] = '\0';
	fclose(f);
	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++) {
		snprintf(quoted, sizeof(quoted), "'%s'", drop_reason_name(i));
		ok((strstr(sql, quoted) == NULL) == (drop_is_refusal(i) != 0), "%s", quoted);
	}
}

int main(void)
{
	test_columns();
	return done();
}
