#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate check: each rule held and broken by the lab, measured by another witness, and a command beside it.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# Starts `sockstate check --json` in the background; its result goes to $work/check.
check_bg() # options...
{
	"$sockstate" check --port "$port" --json "$@" >"$work/check" 2>"$work/err" </dev/null &
	checker=$!
	pids+=("$checker")
}

# Goes on when the check has attached: from there on the rings are read.
attached() { ready "$checker"; }

# The check ends as by Ctrl-C; its exit status in $status.
judged()
{
	kill -INT "$checker" 2>/dev/null
	wait "$checker"
	status=$?
}

result() { jq -r "$1" "$work/check"; }

verdict_of() # rule
{
	jq -r --arg rule "$1" '.listeners[].rules[] | select(.rule == $rule) | .result' "$work/check"
}

measured() # rule
{
	jq -r --arg rule "$1" '.listeners[].rules[] | select(.rule == $rule) | .measured // .measured_ns' "$work/check"
}

nstat_of() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }

# ---- waits: the server calls accept() 300 ms after each connection ----

serve --accept-delay 300
check_bg --max-wait max=250ms --max-wait max=20s --max-wait p50=20s --max-handshake max=10s --max-handshake max=1ns \
	--no-verdict app_slow --no-verdict app_stuck --max-refused 0 --max-never-accepted 0
attached
call --count 4 --parallel 1 --close shutdown &
caller=$!
pids+=("$caller")
until_true has_line "$work/server" 'accept.* = [0-9]+' 4
wait "$caller"
# Before the server ends: a listener that has closed gets no verdict any more.
judged
end "$server"
is "$status $(result .exit_code) $(result .result)" "4 4 broken" "a broken rule ends with 4"
is "$(verdict_of 'max-wait max=250ms')" broken "a wait of 300 ms breaks max=250ms"
is "$(verdict_of 'max-wait max=20s') $(verdict_of 'max-wait p50=20s')" "held held" "and holds 20 s"
is "$(verdict_of 'max-handshake max=10s') $(verdict_of 'max-handshake max=1ns')" "held broken" "handshakes are held against a limit"
ordered "the longest wait is what the server slept, or more" 300000000 "$(measured 'max-wait max=250ms')" 30000000000
is "$(verdict_of 'no-verdict app_slow') $(verdict_of 'no-verdict app_stuck')" "broken held" "a verdict that occurred, and one that did not"
is "$(verdict_of 'max-refused 0') $(verdict_of 'max-never-accepted 0')" "held held" "nobody was refused, all were accepted"
is "$(result '.listeners[].connections') $(result '.listeners[].accepts')" "4 4" "four connections, four accepts"
is "$(result '.listeners[].rules[] | select(.rule == "max-wait max=250ms") | .worst | has("raddr") and has("rport") and has("ts")')" true \
	"the worst connection is named"

# ---- a queue that overflows; the kernel's own counters are the witness ----

before=$(nstat_of TcpExtListenDrops)
serve --backlog 1 --never-accept
check_bg --max-refused 0 --max-refused 1000 --max-queue 1 --max-queue 2 --max-queue 100% --max-queue 50% --max-wait max=1ms
attached
# One after the other: of two final ACKs at once, on two CPUs, both can find the last place free.
call --count 4 --parallel 1 --timeout 400 --keep-going --hold 100
until_true in_state close-wait 2 "sport = :$port"
refused=$(($(nstat_of TcpExtListenDrops) - before))
call_bg --count 3 --parallel 3 --timeout 400 --keep-going
three_more() { [ $(($(nstat_of TcpExtListenDrops) - before)) -ge $((refused + 3)) ]; }
until_true three_more
# At once: what was refused since the check has read the counter last is in it, too.
refused=$(($(nstat_of TcpExtListenDrops) - before))
judged
queue=$(ss -Htln "sport = :$port" | awk '{ print $2 }')
is "$status" 4 "refusals break a rule"
ordered "as many as nstat counts: $refused" "$refused" "$(measured 'max-refused 0')" $(($(nstat_of TcpExtListenDrops) - before))
end "$client"
is "$(verdict_of 'max-refused 0') $(verdict_of 'max-refused 1000')" "broken held" "refusals are held against a limit"
is "$(measured 'max-queue 1')" "$queue" "the longest queue is what ss shows: $queue"
is "$(verdict_of 'max-queue 1') $(verdict_of 'max-queue 2')" "broken held" "a limit in connections"
is "$(verdict_of 'max-queue 100%') $(verdict_of 'max-queue 50%')" "held broken" "a limit in percent of what the queue holds"
is "$(verdict_of 'max-wait max=1ms')" broken "connections that nobody takes break a limit on the wait"
end "$server"

