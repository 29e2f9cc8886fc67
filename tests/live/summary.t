#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --summary: what is counted in the kernel against nstat, ss, the lab's own tallies and delays that were made.
# shellcheck source-path=SCRIPTDIR source=live.sh
# shellcheck disable=SC2154 # variables of live.sh
. "$(dirname "$0")/live.sh"

count() # counters of nstat; their sum
{
	local IFS='|'
	nstat -asz 2>/dev/null | awk -v names="^($*)$" '$1 ~ names { sum += $2 } END { print sum + 0 }'
}

tally() # word before it in the client's tally: 20 connected
{
	sed -n "s/.*tally:.* \([0-9]*\) $1.*/\1/p" "$work/client"
}

accepted() # how many
{
	[ "$(server_accepts)" -ge "$1" ]
}

# The last listener lines of each, and the summary, as objects to look at.
# Others may use the same port in a namespace of theirs, so of the summary only our listeners.
last='(map(select(.type == "listener")) | group_by(.cookie) | map(last)) as $l | (map(select(.type == "summary")) | last |
	if . then .listeners |= map(select(.netns == $ns)) else . end) as $s | '
server_accepts() # how often accept() gave a connection, from the server's own words
{
	grep -cE 'accept4?\([0-9]+.*\) = [0-9]+' "$work/server"
}

# ---- counts ----

serve
# Without looks: an emulated machine is slow enough for some.
trace --summary --no-why --interval 200ms --port "$port"
call --count 300 --parallel 20
connected=$(tally connected)
until_true in_state established 0 sport = ":$port"
until_true accepted "$connected"
comes 2 '.type == "listener"'
stop_trace
is "$(q "$last"'$s.listeners[0] | "\(.completed) \(.accepts)"')" \
	"$(count TcpPassiveOpens) $(server_accepts)" "completed as nstat counts passive opens, accepts as the server tells them"
is "$(q "$last"'$l[0].transitions | "\(.SYN_RECV) \(.ESTABLISHED)"')" "$connected $connected" "transitions of the listener's side"
ordered "ESTABLISHED at both ends: active and passive opens, and those of others at this port" \
	"$(count TcpPassiveOpens TcpActiveOpens)" "$(q "$last"'$s.transitions.ESTABLISHED')" "$(($(count TcpPassiveOpens TcpActiveOpens) + 50))"
ordered "  and so the sums" "$connected" "$(q "$last"'$s.connections')" "$(q "$last"'$s.accepts + 50')" $((connected + 100))
is "$(q "$last"'$s.listeners[0] | "\(.completed) \(.accepts) \(.drops) \(.accept_wait.count)"')" \
	"$connected $connected $(count TcpExtListenDrops) $connected" "the listener's: completed, accepted, drops; each wait measured"
is "$(q 'map(.type) | unique')" '["listener","meta","summary"]' "no event is streamed"
is "$(q 'map(.seq) == [range(length)]')" true "no line is missing"
is "$(q "$last"'$s.lost')" 0 "nothing is lost"
is "$(q '[.[] | select(.type == "listener")] | length > 1 and all(.lport == '"$port"' and .pid == '"$server"')')" true \
	"a line each interval, with its owner"
before=$(count TcpPassiveOpens)
end "$server"

# ---- a listener that begins and ends while we look; two that share a port ----

