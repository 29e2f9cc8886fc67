# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What a machine under pressure looks like. Sourced after live.sh, which has port, lab, pids and the waiting.
# shellcheck disable=SC2154

groups=()
# A control group with a limit; its directory is $group. Version 1 and 2 name the same thing differently.
make_group() # controller, file of version 1, value, file of version 2, value
{
	local top
	for top in "/sys/fs/cgroup/$1" /sys/fs/cgroup; do
		group=$top/sockstate-$1.$$
		mkdir "$group" 2>/dev/null || continue
		groups+=("$group")
		if [ -e "$group/$2" ]; then
			echo "$3" >"$group/$2" && return
		elif echo "+$1" >"$top/cgroup.subtree_control" && [ -e "$group/$4" ]; then
			echo "$5" >"$group/$4" && return
		fi
	done 2>/dev/null
	return 1
}
two_percent() { make_group cpu cpu.cfs_quota_us 2000 cpu.max '2000 100000'; }
groups_gone()
{
	local group
	for group in "${groups[@]}"; do
		until_true rmdir "$group" 2>/dev/null
	done
}

serve_quietly() # more options of the lab's server
{
	"$lab" server --quiet --port "$port" --backlog 4096 --duration 500 "$@" >/dev/null 2>&1 </dev/null &
	server=$!
	pids+=("$server")
	until_true in_state listening 1 "sport = :$port"
}

all_ended() { ! ss -Htan "( sport = :$port or dport = :$port )" | grep -qvE '^(LISTEN|TIME-WAIT)'; }

# Three clients at once, until all their connections have ended. How many they made, they tell themselves: $made grows.
made=0
load() # connections of each client
{
	local i client clients=()
	for i in 1 2 3; do
		"$lab" client --quiet --port "$port" --count "$1" --parallel 16 --duration 100 >"$work/tally.$i" 2>&1 </dev/null &
		clients+=($!)
	done
	pids+=("${clients[@]}")
	for client in "${clients[@]}"; do wait "$client"; done
	connections_made "$work"/tally.[123]
	until_true all_ended
}
connections_made() # what clients of the lab printed
{
	made=$((made + $(sed -n 's/.* tally: .* \([0-9]*\) connected.*/\1/p' "$@" | awk '{ n += $1 } END { print n + 0 }')))
}

lost() { jq -s 'map(select(.type == "lost") | .count) | add // 0' "$out"; }
