#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Filters: what was asked for and nothing else. Several tracers look at the same traffic at once.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"
# A FIN that is sent twice meets a socket that is gone; its RST would end TIME_WAIT.
sysctl -qw net.ipv4.tcp_rfc1337=1

base=$port
declare -A lines
tracers=()
watch() # name, options...
{
	local name=$1
	shift
	launch "$@"
	lines[$name]=$out
	tracers+=("$tracer")
}

# Dual-stack and IPv6 only, there before the tracers.
servers=()
for n in 6 7; do
	port=$((base + n))
	[ $n = 6 ] && serve --addr :: --quiet
	[ $n = 7 ] && serve --addr :: --v6only --quiet
	servers+=("$server")
done
all=$base-$((base + 9))
watch list --port "$base,$((base + 2))-$((base + 4))" --port $((base + 9))
watch server --port "$all" --side server
watch client --port "$all" --side client
watch four --port "$all" -4
watch six --port "$all" -6
for pid in "${tracers[@]}"; do
	ready "$pid"
done

# Listeners on ports 0 to 5 and 9; port 5 is dual-stack, port 9 IPv6 only. The last connection is the sign that all has passed.
for n in 0 1 2 3 4 5 9; do
	port=$((base + n))
	case $n in
	5)	serve --addr :: --quiet ;;
	9)	serve --addr :: --v6only --quiet ;;
	*)	serve --quiet ;;
	esac
	servers+=("$server")
done
for n in 0 1 2 3 4 5; do
	port=$((base + n)) call --close shutdown
done
port=$((base + 5)) call --addr ::1 --close shutdown
port=$((base + 9)) call --addr ::1 --close shutdown
# The last of each tracer is a connection that it may see.
declare -A last=(
	[list]="server and .type == \"close\" and .lport == $((base + 9))"
	[server]="server and .type == \"close\" and .lport == $((base + 9))"
	[client]="client and .new == \"TIME_WAIT\" and .rport == $((base + 9))"
	[four]="server and .type == \"close\" and .lport == $((base + 5))"
	[six]="server and .type == \"close\" and .lport == $((base + 9))")
for name in "${!lines[@]}"; do
	out=${lines[$name]}
	comes 1 "${last[$name]}"
done
# Witness: what ss says is in TIME_WAIT at the clients.
witness=$(ss -Htan state time-wait | awk '{ sub(/.*:/, "", $4); print $4 }' | sort -n | uniq -c | awk -v base="$base" '{ printf "%s%d:%d", (NR > 1 ? " " : ""), $2 - base, $1 }')
is "$witness" "0:1 1:1 2:1 3:1 4:1 5:2 9:1" "ss: eight connections"
end "${servers[@]}"
for tracer in "${tracers[@]}"; do
	kill -INT "$tracer"
done
wait "${tracers[@]}"

use='def near: if .role == "client" then .rport else .lport end;
	def ports: map(near - $base) | unique;
	map(select(.netns)) | . as $all | '
over() # name, program
{
	out=${lines[$1]}
	judge --argjson base "$base" "$use$2"
}

over list 'is("--port with a list, a range, and given twice: these ports"; ports; [0, 2, 3, 4, 9]),
	is("both ends of each"; map(select(to("ESTABLISHED")) | [.role, near - $base]) | sort;
		[("client", "server") as $r | (0, 2, 3, 4, 9) | [$r, .]] | sort)'
over server 'is("--side server: listeners and passive opens"; map(.role) | unique; ["listener", "server"]),
	is("of all ports"; map(select(established)) | ports; [0, 1, 2, 3, 4, 5, 9])'
over client 'is("--side client: active opens only"; map(.role) | unique; ["client"]),
	is("of all ports"; map(select(to("ESTABLISHED"))) | ports; [0, 1, 2, 3, 4, 5, 9])'
over four 'is("-4: listeners that serve IPv4"; map(select(.new == "LISTEN") | .lport - $base) | sort; [0, 1, 2, 3, 4, 5]),
	is("and were there before"; map(select(.type == "socket") | .lport - $base); [6]),
	is("-4: IPv4 only"; map(select(.role != "listener") | .family) | unique; ["ipv4"]),
	is("an IPv4 peer of a dual-stack listener is IPv4, in plain notation";
		map(select(established and .lport == $base + 5)) | map([.family, .laddr, .raddr]); [["ipv4", "127.0.0.1", "127.0.0.1"]]),
	is("not the IPv6 ones"; map(select(established)) | ports; [0, 1, 2, 3, 4, 5])'
over six 'is("-6: listeners that serve IPv6"; map(select(.new == "LISTEN") | .lport - $base) | sort; [5, 9]),
	is("and were there before"; map(select(.type == "socket") | .lport - $base) | sort; [6, 7]),
	is("-6: IPv6 only"; map(select(.role != "listener") | .family) | unique; ["ipv6"]),
	is("both of them"; map(select(established) | [near - $base, .raddr]) | sort; [[5, "::1"], [9, "::1"]])'
for name in "${!lines[@]}"; do
	jq -e --argjson base "$base" 'select(.netns and (.lport // $base | . < $base or . > $base + 9) and (.rport // $base | . < $base or . > $base + 9))' "${lines[$name]}"
done >"$work/unrelated"
is "$(wc -l <"$work/unrelated")" 0 "nothing of other ports, in any namespace"
done_testing
