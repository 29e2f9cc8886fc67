#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every recording goes into a database by the DDL that `sockstate fields --sql` prints, without an option that forgives:
# as many rows of each type, and the same sums, as jq counts. DuckDB, from npm:
#
#	npm install --prefix build/npm @duckdb/node-api
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR source=forms.sh
. ./forms.sh
modules=${SOCKSTATE_NPM:-$(cd ../.. && pwd)/build/npm}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

[ -x "$sockstate" ] || skip_all "$sockstate is not built"
command -v node >/dev/null || skip_all "node is not installed"
[ -d "$modules/node_modules/@duckdb/node-api" ] ||
	skip_all "DuckDB is not there: npm install --prefix build/npm @duckdb/node-api"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0

is() # got, want, name
{
	n=$((n + 1))
	if [ "$1" = "$2" ] && [ -n "$2" ]; then
		echo "ok $n - $3"
	else
		failed=$((failed + 1))
		echo "not ok $n - $3"
		diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") | head -n 20 | sed 's/^/# /'
	fi
}

duckdb() # SQL; its rows
{
	{
		"$sockstate" fields --sql duckdb
		echo "COPY sockstate FROM '$work/lines.json' (FORMAT json);"
		printf '%s;\n' "$1"
	} >"$work/run.sql"
	node duckdb.mjs "$modules" "$work/run.sql" 2>&1
}

cat -- *.json old/*.json >"$work/lines.json"
# With what a run alone does not have: rates, quantiles and buckets of each interval, and labels.
"$sockstate" --json --interval 100ms --label env=prod --replay textbook.rec >>"$work/lines.json"

is "$(duckdb 'SELECT type, count(*) FROM sockstate GROUP BY type ORDER BY type')" \
	"$(jq -r .type "$work/lines.json" | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }')" "DuckDB: as many rows of each type"
is "$(duckdb 'SELECT sum(accept_wait_ns), sum(bytes_in), sum(in_old_ns), count(cookie), count(DISTINCT cookie) FROM sockstate')" \
	"$(jq -rs '[(map(.accept_wait_ns // 0) | add), (map(.bytes_in // 0) | add), (map(.in_old_ns // 0) | add),
		(map(select(.cookie)) | length), (map(.cookie // empty) | unique | length)] | join(" ")' "$work/lines.json")" \
	"DuckDB: the same sums"
is "$(duckdb 'SELECT count(*) FROM sockstate WHERE accepted')" "$(jq -s 'map(select(.accepted == true)) | length' "$work/lines.json")" \
	"DuckDB: truth values are truth values"
is "$(duckdb "SELECT sum(states_ns['ESTABLISHED']) FROM sockstate WHERE type = 'close'")" \
	"$(jq -s 'map(select(.type == "close") | .states_ns.ESTABLISHED // 0) | add' "$work/lines.json")" "DuckDB: objects are maps"
is "$(duckdb "SELECT DISTINCT labels['env'] FROM sockstate WHERE labels IS NOT NULL")" prod "DuckDB: labels"
echo "1..$n"
[ $failed = 0 ]
