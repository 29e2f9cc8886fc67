#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Why nobody accepts: what keeps a program from running, and a member of a SO_REUSEPORT group that is left alone. The
# cgroups are of our own and gone afterwards; the witnesses are their files, /proc/PID/status, stack and schedstat, and
# ss. Beside each server another one, with a thread asleep in epoll_wait(), keeps up.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

answer=$work/answer
group_name=sockstate-test-$$
groups=()

leave_groups()
{
	local group pid
	for group in "${groups[@]}"; do
		[ ! -e "$group/freezer.state" ] || echo THAWED >"$group/freezer.state"
		[ ! -e "$group/cgroup.freeze" ] || echo 0 >"$group/cgroup.freeze"
		while read -r pid; do
			kill -KILL "$pid" 2>/dev/null
		done <"$group/cgroup.procs"
		until_true rmdir "$group" 2>/dev/null
	done
	groups=()
}

unmount()
{
	[ ! -d "$work/freezer" ] || umount "$work/freezer" 2>/dev/null
	[ ! -d "$work/fs" ] || { fsfreeze --unfreeze "$work/fs"; umount "$work/fs"; } 2>/dev/null
}

trap 'leave_groups; unmount; finish' EXIT

# In a machine of our own we may mount, enable and load.
if [ -n "${SOCKSTATE_VM:-}" ]; then
	echo '+cpu +memory' >"$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/cgroup.subtree_control"
	mkdir "$work/freezer" && mount -t cgroup -o freezer freezer "$work/freezer"
	modprobe -a loop ext4
fi

# Sets group to a new cgroup where this file exists in it.
new_group() # file
{
	local place kind
	while read -r _ place kind _; do
		[[ $kind == cgroup?(2) ]] && mkdir "$place/$group_name" 2>/dev/null || continue
		group=$place/$group_name
		if [ -e "$group/$1" ]; then
			groups+=("$group")
			return 0
		fi
		rmdir "$group"
	done </proc/mounts
	return 1
}

why() # the line of our listener to $answer, that of the other one to $work/other; the exit code to $code
{
	"$sockstate" why --netns self --json --port "$port,$other_port" >"$work/both" 2>"$work/err"
	code=$?
	jq -c --argjson port "$port" 'select(.lport == $port)' "$work/both" >"$answer"
	jq -c --argjson port "$other_port" 'select(.lport == $port)' "$work/both" >"$work/other"
}

of() # options and filter of jq
{
	jq -r "$@" "$answer"
}

queued() # how many
{
	[ "$(ss -Htln "sport = :$port" | awk '{ print $2 }')" = "$1" ]
}

# A server that stalls, and three connections that wait.
stall() # what
{
	serve --backlog 8 --stall "$1"
	call_bg --count 3 --hold forever
	until_true queued 3
}

says() # diagnosis
{
	is "$code $(of .diagnosis)" "4 $1" "$1: the diagnosis, and exit code 4"
	is "$(of '.accept_queue')" 3 "  with the queue that ss shows"
	is "$(jq -r .diagnosis "$work/other")" keeps_up "  and the other server keeps up"
}

# Afterwards nobody listens at the port.
closed()
{
	! ss -Htln "sport = :$port" | grep -q .
}

finish_server()
{
	kill -KILL "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	until_true closed
}

finish_stall()
{
	end "$client"
	leave_groups
	finish_server
}

# The other server keeps its port; what follows has one of its own.
serve --mode epoll
other_server=$server
other_port=$port
port=$((port + 1))

# ---- a quota ----

throttled() # ms so far, of cpu.stat: of either version
{
	awk '/^throttled_time/ { print int($2 / 1e6) } /^throttled_usec/ { print int($2 / 1e3) }' "$group/cpu.stat"
}

throttled_since() # ms
{
	[ "$(throttled)" -gt "$1" ]
}

if new_group cpu.cfs_quota_us; then
	echo 3000 >"$group/cpu.cfs_quota_us"
elif new_group cpu.max; then
	echo 3000 100000 >"$group/cpu.max"
else
	group=
