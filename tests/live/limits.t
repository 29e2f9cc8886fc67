#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A place that is short of something: one clear line and a documented exit code, nothing hangs, nothing is killed without a
# word. And what another process of the same user can reach.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# Runs sockstate to its end; exit status and message in $said.
run() # command...
{
	timeout "$patience" "$@" >"$work/out" 2>"$work/err" </dev/null
	said="$? $(cat "$work/err")"
}

trace --port "$port" # skips all where tracing is not possible
stop_trace

# ---- rights ----

run setpriv --bounding-set -all,+bpf,+perfmon --inh-caps -all,+bpf,+perfmon "$sockstate" --duration 0.2 --json
is "${said%% *}" 0 "root of a container with two capabilities and no CAP_SETUID"

cp "$sockstate" "$work/sockstate"
chmod 755 "$work/sockstate"
: >"$work/ambient"
setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon \
	"$work/sockstate" --json --duration 20 >"$work/ambient" 2>"$work/err" </dev/null &
tracer=$!
pids+=("$tracer")
until_true test -s "$work/ambient"
is "$(setpriv --reuid 12345 --regid 12345 --clear-groups /usr/bin/python3 - "$tracer" <<'P'
import ctypes, errno, os, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
stolen = 0
pidfd = libc.syscall(434, pid, 0)  # pidfd_open
for fd in range(3, 64):
    if libc.syscall(438, pidfd, fd, 0) >= 0 or ctypes.get_errno() != errno.EPERM:  # pidfd_getfd
        stolen += 1
print("descriptors", stolen)
try:
    open(f"/proc/{pid}/mem", "rb")
    print("memory")
except PermissionError:
    pass
if libc.ptrace(16, pid, 0, 0) == 0:  # PTRACE_ATTACH
    print("ptrace")
P
)" "descriptors 0" "with ambient capabilities: no other process of that user gets a descriptor, the memory, or ptrace()"
is "$(awk '/^CapBnd:/ { print $2 }' "/proc/$tracer/status")" "$(awk '/^CapBnd:/ { print $2 }' /proc/self/status)" \
	"without CAP_SETPCAP the bounding set stays"
end "$tracer"
trace --port "$port"
is "$(awk '/^CapBnd:/ { print $2 }' "/proc/$tracer/status")" 0000000000000000 "as root it is emptied"
stop_trace

# ---- files ----

is "$(bash -c 'ulimit -f 0; exec "$0" --duration 0.2 --json' "$sockstate" 2>&1 >/dev/null </dev/null | cat; echo "${PIPESTATUS[0]}")" \
	"sockstate: the limit on the size of files is too low for the kernel's types (ulimit -f): raise it to 64 MiB
1" "ulimit -f 0: one line, and not SIGXFSZ"
run "$sockstate" --duration 0.2 --record "$work/rec"
is "$(stat -c %a "$work/rec")" 600 "a recording is its owner's alone"
mkfifo "$work/fifo"
run "$sockstate" --duration 0.2 --record "$work/fifo"
is "$said" "1 sockstate: --record: cannot write '$work/fifo': it is a FIFO that nobody reads: start the reader first" "a FIFO without a reader"
cat "$work/fifo" >"$work/through" &
reader=$!
pids+=("$reader")
run "$sockstate" --duration 0.5 --record "$work/fifo" --json
wait "$reader"
run "$sockstate" --replay "$work/through" --json
is "${said%% *} $(head -c 10 "$work/through")" "0 sockstate" "one with a reader carries a recording"

run "$sockstate" --netns /etc/passwd --duration 0.2
is "$said" "2 sockstate: --netns: '/etc/passwd' is no network namespace: give self, a name of ip netns, a path or an inode" \
	"a file that is no namespace"

# ---- mounts ----

run unshare -m bash -c 'mount -t tmpfs none /sys && exec "$0" --duration 0.2' "$sockstate"
is "$said" "1 sockstate: /sys is not mounted here: mount -t sysfs sysfs /sys" "an empty /sys"
run unshare -m bash -c 'mount -t tmpfs none /proc && exec "$0" --duration 0.2' "$sockstate"
is "$said" "1 sockstate: /proc is not mounted here: mount -t proc proc /proc" "an empty /proc"

# ---- names ----

trace --port "$port"
serve --quiet --name $'a\u202egnp'
call --close shutdown
comes 1 '.type == "close"'
stop_trace
is "$(grep -c $'\u202e' "$out") $(grep -c 'a\\u202egnp' "$out" | sed 's/^[1-9][0-9]*$/some/')" "0 some" \
	"a name that turns text around is escaped in JSON"
end "$server"
done_testing
