#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A recording through a pipe, and what it keeps of its run: a replay prints the meta line, the labels and the lines of
# the live run.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

serve --reply 18
trace --record "$work/run.rec" --label env=prod --label 'note=a b' --lport "$port" --laddr 127.0.0.0/8,::1 --interval 500ms
call --count 3 --read
comes 3 '.type == "close"'
stop_trace
live=$out
# But what the command line tells, and what may become of lines that are read too slowly: never in a replay.
of_the_run='del(.argv) | if .type == "meta" then del(.overload) else . end'
jq -c "$of_the_run" "$live" >"$work/live"

same() # file, name: its lines are those of the live run
{
	jq -c "$of_the_run" "$1" >"$work/replayed"
	cmp -s "$work/live" "$work/replayed"
	ok $? "$2" || diff "$work/live" "$work/replayed" | head -n 6 | cut -c 1-300 | sed 's/^/# /'
}

"$sockstate" --replay "$work/run.rec" --json --interval 500ms >"$work/file" 2>>"$work/err"
same "$work/file" "a replay has all lines of the live run: host, boot, run, filter and labels too"
is "$(jq -r 'select(.type == "meta") | .host' "$work/file")" "$(uname -n)" "  host: as uname -n has it"
is "$(jq -r 'select(.type == "meta") | .boot_id' "$work/file")" "$(cat /proc/sys/kernel/random/boot_id)" "  boot_id: the kernel's"
"$sockstate" --replay - --json --interval 500ms <"$work/run.rec" >"$work/stdin" 2>>"$work/err"
same "$work/stdin" "--replay -: from standard input"
is "$("$sockstate" --replay "$work/run.rec" --json --label env=test --label new=1 | jq -sc 'map(.labels) | unique')" \
	'[{"env":"test","new":"1","note":"a b"}]' "a label of the replay takes the place of the recorded one"

# ---- through a pipe, while it happens ----

mkfifo "$work/pipe"
"$sockstate" --netns self --port "$port" --record - 2>>"$work/err" >"$work/pipe" &
tracer=$!
pids+=("$tracer")
"$sockstate" --replay - --json <"$work/pipe" >"$work/lines.pipe" 2>>"$work/err" &
reader=$!
pids+=("$reader")
out=$work/lines.pipe
ready
call --count 2 --read
comes 2 '.type == "accept"'
ok $? "--record - | --replay -: lines come while it is recorded"
kill -INT "$tracer"
wait "$tracer"
is $? 0 "  the recorder ends with 0"
wait "$reader"
is "$? $(tail -n 1 "$out" | jq -r .type)" "0 summary" "  and so does the reader, with the summary"
is "$(q 'map(select(.type == "accept")) | length')" 2 "  both accept() are in it"

"$sockstate" --netns self --record - --duration 20 2>"$work/quit" | head -c 100 >"$work/begin"
is "${PIPESTATUS[0]} $(head -n 1 "$work/begin")" "0 sockstate" "a reader that goes ends it quietly; the text at its begin says what it is"
is "$(grep -c write "$work/quit")" 0 "  without a complaint"
done_testing
