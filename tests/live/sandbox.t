#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The sandbox around real runs: it is there, a forbidden call ends the run and leaves nothing, and every option works
# inside. Witnesses are /proc/PID/status and strace. tests/cli/sandbox.t tries call by call.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="strace python3"
. "$(dirname "$0")/live.sh"

unset SUDO_UID SUDO_GID
sandboxed() # pid
{
	local key value
	while read -r key value; do
		[ "$key" = Seccomp: ] && [ "$value" = 2 ] && return 0
	done 2>/dev/null <"/proc/$1/status"
	return 1
}

trace --port "$port"
case $("$sockstate" doctor --json | jq -r .sandbox) in
*seccomp*)	;;
*)		stop_trace; skip_all "no seccomp: $("$sockstate" doctor --json | jq -r .sandbox)" ;;
esac
until_true sandboxed "$tracer"
ok $? "a trace is in the sandbox"
serve --quiet
call --close shutdown
comes 1 '.type == "close" and server'
ok $? "and tells"
# A decoder that was taken over would make another call. strace makes one of it.
strace -qq -o /dev/null -e inject=epoll_wait,epoll_pwait:error=EPERM:syscall=getppid -p "$tracer" >"$work/strace" 2>&1 &
pids+=($!)
{
	until_true gone "$tracer" || kill "$tracer"
	wait "$tracer"
	ended=$?
} 2>/dev/null # bash tells of it, too
is "$ended" 159 "another call than those of the list ends it with SIGSYS"
end "$server"

# ---- every option ----

serve --quiet
call_bg --quiet --count 1000000 --every 40 --close shutdown --keep-going # for as long as the runs below last
load=$client
inside() # what, want, command...; ended by itself, or by its own signal
{
	local name=$1 want=$2 got=0
	shift 2
	timeout --kill-after=5 "$patience" "$@" >"$work/out" 2>"$work/said" </dev/null || got=$?
	is "$got" "$want" "inside: $name" || sed 's/^/# /' "$work/said" | head -n 3
}
t=(--netns self --port "$port" --duration 1.2)
inside "the table" 0 "$sockstate" "${t[@]}"
inside "-v" 0 "$sockstate" -v "${t[@]}"
ok "$(grep -q '^sockstate: sandbox: system calls of a list' "$work/said"; echo $?)" "  which tells of it"
inside "the ladder" 0 "$sockstate" -o ladder "${t[@]}"
inside "JSON, all that exists, raw" 0 "$sockstate" --json --existing all --raw "${t[@]}"
inside "-o summary" 0 "$sockstate" -o summary --interval 0.2 "${t[@]}"
inside "--verify" 0 "$sockstate" --verify --json "${t[@]}"
inside "--record" 0 "$sockstate" --record "$work/rec" --json "${t[@]}"
inside "  which replays" 0 "$sockstate" --replay "$work/rec" --json
inside "--syscall-fallback --name-syn-drops, a small ring" 0 "$sockstate" --syscall-fallback --name-syn-drops --ring-size 64K "${t[@]}"
inside "without fentry" 0 "$sockstate" --force-absent fentry "${t[@]}"
inside "fewer hooks, no looks" 0 "$sockstate" --force-absent listener_ready,accept --no-why "${t[@]}"
inside "--notable --slow 1ms" 0 "$sockstate" --notable --slow 1ms "${t[@]}"
inside "--pid, --comm" 0 "$sockstate" --pid "$server" --comm sockstate-lab "${t[@]}"
inside "--cgroup" 0 "$sockstate" --cgroup / --json --netns self --port "$port" --count 60
ok "$(grep -q '"type":"accept"' "$work/out"; echo $?)" "  which finds its processes"
inside "--keep-privileges" 0 "$sockstate" --keep-privileges --verify --json "${t[@]}"
inside "--summary" 0 "$sockstate" --summary --interval 0.2 "${t[@]}"
inside "--summary in JSON" 0 "$sockstate" --summary --json "${t[@]}"
inside "doctor" 0 "$sockstate" doctor --syscall-fallback --name-syn-drops
inside "list" 0 "$sockstate" list --netns self
inside "list --watch" 0 "$sockstate" list --netns self --watch 0.2 --duration 1
inside "list --cgroup" 0 "$sockstate" list --cgroup / --json
inside "list of an ordinary user" 0 setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$sockstate" list --watch 0.2 --duration 0.5
inside "check with a command" 0 "$sockstate" check --netns self --port "$port" --max-refused 1000 --junit "$work/junit" --record "$work/rec2" -- "$lab" client --quiet --port "$port" --close shutdown
inside "check whose command fails" 0 "$sockstate" check --netns self --port "$port" --max-refused 1000 --json -- sh -c "'$lab' client --quiet --port $port --close shutdown; false"
inside "check from a recording" 0 "$sockstate" check --port "$port" --max-refused 1000 --replay "$work/rec2"
end "$load"
end "$server"

# ---- a server that does not accept: looks by the stream, and why ----

serve --quiet --backlog 8 --stall sleep
call_bg --count 2 --parallel 2 --hold 500
trace --port "$port" --stuck 500ms
comes 1 '.type == "why"'
ok $? "inside: the stream's looks at a program that does not accept"
inside "why" 4 "$sockstate" why --netns self --port "$port" --stacks
inside "why --json" 4 "$sockstate" why --netns self --port "$port" --json
stop_trace
end "$client" "$server"

# ---- stopped and continued; a terminal that changes its size ----

trace --port "$port"
until_true sandboxed "$tracer"
for ((i = 0; i < 5; i++)); do
	kill -STOP "$tracer"
	until_true stopped "$tracer"
	kill -CONT "$tracer"
done
stop_trace TERM
"$sockstate" --summary --netns self --port "$port" --json >"$work/out" 2>&1 &
tracer=$!
until_true sandboxed "$tracer"
for ((i = 0; i < 5; i++)); do
	kill -STOP "$tracer"
	until_true stopped "$tracer"
	kill -CONT "$tracer"
done
kill -INT "$tracer"
wait "$tracer"
is "$?" 0 "--summary, stopped in its sleep and continued"

cat >"$work/resize" <<'P'
import fcntl, os, pty, signal, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
for columns in (80, 120, 200):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    if not os.read(fd, 65536):
        break
os.kill(pid, signal.SIGINT)
try:
    while os.read(fd, 65536):
        pass
except OSError:
    pass
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
is "$(timeout "$patience" python3 "$work/resize" "$sockstate" list --netns self --watch 0.1)" 0 "a list on a terminal that is resized"

# ---- off ----

"$sockstate" --no-sandbox --netns self --port "$port" --json >"$work/out" 2>&1 &
tracer=$!
pids+=("$tracer")
ready
until_true test -s "$work/out"
is "$(awk '/^Seccomp:/ { print $2 }' "/proc/$tracer/status")" 0 "--no-sandbox"
kill -INT "$tracer"
wait "$tracer"
done_testing
