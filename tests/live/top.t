#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate top on this kernel: what hangs is in sight under load, the screen follows every size, and the
# terminal is put back on every way out. Witnesses: ss, and tmux as the terminal.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="tmux wrk python3"
. "$(dirname "$0")/live.sh"

can_trace || skip_all "tracing is not possible here"

mux() { tmux -L "live$$.$terminals" -f /dev/null "$@"; }
terminals=0
leave()
{
	[ -z "${stalled:-}" ] || kill -CONT "$stalled" 2>/dev/null
	while [ "$terminals" -gt 0 ]; do # each has a server of its own
		mux kill-server 2>/dev/null
		terminals=$((terminals - 1))
	done
	finish
}
trap leave EXIT

# A terminal of that size. top's pid is in $top; its exit status comes to $work/status: tmux is at times not told of a
# child's end.
screen() # columns, rows, options...
{
	terminals=$((terminals + 1))
	rm -f "$work/pid" "$work/status"
	cat >"$work/run" <<-RUN
		echo \$\$ >'$work/pid'
		cd '$work/written' 2>/dev/null
		exec env LC_ALL=C.UTF-8 TERM=screen-256color '$sockstate' top --netns self ${*:3} 2>'$work/err'
	RUN
	mux new-session -d -s t -x "$1" -y "$2" "sh '$work/run'; echo \$? >'$work/status'; exec sleep 1000"
	until_true test -s "$work/pid"
	top=$(cat "$work/pid")
}
shown() { mux capture-pane -p -t t; }
shows() { shown | grep -qE -- "$1"; }
appears() # extended regular expression, name
{
	until_true shows "$1"
	ok $? "$2" || shown | sed 's/^/# /'
}
keys() { mux send-keys -t t "$@"; }
dead() { [ -s "$work/status" ]; }
put_back() { [ "$(mux display-message -p -t t '#{alternate_on} #{cursor_flag}')" = "0 1" ]; }

# ---- one connection hangs among 50 busy ones, and nobody accepts at another server ----

stuck=$port
serve --never-accept --backlog 5
call_bg --count 3 --send 7 --hold forever --close never
until_true in_state established 3 "( sport = :$stuck )"
busy=$((port + 1))
cat >"$work/busy.py" <<'PYTHON'
import socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
def work():
    while True:
        peer, _ = listener.accept()
        while True:
            data = peer.recv(4096)
            if not data:
                break
            if b"HANG" in data:
                time.sleep(100000)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        peer.close()
for _ in range(60):
    threading.Thread(target=work, daemon=True).start()
time.sleep(100000)
PYTHON
python3 "$work/busy.py" $busy &
pids+=($!)
listens() { ss -Htln "( sport = :$1 )" | grep -q .; }
until_true listens $busy
exec {hung}<>"/dev/tcp/127.0.0.1/$busy"
printf 'HANG\r\n' >&"$hung"
hung_port=$(ss -Htn state established "( dport = :$busy )" | awk '{ sub(/.*:/, "", $3); print $3; exit }')
wrk -c 50 -t 1 -d 300 "http://127.0.0.1:$busy/" >/dev/null 2>&1 &
pids+=($!)
until_true in_state established 51 "( sport = :$busy )"

screen 80 24
appears "ESTABLISHED .* $busy 127.0.0.1:$hung_port +python3" "80x24: the hung connection is in sight, without a key"
appears "$stuck .* 3/5 " "the accept queue and its limit"
is "$(ss -Htln "( sport = :$stuck )" | awk '{ print $2 "/" $3 }')" "3/5" "  ss: the same"
appears "^ *QUEUED .* $stuck 127.0.0.1" "connections that wait for accept()"
appears "app stuck" "the verdict"
appears "nobody (watches|waits)" "why nobody accepts"
first=$(shown | grep -nE "QUEUED|ESTABLISHED" | grep -v QUEUED | head -n 1)
ok "$(grep -q ":$hung_port " <<<"$first"; echo $?)" "behind those that wait, the hung one comes first"
peers=$(shown | awk '$1 == "QUEUED" { sub(/.*:/, "", $(NF - 1)); print $(NF - 1) }' | sort)
is "$peers" "$(ss -Htn state established "( sport = :$stuck )" | awk '{ sub(/.*:/, "", $4); print $4 }' | sort)" "ss: they are the same connections"
keys Enter
appears "accepted last" "Enter: the listener"
keys Enter
appears "in the accept queue" "Enter: the ladder of a connection"
keys Escape Escape
appears "WAIT p99" "Esc, Esc: back"

# Another one begins to hang. A frame comes four times a second; that it is seen within two seconds is what top promises.
# The quickest of three: something else may have the CPU.
quickest=9999999
for nth in one another "a third"; do
	: >"$work/later"
	python3 -c 'import socket, sys, time
