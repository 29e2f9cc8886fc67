#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate check: what makes no sense is refused in one line, before the kernel is asked.
. "$(dirname "$0")/tap.sh"

bad() # want, options...
{
	local want=$1
	shift
	"$sockstate" check "$@" >"$work/out" 2>"$work/err" </dev/null
	is "$? $(cat "$work/err")" "2 sockstate: $want" "check $*"
}

bad "check: say which listeners: --port LIST or --all-listeners"
bad "check: say which listeners: --port LIST or --all-listeners" --max-refused 0
bad "--port and --all-listeners: give one of them" --port 80 --all-listeners --max-refused 0
bad "check: no rule is given: see 'sockstate check --help' for the list" --port 80
bad "--max-wait: 'p999=1' is no limit: give a time for a percentile or the maximum, as in p99=50ms or max=2s" --port 80 --max-wait p999=1
bad "--max-queue: '101%' is no limit: give a number, or a share of what the queue can hold, as in 80%" --port 80 --max-queue 101%
bad "--no-verdict: 'ok' is no verdict: choose of app_slow, app_stuck, out_of_fds, backlog_too_small, backlog_capped, syn_flood" \
	--port 80 --no-verdict ok
bad "--user: there is no command to run" --port 80 --max-refused 0 --user root
bad "--replay and a command: a recording is judged as it is, leave the command out" --port 80 --max-refused 0 --replay x -- true
bad "--replay and --duration: a recording ends by itself" --port 80 --max-refused 0 --replay x --duration 1
bad "--rules: cannot read '/nonexistent': No such file or directory" --port 80 --rules /nonexistent

recording=$root/tests/replay/overflow_rst.rec
"$sockstate" check --replay "$recording" --all-listeners --max-refused 0 --max-wait max=1h >"$work/out" 2>"$work/err"
is "$? $(tail -n 1 "$work/out")" "4 broken: 1 of 2 rules" "a recording of refusals breaks --max-refused 0"
"$sockstate" check --replay "$recording" --all-listeners --max-refused 100 --quiet >"$work/out" 2>"$work/err"
is "$?$(cat "$work/out" "$work/err")" 0 "and holds 100, quietly"
"$sockstate" check --replay "$recording" --port 1 --max-refused 0 >"$work/out" 2>"$work/err"
is "$? $(cat "$work/out")" "5 too little seen: no listener" "another port"
"$sockstate" check --replay "$recording" --all-listeners --max-refused 0 --junit /nonexistent/x >"$work/out" 2>"$work/err"
is "$? $(cat "$work/err")" "1 sockstate: --junit: cannot write '/nonexistent/x': No such file or directory" "a report that cannot be written"
done_testing