fi
if [ -n "$group" ]; then
	stall spin
	echo "$server" >"$group/cgroup.procs"
	until_true throttled_since 100
	before=$(throttled)
	why
	says throttled
	is "$(of '.cgroup')" "$group_name" "  by the cgroup with the quota"
	ordered "  for no longer than its cpu.stat says, and for a fifth of the time at least" \
		"$(of '.look_ns / 5e6 | floor')" "$(of '.throttled_ns / 1e6 | floor')" $(($(throttled) - before + 200))
	is "$(of '.threads[0].thread_state | . == "runnable" or . == "running"')" true "  while its thread could run"
	finish_stall
else
	skip 6 "no cgroup with a CPU quota can be made here"
fi

# ---- a freezer ----

frozen_v2()
{
	grep -q '^frozen 1' "$group/cgroup.events"
}

frozen_v1()
{
	grep -q '^FROZEN' "$group/freezer.state"
}

frozen() # version, file, word
{
	if ! new_group "$2"; then
		skip 5 "no cgroup with $2 can be made here"
		return
	fi
	stall lock
	echo "$server" >"$group/cgroup.procs"
	echo "$3" >"$group/$2"
	until_true "frozen_$1"
	why
	says frozen
	is "$(of .cgroup)" "$group_name" "  by the cgroup that $2 froze"
	is "$(of '.threads[0] | "\(.thread_state) \(.since_ns >= .look_ns)"')" "frozen true" "  during both looks"
	finish_stall
}

frozen v2 cgroup.freeze 1
frozen v1 freezer.state FROZEN

# ---- no CPU ----

allowed() # pid
{
	sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"
}

# One CPU has room for one: the others are fair shares of twelve, and the server's is a niced one.
stall spin
crowd=()
for _ in {1..12}; do
	taskset -c 0 bash -c 'until [ $SECONDS -gt 60 ]; do :; done' &
	crowd+=($!)
done
pids+=("${crowd[@]}")
taskset -cp 0 "$server" >/dev/null
renice -n 19 -p "$server" >/dev/null
# Where there is one CPU only, that it may run on no other says nothing.
by='nice 19, allowed on CPU 0 only, which was busy with others'
[ "$(nproc --all)" -gt 1 ] || by='nice 19'
read -r ran_before delay_before _ <"/proc/$server/schedstat"
why
read -r ran delay _ <"/proc/$server/schedstat"
end "${crowd[@]}"
says starved
is "$(of '.threads[0] | "\(.tid) \(.nice)"')" "$server 19" "  its thread, with its niceness"
is "$(of '.threads[0].cpus_allowed_list')" "$(allowed "$server")" "  and the CPU that it may run on, as /proc/PID/status lists it"
is "$(of '.sentence | capture("\\((?<why>[^)]*)\\)").why')" "$by" "  which the sentence names"
is "$(of '.threads[0].run_delay_ns > .look_ns / 2')" true "  waited for a CPU most of the time"
ordered "  as the kernel's sums say" $((ran - ran_before)) $((delay - delay_before))
finish_stall

# ---- memory.high ----

paid() # it has slept for its pages, says the kernel
{
	[ "$(awk '$1 == "high" { print $2 }' "$group/memory.events")" -gt 2 ] && grep -q 'mem_cgroup_handle_over_high' "/proc/$server/stack"
}

# The group is the server's own: the lab makes it.
own_group() # file in it
{
	until_true eval 'gone "$server" || grep -q "sockstate-lab-$server\$" "/proc/$server/cgroup"' 2>/dev/null
	while read -r _ place kind _; do
		group=$place/sockstate-lab-$server
		[[ $kind == cgroup?(2) ]] && [ -e "$group/$1" ] && return
	done </proc/mounts
	return 1
}

no_group() { [ ! -e "$group" ]; }

serve --backlog 8 --stall memory
if own_group memory.high; then
	call_bg --count 3 --hold forever
	until_true queued 3
	until_true paid
	why
	says throttled
	is "$(of .sentence | sed 's/ for [0-9].*//; s/;.*//')" "sockstate-lab[$server] is held back by memory.high of its cgroup sockstate-lab-$server" "  by memory.high of that cgroup"
	is "$(of '.threads[0].stack | map(select(test("mem_cgroup_handle_over_high"))) | length > 0')" true "  in the function that /proc/PID/stack has"
	finish_stall
	until_true no_group
	ok $? "  the lab's cgroup is gone afterwards"
