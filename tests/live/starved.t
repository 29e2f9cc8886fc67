#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Nothing is lost in silence where sockstate gets too little time: in every round, each transition that ftrace saw is on
# a line or counted in a LOST line, and none is told twice.
# shellcheck source-path=SCRIPTDIR source=live.sh
[ -n "${STARVED_PLACE-}" ] || STARVED_PLACE=1 exec unshare --mount --propagation private bash "$0" "$@"
. "$(dirname "$0")/live.sh"
# shellcheck source-path=SCRIPTDIR source=ftrace.sh
. "$(dirname "$0")/ftrace.sh"

# shellcheck source-path=SCRIPTDIR source=pressure.sh
. "$(dirname "$0")/pressure.sh"

release()
{
	ftrace_gone
	finish
	groups_gone
}
trap release EXIT

compare() # name
{
	local kinds missing twice
	kinds=$(transitions)
	missing=$(awk '{ n += $3 - $4 } END { print n + 0 }' <<<"$kinds")
	twice=$(awk '$4 > $3' <<<"$kinds")
	is "${twice:-none}" none "$1: no transition is told twice"
	[ "$missing" -le "$(lost)" ]
	ok $? "$1: $missing of $(wc -l <"$work/happened") transitions are on no line, $(lost) facts are told to be lost" ||
		echo "# ${kinds//$'\n'/; }"
	[ "$missing" -ge 0 ] && [ -n "$kinds" ]
	ok $? "$1: ftrace saw them"
}

# A CPU's own packets come when it asks for them. Those of another CPU interrupt it, also within our programs.
sysfs=$work/sys
mkdir "$sysfs"
mount -t sysfs none "$sysfs"
cpus=$(printf '%x' $(((1 << $(nproc)) - 1)))
[ "$(nproc)" -le 30 ] || cpus=3fffffff
echo "$cpus" >"$sysfs/class/net/lo/queues/rx-0/rps_cpus"
umount "$sysfs"

serve_quietly
trace --raw --port "$port" --ring-size 64M
if ! ftrace_begin; then
	ftrace_gone
	skip_all "no ftrace here"
fi
load 600
ftrace_end
ok $? "ftrace has room"
stop_trace
compare "other CPUs interrupt the programs"

# The reader stands still while the rings hold more than it can read in the second that the end of a run may take.
if two_percent; then
	: >"$work/err"
	trace --raw --port "$port" --ring-size 64M
	kill -STOP "$tracer"
	until_true stopped "$tracer"
	echo "$tracer" >"$group/cgroup.procs"
	ftrace_begin
	load 2000
	ftrace_end
	ok $? "ftrace has room"
	kill -INT "$tracer"
	kill -CONT "$tracer"
	wait "$tracer"
	is "$? $(tail -n 1 "$out" | grep -o '"type":"[a-z]*"')" '0 "type":"summary"' "it ends cleanly with 2 % of a CPU"
	compare "the end comes before the rings are read"
	# It may have been stopped while it read: then it reads on to the end, and nothing is lost.
	unread=$(jq -s 'map(select(.type == "lost" and .lost_at == "ringbuf") | .count) | add // 0' "$out")
	is "$(grep -c 'facts\{0,1\} [a-z]* not read before the end' "$work/err")" $((unread > 0)) "and that is said, if it is so"
else
	skip 4 "no group for CPU time can be made here"
fi
end "$server"

# Small rings, and two programs that want the CPUs.
serve_quietly
trace --raw --port "$port" --ring-size 64K
renice -n 19 -p "$tracer" >/dev/null
busy=()
for ((i = 0; i < $(nproc); i++)); do
	timeout 60 sh -c 'while :; do :; done' &
	busy+=($!)
done
pids+=("${busy[@]}")
ftrace_begin
load 600
ftrace_end
ok $? "ftrace has room"
end "${busy[@]}"
stop_trace
compare "others hold the CPUs, and the rings are small"
# Where lines are missing, the reason stands before them.
is "$(jq -s '(map(.type == "lost") | index(true)) as $lost | (map(.type == "verify" and (.difference | startswith("a transition is missing"))) | index(true)) as $gap
	| $gap == null or ($lost != null and $lost < $gap)' "$out")" true "LOST stands before the first transition that is missing"
done_testing
