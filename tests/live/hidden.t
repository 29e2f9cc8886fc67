#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# No event is hidden: under load every transition is in the stream, or in what it says is lost.
# Witnesses: nstat of the namespace, the lab's tally and, where there is one, a trace instance of the kernel.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"
load=${HIDDEN_LOAD:-600}
may_lose=yes # and then says how much

transitions='SYN_SENT ESTABLISHED,SYN_RECV ESTABLISHED,ESTABLISHED FIN_WAIT1,FIN_WAIT1 FIN_WAIT2,ESTABLISHED CLOSE_WAIT,CLOSE_WAIT LAST_ACK,LAST_ACK CLOSE'

trace=
begin_trace()
{
	local at
	for at in /sys/kernel/tracing /sys/kernel/debug/tracing; do
		if mkdir "$at/instances/sockstate-$$" 2>/dev/null; then trace=$at/instances/sockstate-$$; break; fi
	done
	[ -n "$trace" ] || return
	trap 'end_trace; end_all case' EXIT
	echo 16384 >"$trace/buffer_size_kb"
	echo "sport == $port || dport == $port" >"$trace/events/sock/inet_sock_set_state/filter" &&
		echo 1 >"$trace/events/sock/inet_sock_set_state/enable"
}
end_trace()
{
	[ -n "$trace" ] || return
	echo 0 >"$trace/events/sock/inet_sock_set_state/enable"
	sed -n 's/.*protocol=IPPROTO_TCP.*oldstate=TCP_\([A-Z_0-9]*\) newstate=TCP_\([A-Z_0-9]*\).*/\1 \2/p' "$trace/trace" | sort | uniq -c >"$dir/trace"
	overrun=$(cat "$trace"/per_cpu/cpu*/stats | awk '/^overrun|^dropped/ { n += $2 } END { print n + 0 }')
	rmdir "$trace"
	trace=
}

# The stream is long: its lines are counted by their text, not parsed.
lost() { grep -F '{"type":"lost"' "$out" | jq -s 'map(.count) | add // 0'; }
told() { grep -F "\"old\":\"$1\",\"new\":\"$2\",\"role\":\"${3-}" "$out" | grep -cF "\"netns\":$ns,"; } # old, new, role
type_of() { grep -F "{\"type\":\"$1\"" "$out" | grep -F "\"netns\":$ns," | grep -cF "\"role\":\"${2-}"; } # type, role