else
	finish_server
	skip 6 "no cgroup with memory.high can be made here"
fi

# ---- the lab's own cgroups, and its own crowd ----

serve --backlog 8 --stall quota
if own_group cgroup.procs; then
	call_bg --count 3 --hold forever
	until_true queued 3
	until_true throttled_since 100
	why
	says throttled
	is "$(of .cgroup)" "sockstate-lab-$server" "  by the quota of the lab's own cgroup"
	finish_stall
	until_true no_group
	ok $? "  which is gone afterwards"
else
	finish_server
	skip 5 "the lab can make no cgroup with a CPU quota here"
fi

serve --backlog 8 --stall freeze
if own_group cgroup.procs; then
	call_bg --count 3 --hold forever
	until_true queued 3
	[ -e "$group/cgroup.freeze" ] && until_true frozen_v2 || until_true frozen_v1
	why
	says frozen
	is "$(of .cgroup)" "sockstate-lab-$server" "  by the lab's own cgroup"
	finish_stall
	until_true no_group
	ok $? "  which is gone afterwards"
else
	finish_server
	skip 5 "the lab can make no cgroup with a freezer here"
fi

# A quarter of a CPU is its share there.
stall pinned
until_true eval '[ "$(allowed "$server")" != "$(allowed $$)" ]'
why
says starved
is "$(of '.threads[0].cpus_allowed_list')" "$(allowed "$server")" "  on the CPU that it may run on, as /proc/PID/status lists it"
is "$(taskset -cp "$server" | sed 's/.*: //')" "$(of '.threads[0].cpus_allowed_list')" "  as taskset does"
is "$(of --arg cpu "$(allowed "$server")" '.sentence | contains("(allowed on CPU \($cpu) only, which was busy with others)")')" true "  which the sentence says"
is "$(jq -r '.threads[0].cpus_allowed_list' "$work/other")" "$(allowed "$other_server")" "  the other server may run on all that its /proc/PID/status lists"
finish_stall

# ---- state D ----

# A page of a mapped file on a filesystem that is frozen: its first write waits in the page fault, in no system call.
fault='
import mmap, os, socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(8)
m = mmap.mmap(os.open(sys.argv[2], os.O_RDWR), 4096)
print("ready", flush=True)
sys.stdin.readline()
m[0] = 1
'

# In a mount namespace that ends with this shell.
can_freeze()
{
	command -v python3 fsfreeze losetup mkfs.ext4 >/dev/null || return
	mkdir "$work/fs" && truncate -s 8M "$work/image" && mkfs.ext4 -q "$work/image" 2>/dev/null &&
		mount -o loop "$work/image" "$work/fs" 2>/dev/null && truncate -s 4096 "$work/fs/file" && sync -f "$work/fs" &&
		fsfreeze --freeze "$work/fs"
}

in_state_d()
{
	grep -q '^State:.*D (disk sleep)' "/proc/$server/status"
}

if can_freeze; then
	rm -f "$work/go" && mkfifo "$work/go"
	: >"$work/server"
	python3 -c "$fault" "$port" "$work/fs/file" <"$work/go" >"$work/server" 2>&1 &
	server=$!
	pids+=("$server")
	exec {go}>"$work/go"
	until_true has_line "$work/server" ready
	call_bg --count 3 --hold forever
	until_true queued 3
	echo >&"$go"
	until_true in_state_d
	why
	says uninterruptible
	is "$(of '.threads[0].thread_state')" uninterruptible "  as /proc/PID/status says"
	is "$(of '.threads[0].stack[0] | sub("\\+.*"; "")')" "$(sed -n '1s/.*\] //; 1s/+.*//p' "/proc/$server/stack")" \
		"  in the function that /proc/PID/stack has"
	is "$(of '.sentence | contains("in the kernel'"'"'s")')" true "  which the sentence names"
	fsfreeze --unfreeze "$work/fs"
	exec {go}>&-
	finish_stall
	unmount
else
	skip 6 "no filesystem that can be frozen can be mounted here"
fi

