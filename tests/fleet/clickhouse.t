#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every recording goes into ClickHouse by the DDL that `sockstate fields --sql clickhouse` prints, without an option
# that forgives: as many rows of each type, and the same sums, as jq counts.
# Debian has 18.16; see clickhouse.sh.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="clickhouse-server clickhouse-client jq"
PATH=$PATH:/usr/sbin
. "$(dirname "$0")/fleet.sh"

# shellcheck source=clickhouse.sh
. "$(dirname "$0")/clickhouse.sh"
trap 'end_clickhouse; rm -rf "$work"' EXIT
start_clickhouse
ok $? "ClickHouse $(ask 'SELECT version()') answers" || sed 's/^/# /' "$work/clickhouse/log"

cd "$root/tests/replay" || exit
cat -- *.json old/*.json >"$work/all.json"
# With what a run alone does not have: rates and quantiles of each interval, and labels.
"$sockstate" --json --interval 100ms --label env=prod --replay textbook.rec >>"$work/all.json"
"$sockstate" fields --sql clickhouse >"$work/new.sql"

# Keys with objects or lists of them: ClickHouse of today takes them as a Map, or as the text that they are.
wide_keys >"$work/wide"
jq -r --rawfile wide "$work/wide" '($wide | split("\n")) as $w | to_entries[] |
	select((.value | type == "object" or (type == "array" and any(.[]; type == "object"))) or
		((.key | IN($w[])) and (.value | type != "string"))).key' "$work/all.json" | sort -u >"$work/nested"
is "$(grep -vxFf "$work/wide" "$work/nested")" "" "each key that has objects is a Map, or text"
jq -c --rawfile nested "$work/nested" '($nested | split("\n")) as $n | with_entries(select(.key | IN($n[]) | not))' "$work/all.json" >"$work/lines.json"
old_ddl <"$work/new.sql" | grep -vFf <(sed 's/.*/`&`/' "$work/nested") >"$work/old.sql"
is "$(ask "$(cat "$work/old.sql")")" "" "it takes the DDL"
is "$(ask 'INSERT INTO sockstate FORMAT JSONEachRow' <"$work/lines.json")" "" "and every line"
is "$(ask 'SELECT type, count() FROM sockstate GROUP BY type ORDER BY type' | tr '\t' ' ')" \
	"$(jq -r .type "$work/lines.json" | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }')" "as many rows of each type"
is "$(ask 'SELECT sum(accept_wait_ns), sum(bytes_in), sum(in_old_ns), count(cookie), uniqExact(cookie) FROM sockstate' | tr '\t' ' ')" \
	"$(jq -rs '[(map(.accept_wait_ns // 0) | add), (map(.bytes_in // 0) | add), (map(.in_old_ns // 0) | add),
		(map(select(.cookie)) | length), (map(.cookie // empty) | unique | length)] | join(" ")' "$work/lines.json")" "the same sums"
is "$(ask 'SELECT countIf(accepted = 1), countIf(accepted = 0), countIf(accepted IS NULL) FROM sockstate' | tr '\t' ' ')" \
	"$(jq -rs '[(map(select(.accepted == true)) | length), (map(select(.accepted == false)) | length),
		(map(select(.accepted == null)) | length)] | join(" ")' "$work/lines.json")" "truth values are true, false and unknown"
is "$(ask "SELECT arrayStringConcat(also, ' ') FROM sockstate WHERE notEmpty(also) ORDER BY t_ns, seq")" \
	"$(jq -rs 'map(select(.also)) | sort_by(.t_ns, .seq)[].also | join(" ")' "$work/lines.json")" "lists are lists"
done_testing
