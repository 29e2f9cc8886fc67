#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Filters by one end and by owner, each beside a decoy that must not appear. Several tracers look at
# the same traffic at once.
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

# The wanted server is at 127.0.0.2, its decoy at 127.0.0.3; both refuse the last of three clients.
port=$base serve --addr 127.0.0.2 --name wanted --quiet
mine=$server
port=$((base + 1)) serve --addr 127.0.0.3 --name decoy --quiet
theirs=$server
watch lport --netns self --lport "$base"
watch rport --netns self --rport "$base"
watch laddr --netns self --laddr 127.0.0.2
watch host --netns self --host 127.0.0.4/31
watch pid --netns self --pid "$mine"
watch comm --netns self --comm wanted
for pid in "${tracers[@]}"; do
	ready "$pid"
done
for n in 0 1; do
	port=$((base + n)) call --addr 127.0.0.$((2 + n)) --bind 127.0.0.$((5 + n)) --close shutdown
done
# The sign that all has passed: a connection that every tracer may see, after those of the decoy.
port=$base call --addr 127.0.0.2 --bind 127.0.0.5 --close shutdown
declare -A last=([lport]=server [laddr]=server [host]=server [pid]=server [comm]=server)
for name in "${!last[@]}"; do
	out=${lines[$name]}
	comes 2 '.type == "close" and server'
done
out=${lines[rport]}
comes 2 '.new == "TIME_WAIT"'
is "$(ss -Htan state time-wait | wc -l)" 3 "ss: three connections, one of them of the decoy"
end "$mine" "$theirs"
for tracer in "${tracers[@]}"; do
	kill -INT "$tracer"
done
wait "${tracers[@]}"

over() # name, program
{
	out=${lines[$1]}
	judge --argjson base "$base" --argjson pid "$mine" 'map(select(.netns)) | '"$2"
}
over lport 'is("--lport: the server'"'"'s end alone"; map(.lport) | unique; [$base]),
	is("  its listener and its connections"; map(.role) | unique; ["listener", "server"])'
over rport 'is("--rport: the client'"'"'s end alone"; map([.role, .rport]) | unique; [["client", $base]])'
over laddr 'is("--laddr: this local address alone"; map(.laddr) | unique; ["127.0.0.2"])'
over host 'is("--host: connections with this host at either end"; map(select(.role != "listener") | [.laddr, .raddr] | sort) | unique; [["127.0.0.2", "127.0.0.5"]]),
	is("  both ends of them"; map(select(to("ESTABLISHED")) | .role) | sort; ["client", "client", "server", "server"])'
over pid 'is("--pid: what this process owns"; map(.pid) | unique; [$pid]),
	is("  from the first SYN on"; map(select(begin)) | length; 2),
	is("  and no line of the decoy"; map(.lport) | unique; [$base])'
over comm 'is("--comm: the same by name"; map([.comm, .lport]) | unique; [["wanted", $base]])'

# ---- by cgroup, and the same filters for a list ----

port=$((base + 2)) serve --addr 127.0.0.2 --name wanted --quiet
mine=$server
port=$((base + 3)) serve --addr 127.0.0.3 --name decoy --quiet
theirs=$server
open() # list options...; the ports that listen
{
	"$sockstate" list --netns self --state LISTEN --json "$@" 2>/dev/null | jq -s -c --argjson base "$base" 'map(.lport - $base)'
}
is "$(open)" "[2,3]" "a list: both listen"
is "$(open --pid "$mine")$(open --comm wanted)$(open --laddr 127.0.0.2)$(open --lport $((base + 2)))" "[2][2][2][2]" "a list: each filter finds the wanted one alone"
cgroup=$(sed -n 's/^0:://p' /proc/"$mine"/cgroup)
is "$(open --cgroup "${cgroup:-/}")$(open --cgroup no.such.service)" "[2,3][]" "a list: by cgroup"
# ---- what the table says at its start ----

port=$((base + 4)) serve --quiet
port=$((base + 4)) call --count 3 --close shutdown
until_true in_state time-wait 3 "( dport = :$((base + 4)) )"
table() # options...; standard error to $work/err
{
	COLUMNS=80 "$sockstate" --netns self --duration 300ms "$@" >"$work/table" 2>"$work/err" </dev/null
}
# What this kernel does not show is said first.
said() { grep -v '^sockstate: this kernel: ' "$work/err"; }
table --port $((base + 4))
is "$(said)" "sockstate: 3 sockets were in TIME_WAIT before, not listed (--existing all)" "TIME_WAIT of before is counted"
is "$(grep -c ' TIME_WAIT ' "$work/table")" 0 "  and not listed"
table --port $((base + 4)) --existing all
is "$(grep -c ' TIME_WAIT ' "$work/table") $(said | wc -l)" "3 0" "--existing all lists them"
table --port $((base + 4)) --pid 4194305 --comm no-such --cgroup /no/such
is "$(said | sed '$d')" "sockstate: no process 4194305 yet; waiting
sockstate: no process is called 'no-such' yet; waiting
sockstate: no process in the cgroup '/no/such' yet; waiting" "nobody is the owner that is asked for"
table --port $((base + 4)) --pid $$,4194305 --comm bash --cgroup "${cgroup:-/}"
is "$(said | sed '$d')" "sockstate: no process 4194305 yet; waiting" "  of several, only who is not there"
is "$("$sockstate" list --netns self --pid 4194305 2>&1 >/dev/null)" "sockstate: no process 4194305" "  in a list, too"
is "$("$sockstate" why --pid 4194305 2>&1); $?" "sockstate: no listener matches: there is no such process; 5" "  and in a look"
table --port $((base + 5))
is "$(said)" "sockstate: no listener on port $((base + 5)) yet; waiting" "a port that nobody listens on"
done_testing
