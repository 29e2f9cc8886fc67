#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate list: what is open now, worst first. Witnesses: ss -tanpie, and the lab's own clock.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"
# A FIN that is sent twice meets a socket that is gone; its RST would end TIME_WAIT.
sysctl -qw net.ipv4.tcp_rfc1337=1

list() # options...; lines of this namespace to $out
{
	out=$work/list
	"$sockstate" list --json --netns self "$@" >"$out" 2>"$work/err"
}

table() # options...; as a terminal of 80 columns would show it, to $work/table
{
	COLUMNS=80 LC_ALL=C.UTF-8 "$sockstate" list --netns self "$@" >"$work/table" 2>"$work/err"
}

now_ns()
{
	perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e 'printf "%.0f\n", clock_gettime(CLOCK_MONOTONIC) * 1e9'
}

# ---- two in the accept queue, one two seconds after the other ----

unread() { [ "$(ss -Htan state established "( sport = :$port )" | awk '{ n += $1 } END { print n + 0 }')" = "$1" ]; }

serve --never-accept --backlog 5
before=$(now_ns)
call_bg --count 1 --send 7 --hold forever --close never
until_true in_state established 1 "( sport = :$port )"
until_true unread 7
first=$(now_ns)
read -rt 2 -u "$never" || true # the second client comes later: the tests' own measure
call_bg --count 1 --send 0 --hold forever --close never
until_true in_state established 2 "( sport = :$port )"
second=$(now_ns)
list --state queued
looked=$(now_ns)
witness=$(ss -Htane state established "( sport = :$port )" | awk '{ print $1, $4 }' | sort)
ss_queue=$(ss -Htan state listening "( sport = :$port )" | awk '{ print $1, $2 }')
judge --argjson before "$before" --argjson first "$first" --argjson second "$second" --argjson looked "$looked" --argjson pid "$server" '
	is("two queued connections, the longest wait first"; map(.accept_wait_ns) | [length, . == (sort | reverse)]; [2, true]),
	is("both are marked, of a server, and with a listener"; map([.type, .queued, .role, .listener > 0, .state]) | unique;
		[["socket", true, "server", true, "ESTABLISHED"]]),
	is("who should take them is the owner of the listener"; map([.pid, .comm]) | unique; [[$pid, "sockstate-lab"]]),
	holds("the first has waited since its handshake, give or take two clock ticks";
		(.[0].t_ns - .[0].accept_wait_ns) as $begin | $begin <= $first + 20000000 and $begin >= $before - 100000000),
	holds("the second two seconds less"; (.[0].accept_wait_ns - .[1].accept_wait_ns) as $d |
		$d >= 1980000000 and $d <= ($second - $before) + 100000000),
	holds("neither is younger than the last look at it"; all(.[]; .t_ns <= $looked))'
is "$(q 'map("\(.unread_bytes) \(.raddr):\(.rport)") | sort | .[]')" "$witness" "ss: the same bytes unread, from the same peers"
is "$(q '.[0] | "\(.accept_queue) \(.backlog)"')" "$ss_queue" "ss: the same queue and limit"
is "$(q '.[0].cookie')" "$(ss_cookie state established "( sport = :$port )" "( dport = $(q '.[0].rport') )")" "ss: the same cookie"
# As long as the first has waited by now; on a busy machine the second may come to that before the look.
first_alone()
{
	list --state queued
	list --min-wait "$(q '.[0].accept_wait_ns / 1000000 | floor')"
	[ "$(q 'map(.queued) | length')" = 1 ]
}
until_true first_alone
ok $? "--min-wait: the first alone"
table
is "$(sed -n '2s/ .*//p' "$work/table")" QUEUED "the first row of the table is a queued one"
end "${pids[@]}"
pids=()

# ---- a program that does not close; TIME_WAIT ----

port=$((port + 1))
serve --hold
call --count 3 --send 7
until_true has_line "$work/server" 'accept.* = [0-9]+' 3
until_true in_state close-wait 3 "( sport = :$port )"
list --state CLOSE_WAIT
is "$(q 'map("\(.lport) \(.pid) \(.fd) \(.state)") | sort | .[]')" \
	"$(ss -Htanp state close-wait "( sport = :$port )" | sed -nE "s/.*pid=([0-9]+),fd=([0-9]+).*/$port \1 \2 CLOSE_WAIT/p" | sort)" \
	"CLOSE_WAIT, owner and descriptor: as ss -tanp has them"
is "$(q 'map(.in_state_basis) | unique')" '["at_least"]' "how long is a lower bound, and says so"
end "$server"
port=$((port + 1))
serve
call --count 4 --close shutdown
until_true in_state time-wait 4 "( dport = :$port )"
table --port "$port"
ok "$(grep -q "4 TIME_WAIT not listed (--state TIME_WAIT)" "$work/table"; echo $?)" "TIME_WAIT is counted, not listed"
ok "$(! grep -q '^TIME_WAIT' "$work/table"; echo $?)" "  no row of it"
list --port "$port" --state TIME_WAIT
judge 'is("--state TIME_WAIT lists them"; map(.state) | [length, (unique | .[])]; [4, "TIME_WAIT"]),
	holds("with the time since they began"; all(.[]; .in_state_ns < 60000000000 and .in_state_basis == null))'
end "$server"

# ---- again and again; a closed pipe; no rights ----

port=$((port + 1))
serve --never-accept
call_bg --count 1 --send 3 --hold forever --close never
until_true in_state established 1 "( sport = :$port )"
"$sockstate" list --netns self --watch 100ms --duration 1s >"$work/table" 2>"$work/err"
is "$?" 0 "--watch with --duration ends with 0"
"$sockstate" list --netns self --watch 100ms >"$work/table" 2>"$work/err" &
watcher=$!
pids+=("$watcher")
blocks() { [ "$(grep -c '^$' "$work/table")" -ge "$1" ]; }
until_true blocks 2
ok $? "  and prints blocks"
kill -INT "$watcher"
wait "$watcher"
"$sockstate" list --netns self --watch 100ms --json | head -n 1 >/dev/null
is "${PIPESTATUS[0]}" 0 "a reader that goes ends it quietly"

out=$work/list
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$sockstate" list --json >"$out" 2>"$work/err"
is "$?" 0 "without rights: exit code 0"
is "$(q 'map(select(.queued) | [.lport, .unread_bytes, .accept_queue, .pid]) | .[]')" "[$port,3,1,null]" "  what sock_diag shows, without the owner"
is "$(cat "$work/err")" "sockstate: only this network namespace, and the owners that /proc shows you: root sees all" "  and what is missing is said"
done_testing