# ---- reset while queued, never accepted ----

serve --never-accept
check_bg --max-dead-in-queue 0 --max-dead-in-queue 3 --max-never-accepted 0
attached
call --count 3 --close rst
until_true in_state established 0 "sport = :$port"
end "$server"
judged
is "$(measured 'max-dead-in-queue 0')" 3 "three were reset while they waited"
is "$(verdict_of 'max-dead-in-queue 0') $(verdict_of 'max-dead-in-queue 3')" "broken held" "they are held against a limit"
is "$(measured 'max-never-accepted 0')" 3 "and were never accepted"

# ---- accept() that fails ----

serve --fd-room 1 --hold
check_bg --max-accept-errors 0 --max-accept-errors 1000000
attached
call --count 3 --hold 1500
until_true has_line "$work/server" EMFILE
judged
is "$(verdict_of 'max-accept-errors 0') $(verdict_of 'max-accept-errors 1000000')" "broken held" "EMFILE, which the server reports too"
end "$server"

# ---- SYN-ACKs sent again ----

if have_tun; then
	serve --addr 0.0.0.0
	check_bg --max-synack-retrans 0 --min-connections 0
	attached
	call --raw 'syn; wait-synack timeout=100000; expect-synack-retransmit timeout=100000'
	end "$server"
	judged
	is "$status $(verdict_of 'max-synack-retrans 0')" "4 broken" "a SYN-ACK that nobody answers is sent again"
else
	skip 1 "no TUN device"
fi

# ---- too little ----

serve
check_bg --max-wait max=1s
attached
judged
is "$status $(result .result)" "5 too_little" "no connection: too little to judge"
check_bg --max-refused 0 --min-connections 3
attached
call --count 2 --close shutdown
judged
is "$status" 5 "two connections where three are wanted"
end "$server"
"$sockstate" check --port $((port + 1)) --max-refused 0 --duration 0.3 >"$work/table" 2>&1
is "$? $(tail -n 1 "$work/table")" "5 too little seen: no listener" "nobody listens"

# ---- a fact that is not shown ----

serve
check_bg --max-wait max=1s --max-refused 0 --force-absent fentry,accept,accept_syscall,accept_any_syscall,io_accept,io_uring
attached
call --count 2 --close shutdown
judged
is "$status $(verdict_of 'max-wait max=1s') $(verdict_of 'max-refused 0')" "6 unknown held" "a rule is not held on a fact that is absent"
is "$(result '.listeners[].rules[] | select(.result == "unknown") | .why | test("accept")')" true "the fact is named"
end "$server"

# ---- a command beside it ----

serve
run_check() # options... -- command...
{
	"$sockstate" check --port "$port" "$@" >"$work/table" 2>"$work/err" </dev/null
	status=$?
}
client="$lab client --port $port --quiet --close shutdown"

