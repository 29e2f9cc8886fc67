#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Why nobody accepts: each stall that the lab can bring about gets its name. The witnesses are /proc/PID/stack and
# status (where the thread sleeps, and how), ss (the queue) and the pids that the shell started. In every case a
# second listener of another process keeps up, and most stalls have a second thread that is asleep elsewhere.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

answer=$work/answer

why() # options...; the lines go to $answer, the exit code to $code
{
	"$sockstate" why --netns self --json "$@" >"$answer" 2>"$work/err"
	code=$?
}

of() # jq filter; of the only line
{
	jq -r "$1" "$answer"
}

queue() # what ss says of the listener
{
	ss -Htln "sport = :$port" | awk '{ print $2 }'
}

queued() # how many
{
	[ "$(queue)" = "$1" ]
}

# The function of the kernel that a thread sleeps in, by the kernel's own word.
sleeps_in() # pid
{
	sed -n '1s/.*\] //; 1s/+.*//p' "/proc/$1/stack"
}

# It says what it is about to do, and then does it.
stalled() # what
{
	local lines
	mapfile -t lines <"$work/server"
	[[ ${#lines[@]} -gt 0 && ${lines[-1]} != *'listening on'* ]] || return
	case $1 in
	spin)	;;
	trace)	grep -q '^TracerPid:.[1-9]' "/proc/$server/status" ;;
	*)	grep -q '^State:.[^R]' "/proc/$server/status" ;;
	esac
}

# A server that stalls, and three clients whose connections wait.
stall() # what, [how many are left in the queue]
{
	serve --backlog 8 --stall "$1"
	call_bg --count 3 --hold forever
	until_true queued "${2:-3}"
	until_true stalled "$1"
	why --port "$port"
}

finish_stall()
{
	end "$client"
	kill -KILL "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	until_true closed
}

closed()
{
	! ss -Htln "sport = :$port" | grep -q .
}

says() # diagnosis, how many wait
{
	is "$code $(of .diagnosis)" "4 $1" "$1: the diagnosis, and exit code 4"
	is "$(of .accept_queue)" "$2" "  with the queue that ss shows"
	is "$(of '.holders[0].pid')" "$server" "  and who holds it"
}

# The thread that is nearest to the cause sleeps where the kernel says it does.
in_the_right_place() # pid
{
	is "$(of '.threads[0].tid')" "$1" "  the first thread is the one that stalls"
	is "$(of '.threads[0].stack[0] | sub("\\+.*"; "")')" "$(sleeps_in "$1")" "  and sleeps where /proc/PID/stack says"
	is "$(of '.threads[0].since_ns >= .look_ns and .since_ns >= .look_ns')" true "  for as long as both looks saw"
}

# ---- nothing is wrong ----

serve
call
until_true asleep "$server"
why --port "$port"
is "$code $(of .diagnosis)" "0 keeps_up" "a server that waits in accept() keeps up: exit code 0"
is "$(of '[.watchers[] | .kind] | join(",")')" accept "it is watched by accept()"
is "$(of '.watchers[0].pid')" "$server" "of the server"
is "$(of .cookie)" "$(ss_cookie -tln "sport = :$port")" "the listener has the cookie of ss -e"
why --pid "$server"
is "$(of .lport)" "$port" "--pid finds the listeners of a process"
why --pid 1
is "$code" 5 "a process without a listener: exit code 5"
end "$server"

serve --mode epoll
until_true asleep "$server"
why --port "$port"
is "$code $(of '.diagnosis + " " + .watchers[0].kind + " " + .watchers[0].mode')" "0 keeps_up epoll level" "an event loop keeps up"
is "$(of '.watchers[0].sleeping')" 1 "its thread sleeps in epoll_wait()"
end "$server"

# ---- blocked ----

stall recv
says blocked_on_peer 3
in_the_right_place "$server"
is "$(of '.threads[0] | "\(.syscall) \(.on.kind) \(.on.state) \(.on.peer_pid)"')" "read socket ESTABLISHED $server" "  on a socket, and who has its other end"
is "$(of '.threads[0].on | "\(.laddr):\(.lport) \(.raddr):\(.rport)"' | sed 's/^\(.*\) \(.*\)$/\1 \2/')" \
	"$(ss -Htnp state established | awk -v pid="pid=$server,fd=$(of '.threads[0].fd'))" 'index($0, pid) { print $3, $4 }')" "  with the ends that ss shows for that descriptor"
