#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Looks that are taken by themselves, in the stream and in --summary, without any right; and how far a look goes: wait
# queues, threads and descriptors that are more than it reads. The witnesses are ss, /proc/PID/status, /proc/PID/task
# and /proc/PID/fd.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=python3
. "$(dirname "$0")/live.sh"

answer=$work/answer

why() # options...
{
	"$sockstate" why --netns self --json --port "$port" "$@" >"$answer" 2>"$work/err"
	code=$?
}

of() # jq filter
{
	jq -r "$1" "$answer"
}

queued() # how many
{
	[ "$(ss -Htln "sport = :$port" | awk '{ print $2 }')" = "$1" ]
}

closed()
{
	! ss -Htln "sport = :$port" | grep -q .
}

finish_stall()
{
	end "$client"
	kill -KILL "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	until_true closed
}

# ---- without rights ----

rights() # of the tracer: capabilities it has or could get, and its user
{
	awk '$1 == "CapPrm:" || $1 == "CapEff:" || $1 == "CapBnd:" { caps += $2 != "0000000000000000" } $1 == "Uid:" { uid = $3 }
		END { print caps + 0, uid != 0 }' "/proc/$tracer/status"
}

trace --port "$port" --why-after 1s
serve --backlog 2 --stall recv
call_bg --count 2 --hold forever
comes 1 '.type == "why"'
is "$(rights)" "0 1" "a look is taken by a process without capabilities, of an ordinary user"
if [ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" = 2 ]; then
	ok 0 "while the unprivileged may not use bpf() (unprivileged_bpf_disabled is 2)"
else
	skip 1 "unprivileged_bpf_disabled is not 2 here"
fi
is "$(q 'map(select(.type == "why")) | first | .diagnosis')" blocked_on_peer "and says what it is"

# ---- when it looks ----

is "$(q '(map(select(.type == "why")) | first) as $why | (map(select(established and .queued)) | first) as $oldest | $why.t_ns - $why.look_ns - $oldest.t_ns >= 1000000000')" \
	true "--why-after: the first look is not before the oldest has waited that long"
# It may be refused only after the first look, which is due at most once in ten seconds while nothing changes.
# Closed by RST: a client that is refused and closes by FIN sends that again and again, and each is refused.
call --count 3 --timeout 300 --close rst
# A verdict that turns meanwhile is a change as well.
refusals_told() { [ "$(q 'map(select(.type == "why" and .drops_total > 0)) | length')" -gt 0 ]; }
until_true refusals_told
is "$(q 'map(select(.type == "why")) | any(.drops_total > 0)')" true "clients that are refused are a change: it looks again, and the refusals are in it"
is "$(q 'map(select(.type == "why").t_ns) | [.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | min >= 1000000000')" true "  a second after the look before at the soonest"
# ns between two looks between which no verdict turned and nobody was refused.
unchanged='[foreach (.[] | select(.type == "why" or .type == "listener")) as $e (null;
	if $e.type == "listener" then null else {last: $e, before: (if . and .last.drops_total == $e.drops_total then .last else null end)} end;
	if . and .before then .last.t_ns - .before.t_ns else empty end)]'
looked_again() { [ "$(q "$unchanged | length")" -gt 0 ]; }
until_true looked_again
is "$(q "$unchanged | min >= 10000000000")" true "where nothing has changed, ten seconds later"
stop_trace
finish_stall

trace --port "$port" --slow 100 --no-why
serve --backlog 8 --stall recv
call_bg --count 2 --hold forever
comes 1 '.verdict == "app_slow"'
stop_trace
is "$(q 'map(select(.type == "why")) | length')" 0 "--no-why: no look"
finish_stall

# ---- a queue that moves again before the look ----

for ((try = 0; try < 5; try++)); do
	trace --port "$port" --slow 100
	serve --backlog 8
	kill -STOP "$server"
	until_true stopped "$server"
	call_bg --count 2 --hold forever
	# The verdict asks for the look, which is over half a second later.
	comes 1 '.verdict == "app_slow"'
	kill -CONT "$server"
	comes 1 '.type == "why"'
	until_true has_line "$work/server" 'accept\([0-9]+\) = ' 2
	[[ $found =~ ^\ *([0-9]+) ]]
	# Where the machine let it catch up behind the look only, once more.
	[ $((BASH_REMATCH[1] + 50000000)) -ge "$(q 'map(select(.type == "why")) | first | .t_ns')" ] && [ $try -lt 4 ] || break
	stop_trace
	end "$client" "$server"
	until_true closed
