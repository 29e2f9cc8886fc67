#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The questions of an incident, packaging/clickhouse/*.sql, over an incident that the lab makes: a deploy after which one
# server sleeps instead of accepting, one is slow, one has no room for ACKs and one dies. The answers are compared with
# ss, nstat, the lab's tally, and with jq over the same lines. Debian's ClickHouse 18.16 answers, and chDB of npm, which
# is the engine of this year:
#
#	npm install --prefix build/npm chdb
# shellcheck source-path=SCRIPTDIR source=stored.sh
. "$(dirname "$0")/stored.sh"
sleeps=$port slow=$((port + 1)) full=$((port + 2)) dies=$((port + 3))
labelled() { trace --port "$port-$dies" --label node=one --label service=shop --label "deploy=$1" --label "run=$2" "${@:3}"; }
counter() { nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'; }
at_least() { [ "$(counter "$1")" -ge "$2" ]; }

# ---- before: all is well; and a run that loses facts, for its tracer is stopped while they come ----

labelled v1 lossy --ring-size 64K
serve --backlog 4000
kill -STOP "$tracer"
call --count 3000 --parallel 64 --quiet
kill -CONT "$tracer"
stop_trace
labelled v1 good
call --count 40 --parallel 4
is "$(grep -o '40 connected' "$work/client")" "40 connected" "before the deploy, 40 connections"
comes 40 '.type == "close" and server'
stop_trace
end "$server"

# ---- after ----

labelled v2 bad --why-after 500ms --name-syn-drops
serve --port $sleeps --backlog 2 --stall sleep --name sleeper
sleeper=$server
on_one_cpu=$one_cpu call_bg --count 6 --timeout 2500 --keep-going --hold forever
sleepers_client=$client
serve --port $slow --backlog 64 --accept-every 30 --name slow
call_bg --port $slow --count 40 --hold 2500 --close rst
slows_client=$client
serve --port $dies --backlog 8 --never-accept --name dies
call_bg --port $dies --count 5 --hold forever
waits_at() { [ "$(ss -Htln "sport = :$1" | awk '{ print $2 }')" = "$2" ]; }
until_true waits_at $dies 5
ok $? "five wait at the server that dies"
kill -KILL "$server"
{ wait "$server"; } 2>/dev/null
overflows=$(counter TcpExtListenOverflows)
serve --port $full --addr 0.0.0.0 --backlog 2 --never-accept --name full
call_bg --port $full --bind-port 40001 --hold forever --raw '
	use 1; syn; wait-synack timeout=20000; ack
	use 2; syn; wait-synack timeout=20000; ack
	use 3; syn; wait-synack timeout=20000
	use 4; syn; wait-synack timeout=20000
	use 3; ack
	use 4; ack; data 7'
until_true waits_at $full 3
wait "$slows_client"
until_true in_state syn-sent 0
ok $? "the refused clients have given up"
until_true at_least TcpExtListenOverflows $((overflows + 2))
drops() { jq -s 'map(select(.type == "drop") | .count) | add // 0' "$out"; }
told() { [ "$(drops)" = "$(counter TcpExtListenDrops)" ]; }
until_true told
comes 40 '.type == "close" and server and .lport == '$slow
comes 5 '.type == "close" and server and .lport == '$dies
comes 1 ".type == \"why\" and .lport == $sleeps"

# ---- into both engines ----

# The tracer runs on, and so do those who wait: the last line may not be whole yet.
cat "$work"/lines.[0-9]* | grep '}$' >"$work/all.json"
# What is no refusal, though a line of type drop tells it: as of a scanner that never sends its ACK, and a packet filter.
# Numbered as if the run before had gone on.
nothing='["bad_signature","socket_filter","ipsec_policy","min_ttl","netfilter","request_expired","client_unreachable"]'
jq -cs --argjson nothing "$nothing" '(map(select(.labels.run == "good")) | last) as $last | map(select(.type == "drop")) | first |
	. as $drop | $nothing | to_entries[] | .key as $i | .value as $reason | $drop |
	.drop_reason = $reason | .count = 1000 | .seq = $last.seq + 1 + $i | .labels = $last.labels' "$work/all.json" >"$work/nothing.json"
is "$(wc -l <"$work/nothing.json")" 7 "and seven lines of drops that are no refusals"
cat "$work/nothing.json" >>"$work/all.json"
old_lines <"$work/all.json" >"$work/old.json"

"$sockstate" fields --sql clickhouse >"$work/ddl.sql"
ok "$(for f in "$work/ddl.sql" "$sql/columns.sql" "$sql/views.sql"; do old_ddl <"$f" | clickhouse_client --multiquery || echo "$f"; done | wc -c)" \
	"it takes the table, the columns and the views"
ok "$(clickhouse_client --query 'INSERT INTO sockstate FORMAT JSONEachRow' <"$work/old.json" | wc -c)" "and every line"
of_old() { clickhouse_client --multiquery <"$sql/$1.sql"; }

modules=${SOCKSTATE_NPM:-$root/build/npm}
if command -v node >/dev/null && [ -d "$modules/node_modules/chdb" ]; then
	echo 'SELECT version();' >"$work/version.sql"
	files=()
	for question in refused believe waits waiting never_accepted resets retransmits why lost deploys duplicates; do
		printf "SELECT '== %s';\n" $question >"$work/head.$question.sql"
		files+=("$work/head.$question.sql" "$sql/$question.sql")
	done
	# In a folder with a file named sockstate, chDB would take that for the table.
	cd "$work" || exit
	node "$fleet/chdb.mjs" "$modules" "$work/ddl.sql" "$sql/columns.sql" "$sql/views.sql" \
		"$sql/once.sql" "$work/version.sql" "$work/all.json" "$work/all.json" "${files[@]}" >"$work/new" 2>&1
	ok $? "ClickHouse $(head -n 1 "$work/new") takes all of it, and drops the batch that comes again" || head -n 5 "$work/new" | sed 's/^/# /'
	of_new() { awk -v want="== $1" '/^== / { on = $0 == want; next } on' "$work/new"; }
	engines="of_old of_new"
else
	skip 1 "ClickHouse of this year: npm install --prefix build/npm chdb"
	engines=of_old
fi
# A jq program over all lines of all runs: strings, one a row.
says() { jq -rs --argjson nothing "$nothing" "$filters def refusal: .type == \"drop\" and (.drop_reason | IN(\$nothing[]) | not); $1" "$work/all.json"; }
total() { awk -F '\t' -v c="$1" '{ s += $c } END { print s + 0 }'; } # of a column

questions()
{
	local of=$1 as=${1#of_}
	is "$($of refused | total 8)" "$(counter TcpExtListenDrops)" "$as: who was refused: as many as nstat counts"
	is "$($of refused | awk -F '\t' '{ print $3, $4 }' | sort -u)" "full $full
sleeper $sleeps" "$as:   by whom"
	is "$($of refused | awk -F '\t' '$5 != "\\N" { print $5, $7, $8 }' | sort)" \
		"$(says 'map(select(refusal and .raddr)) | group_by([.lport, .raddr, .segment, .drop_reason])[] | "\(.[0].raddr) \(.[0].drop_reason) \(map(.count) | add)"' | sort)" \
		"$as:   each client"
	is "$($of believe | awk -F '\t' '$3 == "connected" { print $2, $4 }')" \
		"$(says 'map(select(.client_believes_established and refusal)) | group_by(.lport)[] | "\(.[0].lport) \(map(.count) | add)"')" \
		"$as: what refused clients believe"
	is "$($of believe | total 4)" "$(counter TcpExtListenDrops)" "$as:   of all of them"
	$of waits | awk -F '\t' -v p=$slow '$2 == p { print $4, $5 }' >"$work/waits"
	is "$(awk '{ n += $1 } END { print n }' "$work/waits")" 40 "$as: p99 wait by service and minute: of the 40 that the lab made"
	# The lab accepts one each 30 ms: from the first arrival to the last accept() it takes 1,170 ms at least.
	ok "$(jq -ens --slurpfile all <(jq -c "select(.type == \"accept\" and .lport == $slow) | [.accept_wait_ns / 1e6, .t_ns / 1e6]" "$work/all.json") \
		--arg got "$(sed 's/.*\[.*,\(.*\)\]/\1/' "$work/waits" | sort -n | tail -n 1)" \
		'($all | map(.[0]) | sort) as $w | ($got | tonumber) as $p | $p >= $w[35] and $p <= $w[39] + 0.001
			and ($all | (map(.[1]) | max) - (map(.[1] - .[0]) | min)) >= 1150' >/dev/null; echo $?)" \
		"$as:   $(xargs <"$work/waits") ms, among the longest that jq finds"
	is "$($of waiting | awk -F '\t' '{ print $4, $6 }' | sort)" \
		"$(ss -Htn state established "sport = :$sleeps or sport = :$full" | awk '{ sub(/.*:/, "", $3); sub(/.*:/, "", $4); print $3, $4 }' | sort)" \
		"$as: who waits now: those that ss shows"
	is "$($of never_accepted | awk -F '\t' '{ print $3, $4, $6 }')" "dies $dies 5" "$as: who never accepted"
	is "$($of resets | awk -F '\t' '{ print $4, $5, $6, $8 }' | sort)" \
		"$(says 'map(select(.type == "reset")) | group_by([.comm, .role, .dir, .reset_reason, .kernel_reason])[] |
			"\(.[0].role // "\\N") \(.[0].dir) \(.[0].reset_reason // "\\N") \(length)"' | sort)" "$as: resets by reason"
	is "$($of resets | awk -F '\t' '$3 == "slow" && $5 == "received" { print $8 }')" 40 "$as:   with the 40 that the lab sent"
	is "$($of retransmits | awk -F '\t' -v p=$sleeps '$2 == "syn" && $4 == p { print $5, $6 }')" \
		"$(says "map(select(.type == \"retransmit\" and .what == \"syn\" and .rport == $sleeps)) | \"\(length) \(map(.cookie) | unique | length)\"")" \
		"$as: SYNs that were sent again"
	is "$($of why | awk -F '\t' -v p=$sleeps '$5 == p { print $4, $6, $7 }')" \
		"$(says "map(select(.type == \"why\" and .lport == $sleeps)) | group_by(.diagnosis)[] | \"$sleeper \(.[0].diagnosis) \(length)\"")" \
		"$as: what programs did instead: the pid is the lab's"
	ok "$($of why | cut -f 8 | grep -q 'sleep'; echo $?)" "$as:   $($of why | awk -F '\t' -v p=$sleeps '$5 == p { print $8 }' | head -n 1 | cut -c 1-100)"
	is "$($of lost | awk -F '\t' '{ print $2, $4, $6, $7 }' | sort)" "bad 0 0 0
good 0 0 0
lossy $(jq 'select(.type == "summary") | .lost' "$work/lines.1") 0 0" "$as: lost facts by host and run"
	is "$($of deploys | awk -F '\t' '{ print $2, $4, $5, $6, $7 }')" "$(says '[["v1", "v2"][] as $d | map(select(.labels.deploy == $d)) |
		"\($d) \(map(select(.type == "state" and .new == "ESTABLISHED" and .role == "server")) | length) \(map(select(.type == "accept")) | length
		) \(map(select(refusal) | .count) | add // 0) \(map(select(.type == "close" and .accepted == false)) | length)"] | .[]')" \
		"$as: before and after the deploy"
	ok "$($of duplicates | wc -c)" "$as: no line is there twice"
}
for engine in $engines; do questions "$engine"; done
is "$(($(jq 'select(.type == "summary") | .lost' "$work/lines.1") > 0))" 1 "the stopped tracer did lose facts"
kill "$sleepers_client"
stop_trace
done_testing