is "$(of '.threads_total')" 2 "  a thread that is asleep elsewhere is told too"
finish_stall

stall pipe
says blocked_on_peer 3
in_the_right_place "$server"
is "$(of '.threads[0] | "\(.syscall) \(.on.kind) \(.on.peer_pid)"')" "write pipe $server" "  a full pipe, and who could read it"
finish_stall

stall file
says blocked_on_file 3
in_the_right_place "$server"
is "$(of '.threads[0].on.path')" "$(readlink "/proc/$server/fd/$(of '.threads[0].fd')")" "  with the path of /proc/PID/fd"
finish_stall

stall lock
says blocked_on_lock 3
in_the_right_place "$server"
finish_stall

stall child
says blocked_on_child 3
in_the_right_place "$server"
finish_stall

# vfork() counts as frozen for the kernel's cgroups, and is not.
stall vfork
says blocked_on_child 3
in_the_right_place "$server"
is "$(of '.sentence | contains("waits for its child to call exec()")')" true "  as vfork() does"
finish_stall

stall fault
says uninterruptible 3
in_the_right_place "$server"
is "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$server/status")" D "  in the state that /proc/PID/status has"
finish_stall

stall sleep
says sleeping 3
in_the_right_place "$server"
finish_stall

# ---- running, or held ----

# On a machine whose CPUs others use it waits for one more than it has one: the kernel's own sums decide which.
stall spin
read -r ran_before delay_before _ <"/proc/$server/schedstat"
why --port "$port"
read -r ran delay _ <"/proc/$server/schedstat"
if [ $((delay - delay_before)) -gt $((ran - ran_before)) ]; then
	expected=starved
else
	expected=busy
fi
# Where both took about half, either is true.
[ $((ran - ran_before)) -lt $(((delay - delay_before) * 2)) ] && [ $((delay - delay_before)) -lt $(((ran - ran_before) * 2)) ] &&
	expected=$(of '.diagnosis | select(. == "busy" or . == "starved")')
says "$expected" 3
is "$(of '.threads[0] | .cpu_share > 0.2 or .run_delay_ns > 0')" true "  it has a part of a CPU, or waits for one"
finish_stall

stall stop
says stopped 3
is "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$server/status")" T "  as /proc/PID/status says"
finish_stall

stall trace
says traced 3
is "$(of '.threads[0].tracer_pid')" "$(sed -n 's/^TracerPid:\t//p' "/proc/$server/status")" "  by the process that /proc/PID/status names"
is "$(of '.threads[0].tracer_comm')" "$(cat "/proc/$(of '.threads[0].tracer_pid')/comm")" "  with its name"
finish_stall

# ---- nobody is told ----

stall oneshot
says disarmed 3
is "$(of '.watchers[0] | "\(.oneshot) \(.armed)"')" "true false" "  a one-shot that is spent"
finish_stall

stall paused
says disarmed 3
is "$(of '.watchers[0] | "\(.oneshot) \(.armed)"')" "false false" "  paused"
finish_stall

# How many the loop leaves depends on how many had come at each edge.
serve --backlog 8 --stall edge
call_bg --count 3 --hold forever
until_true in_state established 3 "sport = :$port"
until_true has_line "$work/server" 'edge-triggered'
until_true asleep "$server"
why --port "$port"
says edge_missed "$(queue)"
is "$(of '.watchers[0] | "\(.mode) \(.ready) \(.sleeping)"')" "edge false 1" "  edge-triggered, not ready, and its thread sleeps"
finish_stall

stall unwatched
says nobody_watches 3
is "$(of '.watchers_total')" 0 "  not in any wait queue"
finish_stall

# The other member of the group has an event loop.
serve --backlog 20 --stall member
call_bg --count 16 --hold forever
until_true in_state established 16 "sport = :$port"
until_true eval '[ "$(ss -Htln "sport = :$port" | awk "\$2 == 0 { idle++ } \$2 > 0 { waits++ } END { print idle + 0, waits + 0 }")" = "1 1" ]'
until_true asleep "$server"
why --port "$port"
is "$code $(jq -r 'select(.accept_queue > 0) | "\(.diagnosis) \(.also | join(","))"' "$answer")" "4 wrong_member nobody_watches" "wrong_member: the diagnosis, and exit code 4"
is "$(jq -r 'select(.accept_queue == 0) | .diagnosis' "$answer")" keeps_up "  the other member keeps up"
finish_stall