done
is "$(q 'map(select(.type == "why")) | first | .diagnosis')" keeps_up "a server that has caught up when the look comes keeps up"
is "$(q 'map(select(.type == "why")) | first | .sentence | test("^now it keeps up: .*; .* earlier it called accept\\(\\) late$")')" true "  and the sentence says what differs in time"
stop_trace
end "$client" "$server"
until_true closed

# ---- in --summary ----

launch --netns self --port "$port" --summary --interval 300ms --why-after 500ms
ready
serve --backlog 8 --stall recv
call_bg --count 2 --hold forever
comes 1 '.type == "why"'
is "$(rights)" "0 1" "--summary looks without rights, too"
is "$(q 'map(select(.type == "why")) | first | "\(.diagnosis) \(.pid) \(.accept_queue)"')" "blocked_on_peer $server 2" "  and names the diagnosis"
kill -INT "$tracer"
wait "$tracer"
is "$(tail -n 1 "$out" | jq -r .type)" summary "  before the last line"
COLUMNS=80 "$sockstate" --netns self --port "$port" --summary --interval 300ms --why-after 300ms >"$work/text" 2>>"$work/err" &
text=$!
pids+=("$text")
until_true has_line "$work/text" 'why blocked on peer: '
ok $? "  the table has it below the advice"
kill -INT "$text"
wait "$text"
finish_stall

# ---- bounds ----

# So many threads in accept(), so many asleep, so many open files.
many='
import os, resource, socket, sys, threading, time
port, acceptors, sleepers, files = map(int, sys.argv[1:])
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
threading.stack_size(65536)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", port))
s.listen(8)
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(min(files, hard - 64))]
for target, args, count in ((s.accept, (), acceptors), (time.sleep, (3600,), sleepers)):
	for _ in range(count):
		threading.Thread(target=target, args=args, daemon=True).start()
print("ready", flush=True)
time.sleep(3600)
'

crowd() # acceptors, sleepers, files; the process in $server
{
	: >"$work/server"
	python3 -c "$many" "$port" "$@" >"$work/server" 2>&1 &
	server=$!
	pids+=("$server")
	until_true has_line "$work/server" '^ready'
	until_true asleep "$server"
}

crowd 40 1100 0
why
is "$code $(of .diagnosis)" "0 keeps_up" "40 threads in accept(), 1100 asleep elsewhere: it keeps up"
is "$(of .threads_total)" "$(find "/proc/$server/task" -mindepth 1 -maxdepth 1 | wc -l)" "  all of /proc/PID/task are counted"
is "$(of '"\(.watchers_total) \(.watchers_seen)"')" "40 32" "  32 of the 40 watchers were looked at, which it says"
is "$(of '.threads_seen >= 1024 and .threads_seen < .threads_total')" true "  and of the threads more than a thousand"
is "$(of '[.threads[] | .watches] | .[0]')" true "  those that wait for it come first"
COLUMNS=100 "$sockstate" why --netns self --port "$port" >"$work/text" 2>"$work/err"
has_line "$work/text" 'looked at +32 of 40 watchers, 10[0-9][0-9] of 1141 threads'
ok $? "  people read it, too"
end "$server"
until_true closed

crowd 1 0 50000
why
# A thread in accept() has reserved the descriptor that it will return.
is "$(of .fds)" $(($(find "/proc/$server/fd" -mindepth 1 | wc -l) + 1)) "of a process with tens of thousands of descriptors all are counted"
is "$(of '"\(.diagnosis) \(.watchers[0].kind) \(.holders | length)"')" "keeps_up accept 1" "  and the listener among them is found"
end "$server"
until_true closed

# One source looks again and again, as in a tracer that is left on: 17,000 processes, in tables of 16,384.
is "$("${WHY_MARKS:-$root/build/tests/live/why_marks}" 17 1000 2>&1)" "0 lost, some records" "what earlier looks have noted leaves room for the next one's"

done_testing