trace --summary --interval 200ms --port "$port"
serve --workers 2
cookies=$(ss -Htlne sport = ":$port" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' | while read -r hex; do echo $((16#$hex)); done | sort -n | paste -sd,)
call --count 200 --parallel 20
until_true in_state established 0 sport = ":$port"
comes 4 '.type == "listener"'
accepts=$(server_accepts)
is "$(q "$last"'[$l[].cookie] | sort | map(tostring) | join(",")')" "$cookies" "SO_REUSEPORT: both listeners, by the cookies of ss"
end "$server"
sleep 0.5 # two intervals, in which it must have no line
stop_trace
is "$(q "$last"'[$s.listeners[].completed] | add')" $(($(count TcpPassiveOpens) - before)) "  their completed are what nstat counts"
is "$(q "$last"'[$s.listeners[].accepts] | add')" "$accepts" "  their accepts what the servers tell"
if [ "$(q '.[0].facts.enqueue.is')" != derived ] || q '.[0].facts.enqueue.why' | grep -q 'established just before'; then
	is "$(q "$last"'$s.listeners | all(.completed == .accepts and .completed > 0)')" true "  each accepted its own"
else
	skip 1 "this kernel does not tell whose child it is"
fi
is "$(q "$last"'$s.listeners | length')" 2 "  both stand in the summary after their end"
is "$(q "($last"'[$l[].t_ns] | max) < (map(select(.type == "summary")) | last | .t_ns)')" true "  and have no line any more"

# ---- a full queue ----

serve --backlog 1 --never-accept
drops=$(count TcpExtListenDrops)
opens=$(count TcpPassiveOpens)
trace --summary --interval 200ms --port "$port" --stuck 1
on_one_cpu=$one_cpu call --count 4 --timeout 1600 --keep-going --hold 3000
comes 1 '.verdict == "app_stuck"'
queue=$(ss -Htln sport = ":$port" | awk '{ print $2 " " $3 }')
stop_trace
is "$(q "$last"'$l[0] | "\(.accept_queue) \(.backlog)"')" "$queue" "a full queue: length and limit as ss shows them"
is "$(q "$last"'$s.listeners[0].drops')" $(($(count TcpExtListenDrops) - drops)) "  drops as nstat counts them"
is "$(q "$last"'$s.drops_by_reason | keys')" '["accept_queue_full"]' "  and why"
is "$(q "$last"'"\($l[0].verdict) \($s.listeners[0].completed) \($s.listeners[0].accepts) \($s.still_queued)"')" \
	"app_stuck $(($(count TcpPassiveOpens) - opens)) 0 ${queue% *}" "  verdict, completed, accepted, still queued"
is "$(q "$last"'$s.listeners[0] | has("accept_wait")')" false "  no wait was measured: absent"
end "$server"

# ---- what moves the listener's counter, and is no refusal ----

if have_tun; then
	serve --addr 0.0.0.0 --quiet
	drops=$(count TcpExtListenDrops)
	trace --summary --interval 200ms --port "$port"
	call --raw 'syn; wait-synack timeout=20000; rst; delay 200; again; again; again'
	comes 1 '.drops_total == [1-9]*'
	stop_trace
	ordered "RSTs to a listener move its counter" 1 "$(q "$last"'$l[0].drops_total')"
	is "$(q "$last"'"\($s.listeners[0].drops) \($s.drops_by_reason) \(map(.verdict // empty) | unique)"')" \
		"$(($(count TcpExtListenDrops) - drops)) {} [\"ok\"]" "  nobody was refused, as nstat says, and nothing is advised"
	end "$server"
else
	skip 3 "no TUN here"
fi

# ---- waits and handshakes of a known length ----

# No longer than the longest call took, by the shell's clock: the machine may have stood still.
longest=0
timed()
{
	local t=${EPOCHREALTIME/[.,]/}
	"$@"
	t=$((${EPOCHREALTIME/[.,]/} - t))
	[ $t -le $longest ] || longest=$t
}
most() { echo $(($1 > longest * 1000 ? $1 : longest * 1000)); } # ns
serve --accept-delay 200
trace --summary --port "$port"
# One after the other: none waits for the one before it.
three_times()
{
	for i in 1 2 3; do
		call --send 0 --close shutdown
		until_true accepted "$i"
	done
}
timed three_times
stop_trace
judge --argjson low 190000000 --argjson high "$(most 420000000)" "$last"'$s.listeners[0].accept_wait |
	holds("accept() 200 ms late: p50 says so"; .count == 3 and .p50_ns > $low and .p50_ns < $high and .max_ns >= .p50_ns)'
end "$server"

if have_tun; then
	serve --addr 0.0.0.0
	trace --summary --port "$port"
	longest=0
	for i in 1 2 3; do timed call --raw 'syn; wait-synack; delay 50; ack; data 7; fin' --bind-port $((40000 + i)); done
	until_true accepted 3
	stop_trace
	judge --argjson high "$(most 90000000)" "$last"'$s.listeners[0].handshake |
		holds("a client that takes 50 ms: handshakes of 50 ms"; .count == 3 and .p50_ns > 46000000 and .p50_ns < $high)'
	trace --summary --port "$port"
	again=$(count TcpExtTCPSynRetrans)
	longest=0
	timed call --raw 'syn; drop-synack; expect-synack-retransmit timeout=20000; ack; data 7; fin'
	until_true accepted 4
	again=$(($(count TcpExtTCPSynRetrans) - again))
	stop_trace
	judge --argjson again "$again" --argjson high "$(most 2000000000)" "$last"'$s |
		is("a SYN-ACK that is lost: sent again, as nstat counts"; .synack_retrans; $again),
		holds("  and a handshake of more than a second"; .listeners[0].handshake | .count == 1 and .p50_ns > 950000000 and .p50_ns < $high)'
	end "$server"
else
	skip 3 "no TUN device"
fi

# ---- IPv6, io_uring, other tables ----

serve --addr ::1
trace --summary --port "$port"
call --addr ::1 --count 5
until_true accepted 5
stop_trace
is "$(q "$last"'$s.listeners[0] | "\(.laddr) \(.completed) \(.accepts)"')" "::1 5 5" "IPv6"
end "$server"

if "$lab" server --io-uring --port 0 --quiet --duration 1 >/dev/null 2>&1; then
	serve --io-uring
	trace --summary --port "$port"
	call --count 5
	until_true accepted 5
	stop_trace
	is "$(q "$last"'$s.listeners[0] | "\(.completed) \(.accepts) \(.accept_wait.count)"')" "5 5 5" "accepts through io_uring"
	end "$server"
else
	skip 2 "no io_uring here"
fi

# ---- filters: two listeners, each there before ----

serve --addr 127.0.0.1
four=$server
serve --addr ::1
for filter in -4 -6 "--host 127.0.0.0/8" "--laddr ::1"; do
	case $filter in -6 | *:*) want=::1 ;; *) want=127.0.0.1 ;; esac
	# shellcheck disable=SC2086 # an option and its value
	trace --summary --port "$port" --interval 200ms $filter
	call --addr 127.0.0.1 --count 3
	call --addr ::1 --count 3
	comes 1 '.type == "listener" and .completed == 3'
	stop_trace
	is "$(q "$last"'[$s.listeners[] | select(.completed > 0) | "\(.laddr) \(.completed)"] | join(", ")')" "$want 3" "$filter: its connections alone"
done
end "$server" "$four"

serve
"$sockstate" --summary --port "$port" --interval 200ms >"$work/table" 2>"$work/err" </dev/null &
table=$!
pids+=("$table")
until_true has_line "$work/table" listener
call --count 7
until_true has_line "$work/table" 'connections.* 7 accepted' 3
kill -INT "$table"
wait "$table"
is "$(grep -c '^ *PORT' "$work/table" | awk '{ print ($1 > 3) }')" 1 "the table: a block each interval where there is no terminal"
is "$(tail -n 3 "$work/table" | sed -n 's/\(.* connections\).* \([0-9]* accepted\).*/\1 \2/p')" "7 connections 7 accepted" "  and the totals"
end "$server"

done_testing
