#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate top when events come faster than they can be read: it goes over to the counters in the kernel and says so,
# knows what they know, and goes back. Witnesses: what the clients of the lab say, and ss.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="tmux"
. "$(dirname "$0")/live.sh"

can_trace || skip_all "tracing is not possible here"

mux() { tmux -L "counts$$" -f /dev/null "$@"; }
leave()
{
	mux kill-server 2>/dev/null
	finish
}
trap leave EXIT

shown() { mux capture-pane -p -t t; }
shows() { shown | grep -qE -- "$1"; }
appears() # extended regular expression, name
{
	until_true shows "$1"
	ok $? "$2" || shown | grep '[^ ]' | sed 's/^/# /'
}
keys() { mux send-keys -t t "$@"; }
only() { keys f C-u "$1" Enter "${@:2}"; } # port, further keys: the filter
connects() # how many, to $calm
{
	"$lab" client --quiet --port "$calm" --count "$1" --send 7 --close fin >"$work/calm" 2>&1 </dev/null
	sed -n 's/.* tally: .* \([0-9]*\) connected.*/\1/p' "$work/calm"
}
listens() { ss -Htln "( sport = :$1 )" | grep -q .; }

flooded=$port calm=$((port + 1)) stuck=$((port + 2))
for server in "$flooded" "$calm" "$stuck --never-accept"; do
	# shellcheck disable=SC2086 # options
	"$lab" server --quiet --backlog 128 --port $server >/dev/null 2>&1 </dev/null &
	pids+=($!)
	until_true listens "${server%% *}"
done

# Rings of one page, which a few connections fill before they are read.
mux new-session -d -s t -x 110 -y 40 \
	"env LC_ALL=C.UTF-8 TERM=screen-256color '$sockstate' top --netns self --ring-size 4096 2>'$work/err'; echo \$? >'$work/status'; exec sleep 1000"
appears ":$stuck .* 0/128 " "the screen"

floods=()
for _ in 1 2 3; do
	"$lab" client --quiet --port "$flooded" --count 1000000 --parallel 16 --duration 3600 >/dev/null 2>&1 </dev/null &
	floods+=($!)
done
pids+=("${floods[@]}")
appears "COUNTED: [0-9]+ events/s are too many to read" "events come faster than they can be read: they are counted, and it says so"
ok "$([ "$(shown | grep -oE '[0-9]+ lost' | sed 's/ lost//')" -gt 0 ]; echo $?)" "  what was lost before is told"

# ---- what the counters know ----

is "$(connects 20)" 20 "20 connect to the calm server"
# All in one read: Enter is about what the filter leaves, before that has been drawn.
top=$(pgrep -P "$(mux display -p -t t '#{pane_pid}')" -f "$sockstate top")
kill -STOP "$top"
until_true grep -q '^State:.*stopped' "/proc/$top/status"
only "$calm" Enter
kill -CONT "$top"
appears "arrived .* 20 in all" "  top counts as many"
appears "accepted .* 20 in all" "  accepted, too"
appears "all: p50 .* p99 .* max" "  and their waits"
appears "clients are not known one by one" "  not who they were, and it says so"
appears "COUNTED" "  the flood goes on"
keys Escape
"$lab" client --quiet --port "$stuck" --count 1 --send 7 --hold forever --close never >/dev/null 2>&1 </dev/null &
pids+=($!)
until_true in_state established 1 "( sport = :$stuck )"
waiting=$(ss -Htn state established "( sport = :$stuck )" | awk '{ sub(/.*:/, "", $4); print $4 }')
only "$stuck"
appears "QUEUED .* 127.0.0.1:$stuck +127.0.0.1:$waiting " "who waits is read from the kernel's tables; ss: the same port"
appears ":$stuck .* 1/128 " "  and the queue"
keys Tab
keys Enter
appears "events are counted, and not read: connections are not followed" "Enter: it has no ladder, and says so"
keys Escape Escape

# ---- and back ----

for flood in "${floods[@]}"; do end "$flood"; done
back() { ! shows COUNTED && shows WAIT; }
only "$calm"
until_true back
ok $? "when the flood is over, events are read again" || shown | sed 's/^/# /'
shows ":$calm .* ok"
ok $? "  and nothing is held against a server meanwhile" || shown | sed 's/^/# /'
keys Enter
more=0
for n in 21 22 23 24 25; do # a ring of one page holds the facts of one, perhaps not of five
	more=$((more + $(connects 1)))
	until_true shows "arrived .* $n in all"
done
is $more 5 "5 more connect"
appears "arrived .* 25 in all" "  they come on top of those that were counted"
appears "accepted .* 25 in all" "  accepted, too"
appears "127.0.0.1:[0-9]+ waited" "  one by one"
keys q
status() { [ -s "$work/status" ]; }
until_true status
is "$(cat "$work/status")" 0 "q ends it with 0"

done_testing