# ---- the first thread has ended, and others live on ----

# /proc/PID/fd is empty then: no tool that reads it finds the holder.
leaderless='
import ctypes, os, socket, sys, threading, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(8)
threading.Thread(target=time.sleep, args=(1000,)).start()
print("ready", flush=True)
exit_thread = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
ctypes.CDLL(None).syscall(exit_thread, 0)
'

leader_ended()
{
	grep -q '^State:.*Z (zombie)' "/proc/$server/status"
}

if command -v python3 >/dev/null; then
	: >"$work/server"
	python3 -c "$leaderless" "$port" >"$work/server" 2>&1 &
	server=$!
	pids+=("$server")
	until_true has_line "$work/server" ready
	until_true leader_ended
	call_bg --count 3 --hold forever
	until_true queued 3
	thread=$(find "/proc/$server/task" -mindepth 1 -maxdepth 1 ! -name "$server" -printf '%f\n')
	why
	says sleeping
	is "$(ss -Htlnp "sport = :$port" | grep -c "pid=$server")" 0 "  ss does not find who holds it"
	is "$(of '.holders | map(.pid) | join(",")')" "$server" "  and it is named here"
	is "$(of '.threads[0] | "\(.tid) \(.syscall)"')" "$thread clock_nanosleep" "  with the thread that lives on"
	is "$(of --arg pid "$server" '.threads[] | select(.tid == ($pid | tonumber)) | "\(.thread_state) \(has("syscall"))"')" "dead false" \
		"  the ended one does nothing"
	finish_stall
else
	skip 7 "python3 is not installed"
fi

# ---- a member that nobody reads ----

# A process with two members of a group, and an event loop that has one of them.
members='
import select, socket, sys
def member():
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
	s.bind(("127.0.0.1", int(sys.argv[1])))
	s.listen(64)
	return s
a, b = member(), member()
e = select.epoll()
e.register(a, select.EPOLLIN)
print("ready", flush=True)
kept = []
while True:
	e.poll()
	kept.append(a.accept())
'

one_idle()
{
	[ "$(ss -Htln "sport = :$port" | awk '$2 == 0 { idle++ } $2 > 0 { waits++ } END { print idle + 0, waits + 0 }')" = "1 1" ]
}

# Members cannot bind where connections of a socket that was none linger.
port=$((other_port + 2))

# The master of workers keeps their port by a socket that is bound and does not listen. It is no connection. So many
# connect that each worker gets some.
serve --workers 2 --never-accept
call_bg --count 24 --send 0 --hold forever
until_true in_state established 24 "sport = :$port"
why
is "$(find "/proc/$server/fd" -lname 'socket:*' | wc -l) $(ss -Htlnp "sport = :$port" | grep -c "pid=$server,")" "1 0" \
	"workers: their master has a socket of the port and does not listen"
is "$code $(of 'select(.accept_queue > 0) | .diagnosis' | sort -u)" "4 nobody_watches" "  nobody watches, as nobody has accepted"
finish_stall

port=$((port + 2))
if command -v python3 >/dev/null; then
	: >"$work/server"
	python3 -c "$members" "$port" >"$work/server" 2>&1 &
	server=$!
	pids+=("$server")
	until_true has_line "$work/server" ready
	call_bg --count 16 --hold forever
	until_true in_state established 16 "sport = :$port"
	until_true one_idle
	why
	is "$code $(of 'select(.accept_queue > 0) | .diagnosis')" "4 wrong_member" "wrong_member: the diagnosis, and exit code 4"
	is "$(of 'select(.accept_queue > 0) | .also | join(",")')" nobody_watches "  because nobody watches it"
	is "$(of 'select(.accept_queue > 0) | .accept_queue')" "$(ss -Htln "sport = :$port" | awk '$2 > 0 { print $2 }')" "  with the queue that ss shows"
	is "$(of 'select(.accept_queue == 0) | "\(.diagnosis) \(.watchers[0].kind)"')" "keeps_up epoll" "  the other member of the same process keeps up"
	is "$(jq -r .diagnosis "$work/other")" keeps_up "  and so does the other server"
	finish_stall
else
	skip 5 "python3 is not installed"
fi

done_testing
