#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A million lines of the lab go by `sockstate ship` into a ClickHouse that is stopped and killed meanwhile: each line is
# there, and the query for duplicates tells of each that is there twice. Where the spool is too small, what is missing
# is what ship has counted. The lines are replays of one recording of the lab, each under a run of its own.
# shellcheck source-path=SCRIPTDIR source=stored.sh
. "$(dirname "$0")/stored.sh"

# ---- the lines ----

connections=10000
"$sockstate" --netns self --port "$port" --ring-size 64M --record "$work/lab.rec" -o summary >"$work/summary" 2>"$work/err" </dev/null &
tracer=$!
pids+=("$tracer")
ready
serve --backlog 4000 --quiet
call --count $connections --parallel 64 --quiet
is "$(grep -o "$connections connected" "$work/client")" "$connections connected" "the lab makes $connections connections"
kill -INT "$tracer"
wait "$tracer"
end "$server"
replay() { "$sockstate" --json --replay "$work/lab.rec" --label "run=$1" --label node=one --label service=shop --label deploy=v1; }
replay r1 >"$work/one.json"
is "$(grep -c '^{"type":"accept"' "$work/one.json")" $connections "the recording has each of them, accepted"
number=$(wc -l <"$work/one.json")
copies=$((1000000 / number + 1))
all=$((number * copies))
old_lines <"$work/one.json" | jq -c 'del(.ts)' | head -n 3000 >"$work/by_perl"
jq -c --arg wide "$(wide_keys)" '(.labels // {}) as $l | ($wide | split("\n")) as $w | with_entries(select(.key | IN($w[]) | not)) + $l | del(.ts)' \
	"$work/one.json" | head -n 3000 >"$work/by_jq"
ok "$(diff <(jq -cS . "$work/by_perl") <(jq -cS . "$work/by_jq") | wc -c)" "for 18.16, lines lose their objects and nothing else"

"$sockstate" fields --sql clickhouse >"$work/ddl"

ok "$(for f in "$work/ddl" "$sql/columns.sql" "$sql/views.sql"; do old_ddl <"$f" | clickhouse_client --multiquery || echo "$f"; done | wc -c)" \
	"it takes the table, the columns and the views"

# ---- to a server that goes away twice ----

# Who stores has to wait for who traces.
nice="nice -n 19"
cat >"$work/insert" <<-S
	set -o pipefail
	$nice perl "$fleet/old_lines" "$(wide_keys | grep -vx labels | paste -sd '|')" |
		$nice nsenter --net="/proc/$clickhouse_ns/ns/net" clickhouse-client --port 19000 --query 'INSERT INTO sockstate FORMAT JSONEachRow'
