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
until_true harmless "$tracer" # until then even its priority is out of reach
# What docs/security.md says of another process of the same user.
cat >"$work/reach" <<'P'
import ctypes, os, resource, signal, sys
pid = int(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
def number(*args):
    if libc.syscall(*args) < 0:
        raise OSError(ctypes.get_errno(), "")
pidfd = libc.syscall(434, pid, 0)  # pidfd_open
class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
byte = ctypes.create_string_buffer(8)
ours = ctypes.byref(Iovec(ctypes.addressof(byte), 8))
attr = ctypes.create_string_buffer(b"\x01\0\0\0\x40\0\0\0", 128)
def steal():
    for fd in range(64):
        try:
            number(438, pidfd, fd, 0)  # pidfd_getfd
            return
        except OSError:
            pass
    raise PermissionError
def read(name):
    path = f"/proc/{pid}/{name}"
    if os.path.islink(path):
        os.readlink(path)
    elif os.path.isdir(path):
        os.listdir(path)
    else:
        open(path, "rb").read(1)
ways = {
    "ptrace": lambda: number(101, 16, pid, 0, 0) if os.uname().machine == "x86_64" else steal(),
    "pidfd_getfd": steal,
    "process_vm_readv": lambda: number(310, pid, ours, 1, ours, 1, 0),
    "kcmp": lambda: number(312, pid, os.getpid(), 0, 0, 0),
    "perf_event_open": lambda: number(298, attr, pid, -1, -1, 0),
}
for name in "mem maps environ fd fdinfo exe cwd root io stack syscall pagemap ns status stat cmdline comm cgroup limits sched".split():
    ways[name] = lambda name=name: read(name)
ways["limits"] = lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE)
ways["priority"] = lambda: os.setpriority(os.PRIO_PROCESS, pid, 1)
ways["CPUs"] = lambda: os.sched_setaffinity(pid, os.sched_getaffinity(pid))
ways["stop"] = lambda: os.kill(pid, signal.SIGSTOP)
ways["continue"] = lambda: os.kill(pid, signal.SIGCONT)
said = {True: [], False: []}
for name, way in ways.items():
    try:
        way()
        said[True].append(name)
    except OSError:
        said[False].append(name)
print("refused:", *said[False])
print("possible:", *said[True])
P
is "$(setpriv --reuid 12345 --regid 12345 --clear-groups --inh-caps=-all --bounding-set=-all /usr/bin/python3 - "$tracer" <"$work/reach")" \
	"refused: ptrace pidfd_getfd process_vm_readv kcmp perf_event_open mem maps environ fd fdinfo exe cwd root io stack syscall pagemap ns
possible: status stat cmdline comm cgroup limits sched priority CPUs stop continue" \
	"with ambient capabilities: what another process of that user cannot reach, and what it can"
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
until_true asleep "$reader" # in open(): from there on the FIFO has a reader
run "$sockstate" --duration 0.5 --record "$work/fifo" --json
wait "$reader"
run "$sockstate" --replay "$work/through" --json
is "${said%% *} $(head -c 10 "$work/through")" "0 sockstate" "one with a reader carries a recording"

run "$sockstate" check --all-listeners --max-refused 1 --duration 0.2 --junit "$work/fifo"
is "$said" "1 sockstate: --junit: cannot write '$work/fifo': it is a FIFO that nobody reads: start the reader first" "nor does --junit wait for a reader"
"$sockstate" --replay "$work/fifo" >"$work/out" 2>&1 &
waits=$!
pids+=("$waits")
until_true asleep "$waits"
kill -INT "$waits"
wait "$waits"
is "$? $(wc -c <"$work/out")" "0 0" "a replay that waits for a writer ends cleanly on SIGINT"
# shellcheck disable=SC2217 # it is not to read
sleep 100 <"$work/fifo" &
reader=$!
pids+=("$reader")
until_true asleep "$reader"
trace --port "$port" --record "$work/fifo" --raw
serve --quiet
call --count 1200 --parallel 20
blocked() { [ "$(cut -d' ' -f 1 "/proc/$1/syscall")" = 1 ]; } # in write()
[ "$(uname -m)" != x86_64 ] || until_true blocked "$tracer"
kill -INT "$tracer"
wait "$tracer"
is "$? $(tail -n 1 "$work/err")" "1 sockstate: --record: cannot write '$work/fifo': it is cut, a signal asked to end while its reader did not read" \
	"a reader that does not read: SIGINT ends it, and says so"
end "$reader" "$server"

run "$sockstate" --netns /etc/passwd --duration 0.2
is "$said" "2 sockstate: --netns: '/etc/passwd' is no network namespace: give self, a pid, a name of ip netns, a path or an inode" \
	"a file that is no namespace"

# ---- mounts ----

for missing in "sys sysfs" "proc proc"; do
	for command in "--duration 0.2" "--summary --duration 0.2" "check --all-listeners --max-refused 1 --duration 0.2" why list; do
		before='' want=1
		[[ $command != list || $missing != "proc proc" ]] || before='cannot list the sockets: '
		[[ $command != list || $missing != "sys sysfs" ]] || want=0 before='owners come from /proc, so a busy process may be missed: '
		run unshare -m bash -c "mount -t tmpfs none /${missing% *} && exec '$sockstate' $command"
		is "$said" "$want sockstate: $before/${missing% *} is not mounted here: mount -t ${missing#* } ${missing#* } /${missing% *}" \
			"an empty /${missing% *}: $command"
	done
done

# ---- stacks ----

for command in "--duration 0.2" "--verify --duration 1.2" "--summary --duration 0.2" list doctor "--replay $root/tests/replay/textbook.rec -o ladder" \
	"check --all-listeners --min-connections 0 --max-refused 1000000 --duration 0.2 -- true" "why --port 1"; do
	want=0
	case $command in
	why*)	want=5 ;; # nobody listens there
	doctor)	;;
	*)	command+=" --netns self" ;;
	esac
	run bash -c "ulimit -s 64; exec '$sockstate' $command"
	is "${said%% *}" "$want" "a stack of 64 KiB: $command"
done

# ---- names ----

trace --port "$port"
serve --quiet --name $'a\u202egnp'
call --close shutdown
comes 1 '.type == "close"'
stop_trace
is "$(grep -c $'\u202e' "$out") $(grep -c 'a\\u202egnp' "$out" | sed 's/^[1-9][0-9]*$/some/')" "0 some" \
	"a name that turns text around is escaped in JSON"
end "$server"

# In the head, 28 bytes from the start, is the version of the facts, and at 244 the text of the version of sockstate.
cp "$root/tests/replay/textbook.rec" "$work/foreign"
printf '\t' | dd of="$work/foreign" bs=1 seek=28 conv=notrunc status=none
printf '\033[31m\342\200\256\007' | dd of="$work/foreign" bs=1 seek=244 conv=notrunc status=none
run "$sockstate" --replay "$work/foreign"
is "$said" "1 sockstate: --replay: '$work/foreign' holds facts of version 9, this sockstate reads version 1: use sockstate ?[31m??" \
	"the version text of a foreign recording cannot move the cursor or turn the line"
done_testing
