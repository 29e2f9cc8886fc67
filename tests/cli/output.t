#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Where the output cannot be written, recordings that are damaged, closed pipes, colours. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

full="sockstate: cannot write to standard output: No space left on device"
for words in --help --version fields; do
	"$sockstate" $words >/dev/full 2>"$work/err"
	is "$?: $(cat "$work/err")" "1: $full" "$words to a full disk"
	"$sockstate" $words >&- 2>"$work/err"
	is "$?: $(cat "$work/err")" "1: sockstate: cannot write to standard output: it is closed" "$words to nowhere"
done

run 1 --record /nonexistent/dir/file
says "--record: cannot write '/nonexistent/dir/file': No such file or directory"
run 1 --record "$work"
says "--record: cannot write '$work': Is a directory"

run 1 --replay /nonexistent/file
says "--replay: cannot open '/nonexistent/file': No such file or directory"
run 1 --replay "$0"
says "--replay: '$0' is not a recording of sockstate: make one with --record"
: >"$work/empty"
run 1 --replay "$work/empty"
says "--replay: '$work/empty' is not a recording of sockstate: make one with --record"

recording=$(printf '%s\n' "$root"/tests/replay/*.rec | head -1)
if [ ! -e "$recording" ]; then
	skip "replays" "there is no recording in tests/replay"
	done_testing
	exit
fi

run 0 --replay "$recording" --json
cp "$work/out" "$work/whole"
is "$(head -1 "$work/whole" | grep -c '"type":"meta"') $(tail -1 "$work/whole" | grep -c '"type":"summary"')" "1 1" \
	"  and begins with meta, ends with summary"

run 0 --replay "$recording" --pid 1,2 --comm nginx,$'e\evil'
is "$(head -1 "$work/out" | grep -o ', pid.*')" ", pid 1,2, comm nginx,e?vil" "the table says which owners were asked for"

"$sockstate" --replay - --json <"$recording" 2>"$work/err" | sed 's/"argv":[^]]*]//' >"$work/piped"
ok "$(sed 's/"argv":[^]]*]//' "$work/whole" | cmp -s - "$work/piped"; echo $?)" "  --replay -: the same from standard input"
"$sockstate" --replay - --json <"$0" >"$work/out" 2>"$work/err"
is "$? $(cat "$work/err")" "1 sockstate: --replay: 'standard input' is not a recording of sockstate: make one with --record" \
	"  a stranger there is named"

size=$(stat -c %s "$recording")
head -c $((size - 9)) "$recording" >"$work/cut.rec"
run 1 --replay "$work/cut.rec" --json
ok "$(grep -q "^sockstate: --replay: '$work/cut.rec' is damaged at byte [0-9]*: " "$work/err"; echo $?)" "  and names the place"
is "$(wc -l <"$work/err")" 1 "  in one line"
ok "$(test "$(wc -l <"$work/out")" -gt 1 && tail -1 "$work/out" | grep -q '"type":"summary"'; echo $?)" \
	"  after everything before it, and the summary"

for form in table ladder json summary; do
	"$sockstate" --replay "$recording" -o $form >/dev/full 2>"$work/err"
	is "$?: $(cat "$work/err")" "1: $full" "-o $form to a full disk"
	{ "$sockstate" --replay "$recording" -o $form 2>"$work/err"; echo $? >"$work/code"; } | head -0
	is "$(cat "$work/code"): $(cat "$work/err")" "0: " "-o $form into a pipe that nobody reads"
done

is "$("$sockstate" --replay "$recording" --json --count 2 | grep -c '"type":"\(state\|accept\)"')" 2 "--count 2 prints two lines"
is "$("$sockstate" --replay "$recording" --json --count 2 | tail -1 | grep -c '"type":"summary"')" 1 "  and the summary"

escape=$(printf '\033')
colored() # words of the command line; 1 if the output has colours
{
	"$@" | grep -c "$escape\[[0-9;]*m" | sed 's/^[1-9].*/1/'
}
is "$(colored "$sockstate" --replay "$recording")" 0 "no colours through a pipe"
is "$(colored "$sockstate" --replay "$recording" --color always)" 1 "--color always"
is "$(NO_COLOR=1 colored "$sockstate" --replay "$recording" --color always)" 1 "--color always is stronger than NO_COLOR"
if command -v script >/dev/null; then
	on_terminal() { script -qec "$sockstate --replay $recording $*" /dev/null </dev/null; }
	export TERM=xterm
	is "$(colored on_terminal)" 1 "colours on a terminal"
	is "$(NO_COLOR=1 colored on_terminal)" 0 "none with NO_COLOR"
	is "$(NO_COLOR='' colored on_terminal)" 1 "an empty NO_COLOR does not count"
	is "$(colored on_terminal --color never)" 0 "none with --color never"
	is "$(TERM=dumb colored on_terminal)" 0 "none on a dumb terminal"
else
	skip "colours on a terminal" "script(1) is not installed"
fi
done_testing