S
feed() { for ((i = 1; i <= copies; i++)); do replay "r$i"; done; }
# Asking takes long itself.
there() { sleep 0.5; [ "$(ask 'SELECT count() FROM sockstate')" -ge "$1" ] 2>/dev/null; }
complained() { [ "$(grep -c 'ended with exit code' "$work/said")" -gt "$1" ]; }
: >"$work/said"
begin=${EPOCHREALTIME/./}
{
	feed
	echo "${EPOCHREALTIME/./}" >"$work/fed"
} | "$sockstate" ship --spool "$work/spool" --batch 16M --retry 1s --drain 500s -- bash "$work/insert" 2>"$work/said" &
ship=$!
pids+=("$ship")
patience=120 until_true there 1
ok $? "lines arrive while others come"
stop_clickhouse
until_true complained 0
ok $? "the server is stopped: $(grep -m 1 'ended with' "$work/said" | sed 's/.*ship: //')"
start_clickhouse
before=$(ask 'SELECT count() FROM sockstate')
patience=120 until_true there $((before + 1))
ok $? "the server is back, and lines arrive"
failed_before=$(grep -c 'ended with exit code' "$work/said")
stop_clickhouse -KILL
until_true complained "$failed_before"
ok $? "the server is killed"
start_clickhouse
patience=400 until_true test -s "$work/fed"
# Its own time, without that of its commands.
cpu_ms=$(awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print int(($12 + $13) * 1000 / hz) }' "/proc/$ship/stat")
wait $ship
is $? 0 "ship ends with 0"
end=${EPOCHREALTIME/./}
took=$(($(cat "$work/fed") - begin))
echo "# $all lines came in $((took / 1000)) ms, $((all * 1000000 / took)) a second; the last was there after $(((end - begin) / 1000)) ms"
ok "$([ $((cpu_ms * 100)) -le "$all" ]; echo $?)" "ship took them with $cpu_ms ms of CPU time: more than 100,000 a second"
is "$(tail -n 1 "$work/said" | sed 's/.*ship: //')" "$all lines came, $all arrived, 0 dropped, 0 left in $work/spool" "it says so"
is "$(ask 'SELECT uniqExact(run, seq), uniqExact(run) FROM sockstate' | tr '\t' ' ')" "$all $copies" "$all different lines are there: all of them"
there=$(ask 'SELECT count() FROM sockstate')
lost=$(grep -v ^-- "$sql/lost.sql" | sed 's/86400/864000/')
duplicates=$(grep -v ^-- "$sql/duplicates.sql" | sed 's/86400/864000/')
is "$(ask "SELECT sum(lines_twice), sum(lines_missing) FROM ($lost)" | tr '\t' ' ')" "$((there - all)) 0" "lost.sql: $((there - all)) of them twice, none missing"
is "$(ask "SELECT sum(lines - different) FROM ($duplicates)")" "$((there - all))" "  and duplicates.sql says the same"
is "$(ask "SELECT sum(accept_wait_ns), sum(bytes_in) FROM sockstate WHERE run = 'r$copies'" | tr '\t' ' ')" \
	"$(jq -rn 'reduce inputs as $l ([0, 0]; [.[0] + ($l.accept_wait_ns // 0), .[1] + ($l.bytes_in // 0)]) | join(" ")' "$work/one.json")" \
	"the sums of a run are those of its lines"
is "$(ask 'SELECT sum(accepts), sum(handshakes) FROM sockstate_minutes' | tr '\t' ' ')" \
	"$(ask "SELECT countIf(type = 'accept'), countIf(type = 'state' AND new = 'ESTABLISHED' AND role = 'server') FROM sockstate" | tr '\t' ' ')" \
	"the view has counted every line that was inserted"

# ---- an answer that is lost, and a spool that is too small ----

few=20000
few() { replay "$1" | head -n $few; }
ship() { "$sockstate" ship --spool "$work/spool" --drain 500s "$@" 2>>"$work/said"; }
cat >"$work/answer_lost" <<-S
	bash "$work/insert" || exit
	[ -e "$work/once" ] || { touch "$work/once"; exit 1; }
S
few again | ship --retry 50ms -- bash "$work/answer_lost"
is "$(ask "SELECT run, lines, different FROM ($duplicates) WHERE run = 'again'" | tr '\t' ' ')" "again $((2 * few)) $few" \
	"an answer that is lost: every line twice, and duplicates.sql tells"
stop_clickhouse
few small | ship --keep 2M --batch 512K --drain 200ms -- bash "$work/insert"
is $? 7 "a spool that is too small"
read -r dropped left < <(sed -n '$s/.* \([0-9]*\) dropped, \([0-9]*\) left.*/\1 \2/p' "$work/said")
is $((dropped + left)) $few "$dropped dropped and $left left are all that came"
start_clickhouse
ship -- bash "$work/insert" </dev/null
is "$(ask "SELECT lines, lines_missing FROM ($lost) WHERE run = 'small'" | tr '\t' ' ')" "$left $dropped" \
	"what is left arrives, and lost.sql finds as many missing as were dropped, the first one too"
replay headless | sed -n '11,60s/"ts":"..../"ts":"2020/p; 61,110p' | ship -- bash "$work/insert"
is "$(ask "SELECT lines, lines_missing FROM ($lost) WHERE run = 'headless'" | tr '\t' ' ')" "100 10" \
	"a run that begins before the day: its ten first lines are missing, and those of before are not"
done_testing