hung = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
hung.sendall(b"HANG\r\n")
print(hung.getsockname()[1], flush=True)
time.sleep(100000)' $busy >"$work/later" &
	pids+=($!)
	until_true test -s "$work/later"
	appears "ESTABLISHED .* $busy 127.0.0.1:$(cat "$work/later") +python3" "$nth that hangs from now on comes into sight"
	began=$(stat -c %.6Y "$work/later") # when its port was written
	took=$((${EPOCHREALTIME/[.,]/} - ${began/[.,]/}))
	[ $took -ge $quickest ] || quickest=$took
done
ok "$((quickest > 2000000))" "  within two seconds" || echo "# it took $quickest us"

keys p
appears "PAUSED: .* events behind" "pause: it says how far behind it is"
keys p
gone_from_screen() { ! shows PAUSED; }
until_true gone_from_screen
ok $? "  and goes on"
keys f
keys -l $busy
keys Enter
appears "1 listener|filter: $busy" "a filter"
hidden() { ! shows ":$stuck "; }
until_true hidden
ok $? "  hides the other listener"
keys Escape

# ---- a storm of sizes ----

for _ in 1 2 3 4 5 6; do
	for size in "300 100" "20 5" "80 24" "41 11" "200 50" "100 7"; do
		read -r columns rows <<<"$size"
		mux resize-window -t t -x "$columns" -y "$rows"
	done
done
mux resize-window -t t -x 120 -y 40
appears "WAIT p99 +max" "after a storm of sizes the screen is that of the last"
ok "$([ "$(shown | perl -CS -ne 'chomp; $w = length if length > $w; END { print $w }')" -le 120 ]; echo $?)" "  and fits"

# ---- every way out ----

kill -TERM "$top"
until_true dead
ok $? "SIGTERM ends it"
is "$(cat "$work/status")" 0 "  cleanly"
until_true put_back
ok $? "  the terminal is put back"

screen 80 24 --port $stuck
appears "app stuck|3/5" "another, of one port"
kill -SEGV "$top"
until_true dead
ok $? "a crash ends it"
until_true put_back
ok $? "  the terminal is put back"

screen 80 24 --port $stuck
appears "3/5" "another"
mux kill-server
until_true gone "$top"
ok $? "a terminal that goes away ends it"

# ---- dead or alive, and what happened last ----

chmod 711 "$work" # top gives up its rights and becomes another user
mkdir -m 1777 "$work/written"
screen 120 40 --port $stuck
appears "QUEUED  .* 127.0.0.1:$stuck " "those that wait are alive, as far as is known"
call --count 1 --send 7 --close fin
until_true in_state close-wait 1 "( sport = :$stuck )"
fin_port=$(ss -Htn state close-wait "( sport = :$stuck )" | awk '{ sub(/.*:/, "", $4); print $4 }')
appears "QUEUED FIN .* 127.0.0.1:$stuck +127.0.0.1:$fin_port " "a client that has closed while it waited; ss: the same port"
call --count 1 --send 7 --close rst
appears "QUEUED RST .* 127.0.0.1:$stuck " "one that has reset its connection"
five() { [ "$(shown | grep -c '^ *QUEUED')" = 5 ]; }
until_true five
is "$(shown | grep -c '^ *QUEUED') $(ss -Htan "( sport = :$stuck )" | grep -vc LISTEN) $(ss -Htln "( sport = :$stuck )" | awk '{ print $2 }')" \
	"5 4 5" "  ss has no row of it, but its queue counts it"
keys w
appears "the last .* are in sockstate-.*Z.rec" "w: what happened last is written"
keys q
until_true dead
is "$(cat "$work/status")" 0 "  q ends it"
recordings=("$work"/written/sockstate-*Z.rec)
is "${#recordings[@]} $(grep -cF "'${recordings[0]}'" "$work/err")" "1 1" "  into one file, whose name is told at the end"
"$sockstate" --replay "${recordings[0]}" --json >"$work/replayed" 2>"$work/err"
is "$? $(jq -r 'select(.type == "summary") | .still_queued' "$work/replayed")" "0 5" "  it can be replayed"
is "$(jq -r 'select(.type == "reset" and .role == "server") | .lport' "$work/replayed" | sort -u)" "$stuck" "  and has the RST"

# The terminal takes nothing any more: its pty fills up, and top reads on and ends.
ended() { ! grep -q '^State:' "/proc/$1/status" 2>/dev/null || grep -sq '^State:.*[ZX]' "/proc/$1/status"; }
# Its thread is inside write(): number 1 or 64, descriptor 1.
blocked() { grep -qsE '^(1|64) 0x1 ' "/proc/$top"/task/*/syscall; }
screen 200 50
appears "5/5" "another"
stalled=$(mux display-message -p '#{pid}')
tty=$(mux display-message -p -t t '#{pane_tty}')
kill -STOP "$stalled"
head -c 1000000 /dev/zero >"$tty" & # what top writes alone would take long to fill it
filler=$!
pids+=("$filler")
until_true blocked
ok $? "the terminal stalls"
end "$filler"
kill -TERM "$top"
until_true ended "$top"
ok $? "a terminal that stalls does not hold it up"
kill -CONT "$stalled"
stalled=

done_testing