serve --backlog 8 --stall left
until_true eval 'heir=$(pgrep -P "$server")'
pids+=("$heir")
call_bg --count 3 --hold forever
until_true queued 2
why --port "$port"
is "$code $(of .diagnosis)" "4 not_the_acceptor" "not_the_acceptor: the one that accepted has let go of the listener"
is "$(of '[.holders[].pid] | join(",")')" "$heir" "  its child holds it"
finish_stall

# ---- descriptors ----

serve --backlog 8 --fd-room 0 --mode epoll
call_bg --count 3 --hold forever
until_true queued 3
why --port "$port"
says out_of_fds 3
# The shell's own look opens none in the server.
is "$(of .fds)" "$(find "/proc/$server/fd" -mindepth 1 | wc -l)" "  as many as /proc/PID/fd has"
is "$(of .fd_limit)" "$(awk '/^Max open files/ { print $4 }' "/proc/$server/limits")" "  of the limit in /proc/PID/limits"
finish_stall

# ---- it accepts, but slowly ----

# So many that the queue cannot be empty before the second look, however late that is.
every=${SOCKSTATE_VM:+2000} # an emulated machine needs that long to start the command
every=${every:-200}
serve --backlog 512 --accept-every "$every"
call_bg --count 500 --hold forever
until_true eval '[ "$(queue)" -ge 450 ]'
why --port "$port" --look "$((every * 5))ms"
is "$code $(of .diagnosis)" "4 slow_per_accept" "slow_per_accept: it accepts every $every ms"
read -r looked between accepts < <(of '"\(.t_ns) \(.look_ns) \(.accepts_between)"')
told=$(awk -v from=$((looked - between)) -v to="$looked" '/ accept\([0-9]+\) = [0-9]/ && $1 > from && $1 <= to' "$work/server" | wc -l)
ordered "  as many as the server tells of between the two looks: $told" 1 "$told" 1000
ordered "  give or take one" $((told - 1)) "$accepts" $((told + 1))
finish_stall

# ---- a group ----

serve --backlog 8 --workers 2
mapfile -t members < <(pgrep -P "$server")
kill -STOP "${members[0]}"
until_true stopped "${members[0]}"
call_bg --count 16 --hold forever
until_true in_state established 16 "sport = :$port"
until_true eval '[ "$(ss -Htln "sport = :$port" | awk "\$2 > 0" | wc -l)" = 1 ]'
why --port "$port"
is "$(jq -r 'select(.accept_queue > 0) | "\(.diagnosis) \(.also | join(","))"' "$answer")" "stopped wrong_member" "one member of a SO_REUSEPORT group is stopped: the other is idle"
is "$(jq -r 'select(.accept_queue == 0) | .diagnosis' "$answer")" keeps_up "  and keeps up"
kill -CONT "${members[0]}"
end "$client" "$server"

# ---- for people ----

stall recv
COLUMNS=80 "$sockstate" why --netns self --port "$port" >"$work/text"
is "$(awk '{ if (length($0) > 80) print }' "$work/text" | wc -l)" 0 "text stays within 80 columns"
has_line "$work/text" '  blocked on peer(,|$)'
ok $? "and begins with the diagnosis in words"
"$sockstate" why --netns self --port "$port" --quiet >"$work/text"
is "$? $(wc -c <"$work/text")" "4 0" "--quiet only sets the exit code"
finish_stall

# ---- in the stream, and again from a recording ----

trace --port "$port" --stuck 1 --record "$work/looks"
serve --backlog 3 --stall edge
call_bg --count 3 --hold forever
comes 1 '.type == "why"'
is "$(q '.[] | select(.type == "why") | "\(.diagnosis) \(.pid)"' -r | head -n 1)" "edge_missed $server" "a why line follows when the verdict turns"
is "$(q '[.[] | select(.verdict == "app_slow" or .verdict == "app_stuck") | .advice | select(test("bottleneck|busy|too slow"))] | length')" 0 "  and no verdict says that the program, which sleeps, is busy"
is "$(q '[.[] | select(.type == "why") | .holders[0].listened] | first')" true "the stream knows who called listen()"
stop_trace
is "$("$sockstate" --replay "$work/looks" --json --stuck 1 | jq -c 'select(.type == "why") | del(.seq)')" \
	"$(jq -c 'select(.type == "why") | del(.seq)' "$out")" "a replay says the same"
finish_stall

done_testing