run_check --max-refused 0 -- sh -c "$client; exit 3"
is "$status" 0 "the command's status is not ours"
is "$(tail -n 1 "$work/table")" "the command ended with status 3" "but it is told"
"$sockstate" check --port "$port" --json --max-refused 0 -- sh -c "$client; echo noise; kill -9 \$\$" >"$work/check" 2>"$work/err" </dev/null
is "$? $(result .command_status)" "0 137" "a command that is killed, and JSON that it does not disturb"
mkfifo "$work/called"
run_check --max-refused 0 -- sh -c "($client; echo >'$work/called'; exec sleep 300) & echo \$! >'$work/left'; read -r _ <'$work/called'"
pids+=("$(cat "$work/left")")
kill -0 "$(cat "$work/left")"
is "$? $status" "0 0" "a command that forks and leaves: its child is not waited for"
run_check --max-refused 0 -- /nonexistent/command
is "$status $(cat "$work/err")" "1 sockstate: cannot run '/nonexistent/command': No such file or directory" "a command that does not exist"
told_to_end() # what sh does; SIGTERM comes when that has made $work/ready_for_it
{
	rm -f "$work/ready_for_it"
	"$sockstate" check --port "$port" --max-refused 0 -- sh -c "$client; $1" >"$work/table" 2>"$work/err" </dev/null &
	checker=$!
	pids+=("$checker")
	until_true test -e "$work/ready_for_it"
	kill -TERM "$checker"
	wait "$checker"
}
told_to_end "trap '' TERM; echo >$work/ready_for_it; while :; do sleep 0.1; done"
is "$? $(tail -n 1 "$work/table")" "0 the command ended with status 137" "one that ignores SIGTERM is killed after a grace"
run_check --max-refused 0 --min-connections 0 --duration 1 -- sleep 300
is "$status $(tail -n 1 "$work/table")" "0 the command ended with status 143" "the end of the time ends the command"

told_to_end "trap 'echo got it >$work/signal; exit 7' TERM; echo >$work/ready_for_it; while :; do sleep 0.05; done"
is "$? $(cat "$work/signal") $(tail -n 1 "$work/table")" "0 got it the command ended with status 7" "signals reach the command"

SUDO_UID=65534 run_check --max-refused 0 -- sh -c "id -u >&2; $client"
is "$status $(cat "$work/err")" "0 65534" "under sudo the command runs as who called it"
run_check --user root --max-refused 0 -- sh -c "id -u >&2; $client"
is "$(cat "$work/err")" 0 "unless told otherwise"
end "$server"

# ---- what a broken rule shows ----

serve --accept-delay 300
run_check --max-wait max=200ms -- sh -c "for i in 1 2 3 4 5; do $client; done"
end "$server"
is "$status $(grep -c "^── .* → .*:$port " "$work/table")" "4 3" "the ladders of the three worst connections"
is "$(grep -c 'accept() = ' "$work/table") $(grep -c 'not traced' "$work/table")" "3 0" "with both ends, and accept()"
slowest=$(grep -m 1 max-wait "$work/table" | grep -oE '[0-9]+$')
is "$(grep -m 1 '^── ' "$work/table" | grep -oE ":$slowest ")" ":$slowest " "the worst first"

serve --stall sleep
check_bg --max-wait max=1ms --record "$work/why.rec"
attached
call --count 3 --hold 100
looked() { "$sockstate" --replay "$work/why.rec" --json --only why 2>/dev/null | grep -q '"type":"why"'; }
until_true looked
judged
is "$status $(cat "/proc/$server/wchan")" "4 hrtimer_nanosleep" "a server that sleeps, as the kernel says, breaks a rule"
is "$(result '.listeners[].why | split(" in ")[0]')" "sockstate-lab[$server] sleeps" "and is said to sleep"
"$sockstate" check --port "$port" --max-wait max=1ms --replay "$work/why.rec" >"$work/table" 2>"$work/err"
is "$? $(sed -nE '/^  why: /,/^ {0,6}[^ ]/s/^(  why: |       )([^ ])/\2/p' "$work/table" | paste -sd ' ')" "4 $(result '.listeners[].why')" "in the table of its recording with the same words"
is "$(grep -cE '^.{81}' "$work/table")" 0 "  in rows of 80 columns"
end "$server"

# ---- a recording, rules from a file, JUnit ----

