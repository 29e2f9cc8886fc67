#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# --notable prints the one slow connection among fifty quick ones, whole; --only and --min-wait.
# shellcheck source-path=SCRIPTDIR source=live.sh
# shellcheck disable=SC2154 # variables of live.sh
. "$(dirname "$0")/live.sh"

passive_opens()
{
	nstat -asz 2>/dev/null | awk '$1 == "TcpPassiveOpens" { print $2 }'
}

# A connection that waits for accept() while the server is stopped, until the given command is true.
# None is left of those that the server has taken before it.
slow_one() # how many those are, command...
{
	until_true has_line "$work/server" ' close\([0-9]' "$1"
	until_true in_state close-wait 0 sport = ":$port"
	shift
	kill -STOP "$server"
	until_true stopped "$server"
	call_bg --bind-port "$slow_port" --send 0
	until_true in_state close-wait 1 sport = ":$port" # its FIN comes before accept()
	until_true "$@"
	kill -CONT "$server"
	wait "$client"
}

told_while_it_waits()
{
	has_line "$out" '"new":"ESTABLISHED","role":"server"'
}

# Seen by ss, and then as long as the threshold: time is what is waited for.
queued_for_long()
{
	in_state close-wait 1 sport = ":$port" && sleep 3.1
}

slow_port=$((port + 1))
serve
trace --notable --slow 3s --slow-handshake 3s --port "$port"
call --count 50 --send 0
slow_one 50 told_while_it_waits
until_true has_line "$out" '"type":"close".*"role":"server"'
stop_trace
is "$(q '[.[] | select(.role == "server" or .role == "client") | if .role == "server" then .rport else .lport // empty end] |
	unique | map(tostring) | join(" ")')" "$slow_port" "only the slow connection is printed"
is "$(q '[.[] | select(.role == "server") | .new // .type] | join(" ")')" \
	"SYN_RECV ESTABLISHED CLOSE_WAIT accept LAST_ACK CLOSE close" "with its whole story"
is "$(q 'map(select(.type == "summary")) | last | .unprinted')" $((2 * ($(passive_opens) - 1))) \
	"both ends of the others are counted, as nstat counts them"

trace --only accept,drop --min-wait 3s --port "$port"
call --count 50 --send 0
slow_port=$((port + 2))
slow_one 101 queued_for_long
comes 1 '.type == "accept"'
stop_trace
is "$(q '[.[] | select(.netns) | "\(.type) \(.rport) \(.accept_wait_ns >= 3000000000)"] | join(",")')" \
	"accept $slow_port true" "--only accept,drop --min-wait: its accept line alone"

# ---- a loss ----

launch --strict --ring-size 4096 --netns self --port "$port"
ready
kill -STOP "$tracer"
until_true stopped "$tracer"
call --count 200 --send 0
kill -CONT "$tracer"
comes 1 '.type == "lost"'
kill -INT "$tracer"
wait "$tracer"
is $? 7 "--strict: exit code 7 after a loss"
ok "$(grep -q 'facts are being lost (ringbuf): make --ring-size larger' "$work/err"; echo $?)" "named on standard error, with a remedy"
done_testing
