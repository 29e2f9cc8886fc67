# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# ftrace as the witness of every transition. Sourced after live.sh, in a mount namespace of the test's own.
#
#	ftrace_begin			# from now on, of $port to $last_port (the same, where nothing else is said)
#	...
#	ftrace_end			# $work/happened and $work/hidden: lines "OLD NEW"
#
# A sandbox may exempt its own agent, process 1, from BPF: transitions in a softirq that interrupts it are hidden from
# every BPF program (docs/explain/verify.md), and ftrace sees them. Those are in $work/hidden too.
# shellcheck disable=SC2154 # port, work and out are of live.sh

ftrace_instance() # name, kilobytes for each CPU
{
	local dir=/sys/kernel/tracing/instances/sockstate.$1.$$ event last=${last_port:-$port}
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing 2>/dev/null
	mkdir "$dir" || return
	event=$dir/events/sock/inet_sock_set_state
	echo "$2" >"$dir/buffer_size_kb"
	echo "(sport >= $port && sport <= $last) || (dport >= $port && dport <= $last)" >"$event/filter"
	if [ "$1" = hidden ] && [ -z "${SOCKSTATE_VM-}" ]; then
		(cd /proc/1/task && echo ./*) | tr -d './' >"$dir/set_event_pid"
		echo 1 >"$dir/options/event-fork"
	fi
	echo 1 >"$event/enable"
}

ftrace_begin()
{
	ftrace_instance happened 65536 || return
	[ -n "${SOCKSTATE_VM-}" ] || ftrace_instance hidden 8192
}

ftrace_end()
{
	local name dir
	: >"$work/hidden"
	for name in happened hidden; do
		dir=/sys/kernel/tracing/instances/sockstate.$name.$$
		[ -d "$dir" ] || continue
		echo 0 >"$dir/events/sock/inet_sock_set_state/enable"
		sed -n 's/.* oldstate=TCP_\([A-Z_0-9]*\) newstate=TCP_\([A-Z_0-9]*\).*/\1 \2/p' "$dir/trace" >"$work/$name"
		ftrace_overrun=$(cat "$dir"/per_cpu/cpu*/stats | awk '/^(overrun|dropped events):/ { n += $NF } END { print n + 0 }')
		rmdir "$dir"
		[ "$ftrace_overrun" = 0 ] || return 1
	done
}

# Only what is hidden from BPF, of those ports, from now on; how much that was so far.
ftrace_hide()
{
	ftrace_gone
	[ -n "${SOCKSTATE_VM-}" ] || ftrace_instance hidden 8192
} 2>/dev/null
ftrace_hidden()
{
	local trace=/sys/kernel/tracing/instances/sockstate.hidden.$$/trace
	if [ -e "$trace" ]; then grep -c ' oldstate=TCP_' "$trace"; else echo 0; fi
}
# The same of what a packet filter drops.
ftrace_hide_drops()
{
	local dir=/sys/kernel/tracing/instances/sockstate.hidden.$$
	[ -z "${SOCKSTATE_VM-}" ] || return 0
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing 2>/dev/null
	mkdir "$dir" || return 0
	(cd /proc/1/task && echo ./*) | tr -d './' >"$dir/set_event_pid"
	echo 1 >"$dir/options/event-fork"
	echo 1 >"$dir/events/skb/kfree_skb/enable"
} 2>/dev/null
ftrace_hidden_drops()
{
	local trace=/sys/kernel/tracing/instances/sockstate.hidden.$$/trace
	if [ -e "$trace" ]; then grep -c ' kfree_skb: .*NETFILTER_DROP' "$trace"; else echo 0; fi
}
ftrace_gone() { rmdir /sys/kernel/tracing/instances/sockstate.*."$$" 2>/dev/null; }

# The transitions by kind: "OLD NEW happened told", those in process 1 taken off. Lines are read with --raw.
transitions()
{
	sed -n 's/.*"type":"state".*"old":"\([A-Z_0-9]*\)","new":"\([A-Z_0-9]*\)".*/\1 \2/p' "$out" >"$work/told"
	awk 'FILENAME ~ /happened$/ { n[$0]++; next }
		FILENAME ~ /hidden$/ { n[$0]--; next }
		{ told[$0]++ }
		END { for (kind in n) print kind, n[kind], told[kind] + 0 }' "$work/happened" "$work/hidden" "$work/told" | sort
}
