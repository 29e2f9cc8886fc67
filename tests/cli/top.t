#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate top without a kernel: what it refuses, and recordings on terminals of fixed sizes. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

run 2 top
says "top needs a terminal: use 'sockstate list' here"
run 2 top --replay nothing --port 0
run 0 top --help
run 2 top --replay nothing --cgroup /
says "--cgroup and --replay: the processes have gone, use --comm"

if ! command -v tmux >/dev/null; then
	skip "screens" "no tmux"
	done_testing
	exit
fi

server=0 # a name of its own for each: one that ends may still hold the name of the one before
tmux() { command tmux -L "top$$.$server" -f /dev/null "$@"; }
trap 'tmux kill-server 2>/dev/null; rm -rf "$work"' EXIT

# A terminal of that size; what the program says at its end is in $work/said, its code in $work/code.
screen() # columns, rows, environment and command...
{
	rm -f "$work/code"
	tmux kill-server 2>/dev/null
	server=$((server + 1))
	tmux new-session -d -s t -x "$1" -y "$2" \
		"env ${*:3} 2>'$work/said'; echo \$? >'$work/code.tmp'; mv '$work/code.tmp' '$work/code'; exec sleep 600"
}
shown() { tmux capture-pane -p -t t; }
keys() { tmux send-keys -t t "$@"; }
# Until the command succeeds, or 20 s.
until_true()
{
	for _ in $(seq 200); do
		if "$@"; then return 0; fi
		sleep 0.1
	done
	return 1
}
shows() { shown | grep -qF -- "$1"; } # text
appears() # text, name
{
	until_true shows "$1"
	ok $? "$2"
	shows "$1" || shown | sed 's/^/# /'
}
ended() { [ -e "$work/code" ]; }
fits() # columns, rows
{
	local lines widest
	lines=$(shown | wc -l)
	widest=$(shown | perl -CS -ne 'chomp; $w = length if length > $w; END { print $w + 0 }')
	[ "$lines" -le "$2" ] && [ "$widest" -le "$1" ]
}

rec=$root/tests/replay/backlog_full.rec
for size in "80 24" "120 40" "200 50"; do
	read -r columns rows <<<"$size"
	for charset in C.UTF-8 C; do
		screen "$columns" "$rows" TERM=screen-256color LC_ALL=$charset "$sockstate" top --replay "$rec"
		appears "replay: the end of" "$size, $charset: a recording is played to its end"
		appears "waiting and hung" "  the connections"
		fits "$columns" "$rows"
		ok $? "  it fits"
		shown >"$work/screen"
		if [ $charset = C ]; then
			is "$(LC_ALL=C grep -c '[^ -~]' "$work/screen")" 0 "  nothing but ASCII"
		else
			ok "$(shows "▶"; echo $?)" "  what is selected is marked"
		fi
	done
done
keys Enter
appears "refused last" "Enter: the listener"
keys Escape
appears "WAIT p99" "Esc: back"
keys '?'
appears "Any key leaves this page" "?: help"
keys x
appears "WAIT p99" "a key leaves it"
keys f
keys -l "9999"
keys Enter
appears "no listener passes the filter" "f: a filter that hides all"
keys Escape
tmux resize-window -t t -x 30 -y 5
appears "too small" "a window that is too small says so"
tmux resize-window -t t -x 100 -y 30
appears "WAIT p99" "and a larger one is drawn"
keys q
until_true ended
is "$(cat "$work/code" 2>&1)" 0 "q ends it with 0"
is "$(tmux display-message -p -t t '#{alternate_on} #{cursor_flag}')" "0 1" "the terminal is as it was"

# ---- to and fro in a recording ----

for size in "80 24" "200 50"; do
	read -r columns rows <<<"$size"
	screen "$columns" "$rows" TERM=screen-256color LC_ALL=C.UTF-8 "$sockstate" top --replay "$rec"
	appears "! worst" "$size: the key to the worst moment"
	keys '!'
	appears "1 of 2, the longest wait: 2.69 s at 127.0.0.1:9502" "  !: found before it is played, and by which criterion"
	appears "replay x1  4.23 s of 4.66 s PAUSED" "  and gone to, shortly before its end"
	appears "the oldest waits for 2.56 s" "  it is in sight"
	keys '!'
	appears "2 of 2, the fullest queue: 2/1 at 127.0.0.1:9502" "  !: the next"
	appears "replay x1  1.66 s of 4.66 s PAUSED" "  which was before"
	keys '!'
	appears "1 of 2" "  !: the first again"
	keys ,
	appears "replay x1  3.30 s of 4.66 s PAUSED" "  a second back"
	keys .
	appears "replay x1  4.33 s of 4.66 s PAUSED" "  a second further"
	keys Space
	appears "replay: the end of 4.66 s" "  played on to its end"
	keys ,
	appears "replay x1  3.70 s of 4.66 s PAUSED" "  back from there"
	keys q
	until_true ended
	is "$(cat "$work/code" 2>&1) $(wc -c <"$work/said")" "0 0" "  q ends it with 0 and says nothing"
done
mkfifo "$work/fifo"
cat "$rec" >"$work/fifo" &
screen 80 24 TERM=screen-256color LC_ALL=C.UTF-8 "$sockstate" top --replay "$work/fifo"
appears "replay: the end of 4.66 s" "a recording from a pipe"
keys '!'
appears "it comes through a pipe: only a file can be played again" "  has no way back, and says so"
head -c 7000 "$rec" >"$work/cut.rec"
screen 80 24 TERM=screen-256color LC_ALL=C.UTF-8 "$sockstate" top --replay "$work/cut.rec"
appears "! worst" "a recording that was cut"
keys '!'
appears "1 of 2, " "  its worst moment, as far as it goes"
keys q
until_true ended
is "$(cat "$work/code" 2>&1)" 0 "  left before its end, nothing is complained of"

screen 80 24 TERM=screen-256color LC_ALL=C.UTF-8 "$sockstate" top --replay "$rec" --comm nginx
appears "replay: the end of" "--comm: of a recording"
ok "$(! shows 9502; echo $?)" "  sockets of other programs are left out"

screen 80 24 TERM=dumb "$sockstate" top --replay "$rec"
until_true ended
is "$(cat "$work/code" 2>&1)" 2 "TERM=dumb is refused"
is "$(cat "$work/said")" \
	"sockstate: top needs a terminal that can move its cursor, and TERM is dumb: use 'sockstate list --watch 1'" \
	"  in one line, with the remedy"
screen 80 24 TERM=screen-256color "$sockstate" top --replay /nonexistent
until_true ended
is "$(cat "$work/code" 2>&1)" 1 "a recording that is not there"
is "$(grep -c '^sockstate: --replay:' "$work/said")" 1 "  is named"

screen 80 24 TERM=screen-256color NO_COLOR=1 LC_ALL=C.UTF-8 "$sockstate" top --replay "$rec"
appears "replay: the end of" "NO_COLOR: it is drawn"
is "$(tmux capture-pane -e -p -t t | grep -cE $'\033\\[([0-9]+;)*(3[1-7]|38)')" 0 "  without colours"

done_testing