cat >"$work/rules" <<'R'
# what a rollout may do
max-wait p99=50ms   # percentile
--max-refused=0
min-connections 3
R
serve --accept-delay 200
check_bg --rules "$work/rules" --record "$work/rec" --junit "$work/junit.xml"
attached
call --count 3 --parallel 1 --close shutdown
end "$server"
judged
is "$status $(verdict_of 'max-wait p99=50ms') $(verdict_of 'max-refused 0')" "4 broken held" "rules from a file"
cp "$work/check" "$work/live"
"$sockstate" check --port "$port" --json --rules "$work/rules" --replay "$work/rec" >"$work/check" 2>"$work/err"
is "$? $(jq -S .listeners "$work/check")" "4 $(jq -S .listeners "$work/live")" "a recording is judged the same"
is "$(python3 - "$work/junit.xml" <<'P'
import sys, xml.etree.ElementTree as tree
for suite in tree.parse(sys.argv[1]).getroot():
    print(suite.get("tests"), suite.get("failures"), suite.get("errors"),
          [case.get("name") for case in suite if case.find("failure") is not None])
P
)" "2 1 0 ['max-wait p99=50ms']" "JUnit XML"
echo 'max-weight 5' >"$work/rules"
run_check --rules "$work/rules"
is "$status $(cat "$work/err")" "2 sockstate: --rules: '$work/rules', line 1: 'max-weight' is no rule: see 'sockstate check --help' for the list" \
	"a wrong line is named"

# ---- the example of docs/gate.md ----

if command -v curl >/dev/null; then
	mkdir "$work/bin" "$work/job"
	printf '#!/bin/sh\nexec "$@"\n' >"$work/bin/sudo"
	printf '#!/bin/sh\nexec %s "$@"\n' "$sockstate" >"$work/bin/sockstate"
	chmod +x "$work/bin/sudo" "$work/bin/sockstate"
	awk '/^    run: \|/ { on = 1; next } on && /^```/ { exit } on' "$root/docs/gate.md" |
		sed "s/8080/$port/g; s/p99=250ms/p99=60s/" >"$work/job/step" # this machine may be busy
	(cd "$work/job" && PATH=$work/bin:$PATH bash -c '. ./step; status=$?; kill %1; exit $status') >"$work/table" 2>"$work/err" </dev/null
	status=$?
	is "$status $(tail -n 1 "$work/table")" "0 held: all 3 rules" "the step of the CI job in docs/gate.md"
	is "$(grep -c '<testcase' "$work/job/gate.xml")" 3 "writes its report"
	ordered "twenty requests, as the server logged them" 20 "$(grep -c GET "$work/job/server.log")" 100
else
	skip 3 "curl is not installed"
fi

# ---- a real server under a real load ----

if command -v nginx wrk >/dev/null && [ "$(command -v nginx wrk | wc -l)" = 2 ]; then
	mkdir "$work/nginx"
	cat >"$work/nginx/conf" <<C
worker_processes 1; daemon off; pid $work/nginx/pid; error_log $work/nginx/error;
events { worker_connections 512; }
http { access_log off; keepalive_timeout 0; server { listen 127.0.0.1:$port; return 200 "ok\n"; } }
C
	nginx -p "$work/nginx" -c "$work/nginx/conf" >"$work/nginx/out" 2>&1 &
	server=$!
	pids+=("$server")
	until_true in_state listening 1 "sport = :$port"
	"$sockstate" check --port "$port" --json --ring-size 128M --max-refused 0 --max-never-accepted 1000000 --min-connections 100 -- \
		wrk -t1 -c8 -d2s "http://127.0.0.1:$port/" >"$work/check" 2>"$work/err" </dev/null
	status=$?
	is "$status $(result .result)" "0 held" "nginx under wrk"
	# wrk counts answers; what it leaves open at its end it does not count.
	ordered "as many connections as wrk made" "$(awk '/requests in/ { print $1 }' "$work/err")" "$(result .connections)" \
		$(($(awk '/requests in/ { print $1 }' "$work/err") + 16))
	end "$server"
else
	skip 2 "nginx or wrk is not installed"
fi

done_testing