# Two clients, each with many connections at once, and a server with two threads.
run_load() # what to do before it
{
	server --addr 127.0.0.1 --backlog 4000 --threads 2 --quiet
	[ $# = 0 ] || "$@"
	"$lab" client --port "$port" --count "$load" --parallel 100 --quiet >"$dir/client" 2>&1 </dev/null &
	local one=$!
	"$lab" client --port "$port" --count "$load" --parallel 100 --quiet >"$dir/client2" 2>&1 </dev/null
	wait $one
	# The kernel is done when no server connection is left.
	until_true server_is_done
}

server_is_done() { [ "$(ss -tanH state established state close-wait state last-ack "sport = :$port" | wc -l)" = 0 ]; }

# "OLD NEW" of what ran in process 1, where no BPF program runs
in_one()
{
	[ -z "${witness-}" ] ||
		sed -nE "s/.* inet_sock_set_state: .* [sd]port=$port .*oldstate=TCP_([A-Z_0-9]+) newstate=TCP_([A-Z_0-9]+).*/\1 \2/p" "$witness/trace"
}

case_load()
{
	no_timers
	start_tracer "$dir/stream" --port "$port" || return
	run_load begin_trace
	until_true grown_up
	end_trace
	in_one >"$dir/in_one"
	stop_server
	stop_tracer
	lost=$(lost)
	missing=$(($(counter TcpPassiveOpens) - $(told SYN_RECV ESTABLISHED server)))
	missing=$((missing + $(counter TcpActiveOpens) - $(told SYN_SENT ESTABLISHED client)))
	missing=$((missing - $(grep -cE '^SYN_(RECV|SENT) ESTABLISHED$' "$dir/in_one")))
	ok "handshakes of nstat: $missing missing, $lost told as lost" [ $missing -ge 0 -a $missing -le "$lost" ]
	accepts=$(type_of accept)
	ok "each is accepted, or lost: $accepts of $((2 * load))" [ "$accepts" -le $((2 * load)) -a $((accepts + lost)) -ge $((2 * load)) ]
	is "$(tail -n 1 "$out" | jq .lost)" "$lost" 'summary has what was lost'
	# It holds files while it walks them, and then closes what their owner has let go.
	is "$(grep -cF "\"pid\":$tracer_pid," "$out")" 0 'the tracer owns no socket'
	if [ ! -e "$dir/trace" ]; then
		skip 'transitions as a trace instance of the kernel has them' 'no tracefs here'
		return
	fi
	all=0
	while read -r old new; do
		kernel=$(awk -v o="$old" -v n="$new" '$2 == o && $3 == n { print $1 }' "$dir/trace")
		kernel=$((${kernel:-0} - $(grep -cx "$old $new" "$dir/in_one")))
		ours=$(told "$old" "$new")
		all=$((all + ${kernel:-0} - ours))
		ok "$old -> $new: ${kernel:-0} in the kernel's trace, $ours told, $lost lost" \
			[ "$ours" -le "${kernel:-0}" -a $((ours + lost)) -ge "${kernel:-0}" ]
	done <<<"${transitions//,/$'\n'}"
	is "$overrun" 0 'the trace itself has lost nothing'
	ok "all in all $all missing" [ $all -le "$lost" ]
}
grown_up() { [ $(($(type_of close server) + $(lost))) -ge $((2 * load)) ]; }

# A reader that does not read: the ring runs over, and that is told.
case_overrun()
{
	start_tracer "$dir/stream" --port "$port" --ring-size 64K || return
	kill -STOP "$tracer_pid"
	until_true stopped "$tracer_pid"
	load=300 run_load
	kill -CONT "$tracer_pid"
	until_true ring_loss
	stop_server
	stop_tracer
	lost=$(lost)
	is "$(jq -s 'map(select(.type == "lost") | .lost_at) | unique - ["recursion"]' -c "$out")" '["ringbuf"]' 'a full ring is told'
	is "$(jq -s 'map(select(.type == "lost")) | last | .total' "$out")" "$lost" 'with the sum'
	is "$(tail -n 1 "$out" | jq .lost)" "$lost" 'which the summary repeats'
	missing=$(($(counter TcpPassiveOpens) + $(counter TcpActiveOpens) -
		$(told SYN_RECV ESTABLISHED server) - $(told SYN_SENT ESTABLISHED client)))
	ok "$missing handshakes are missing, $lost facts lost" [ $missing -gt 0 -a $missing -le "$lost" ]
}
ring_loss() { [ "$(lost)" -gt 0 ]; }

# What is nested in set_state runs its code, too, and must not write over its stack. Witness: the kernel's machine code.
case_nested()
{
	local options others programs=${PRIVATE_STACKS:-$root/build/tests/live/private_stacks}
	[ "$(uname -m)" = x86_64 ] || { skip 'no private stack' 'not x86-64'; return; }
	others=$(loaded)
	for options in --json '--summary --json'; do
		# shellcheck disable=SC2086 # words
		"$sockstate" $options --port "$port" >"$dir/lines" 2>&1 </dev/null &
		pids+=($!)
		until_true loaded_beside 2
		"$programs" | sort -u >"$dir/programs"
		kill -INT $!
		wait $!
		until_true loaded_beside 0 # the kernel lets go of them when nobody can be in them any more
		is "$(grep ^set_state "$dir/programs" | paste -sd,)" 'set_state 0,set_state_misse 0' "$options: set_state has no private stack"
	done
	grep -q ' 1$' "$dir/programs" || echo "# this kernel gives none to any program"
}
loaded() { "$programs" | grep -c '^set_state'; }
loaded_beside() { [ "$(loaded)" = $((others + $1)) ]; }

at_once=1
run_cases load overrun nested
