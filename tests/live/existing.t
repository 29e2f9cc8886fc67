#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The sockets that were there before the tracer: who holds them, which listener a waiting child belongs to, in which order.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
dump=${EXISTING_DUMP:-$root/build/tests/live/existing_dump}
lab=${SOCKSTATE_LAB:-$root/sockstate-lab}

for need in "$dump" "$lab"; do
	if [ ! -x "$need" ]; then
		echo "1..0 # SKIP $need is not built"
		exit 0
	fi
done
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
if [ "${INSIDE:-}" != yes ]; then
	if ! why=$("$dump" 2>&1 >/dev/null); then
		echo "1..0 # SKIP tracing is not possible here: $why"
		exit 0
	fi
	INSIDE=yes exec unshare -n "$0"
fi

work=$(mktemp -d)
pids=()
tests=0
failed=0
finish()
{
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

is() # got, want, name
{
	tests=$((tests + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $tests - $3"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $3"
		diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
	fi
}

until_true() # command...; up to ten seconds
{
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	echo "# gave up waiting: $*"
	return 1
}

server() # name, options...; in the background, port in $port, process in $pid
{
	local name=$1
	shift
	mkfifo "$work/$name.ready"
	"$lab" server --name "$name" --port 0 --quiet --duration 100 --ready-fd 7 "$@" 7>"$work/$name.ready" \
		>"$work/$name" 2>&1 &
	pid=$!
	pids+=("$pid")
	read -r port <"$work/$name.ready"
}

client()
{
	"$lab" client --quiet --duration 90 --hold forever "$@" >>"$work/client" 2>&1 &
	pids+=($!)
}

has() # number, state, filter...
{
	local n=$1
	shift
	[ "$(ss -Htan state "$@" | wc -l)" = "$n" ]
}

ip link set lo up
own=$(stat -Lc %i /proc/self/ns/net)
server idle --addr 0.0.0.0 --never-accept
idle=$port idle_pid=$pid
server busy --addr :: --hold
busy=$port busy_pid=$pid
server pair --addr 127.0.0.1 --workers 2 --never-accept
pair=$port
# An address of its own beside the wildcard: the child belongs to the nearer one.
"$lab" server --name near --addr 127.0.0.2 --port 9602 --never-accept --quiet --duration 100 >"$work/near" 2>&1 &
pids+=($!)
"$lab" server --name dual --addr :: --port 9603 --never-accept --quiet --duration 100 >"$work/dual" 2>&1 &
pids+=($!)
until_true has 2 listening '( sport = :9602 or sport = :9603 )'

client --port "$idle" --count 2 --name callers
client --port "$busy" --name callers
client --port "$pair" --count 2
client --addr 127.0.0.2 --port 9602
client --addr 127.0.0.1 --port 9603
until_true has 2 established "( sport = :$idle )"
until_true has 1 established "( sport = :$busy )"
until_true has 2 established "( sport = :$pair )"
until_true has 2 established '( sport = :9602 or sport = :9603 )'
halves=0
if [ -c /dev/net/tun ]; then
	client --port "$idle" --half-open --count 3
	until_true has 3 syn-recv "( sport = :$idle )" && halves=3
fi
# ss names who holds a connection once accept() has given it a file.
busy_has_accepted()
{
	ss -Htanp state established "( sport = :$busy )" | grep -q "pid=$busy_pid,"
}
until_true busy_has_accepted

"$dump" >"$work/dump" 2>"$work/err"
is "$?" 0 "walks the tables"

row() # awk condition, columns
{
	awk -v ns="$own" -v idle="$idle" -v busy="$busy" -v pair="$pair" "(\$1 == ns) && ($1) { print $2 }" "$work/dump"
}
cookie_of() # port
{
	row "\$2 == 10 && \$3 == $1" '$5'
}

is "$(tail -1 "$work/dump")" end "the end is told last"
is "$(row '1' '$2 == 10' | uniq | head -2)" $'1\n0' "listeners come first"
is "$(row '$2 == 10 && $3 == idle' '$7, $11, $12, $15')" "2 $idle_pid idle sk" "a listener has its queue and its holder"
is "$(row '$2 == 1 && $3 == busy' '$11, $12, $14, $15')" "$busy_pid busy 0 sk" "an accepted connection has its holder"
is "$(row '$2 == 1 && $4 == busy' '$12')" callers "so has the client's end"
is "$(row '$2 == 1 && $3 == idle' '$6, $11, $14' | sort -u)" "0 0 $(cookie_of "$idle")" \
	"a child that waits has no holder but its listener"
is "$(row '$2 == 1 && $3 == 9602' '$14')" "$(cookie_of 9602)" "found by its address"
is "$(row '$2 == 1 && $3 == 9603' '$14')" "$(cookie_of 9603)" "or an IPv4 child by the dual-stack listener"
is "$(row '$2 == 1 && $3 == pair' '$14' | sort -u)" 0 "of two listeners on one port none is guessed"
is "$(row '1' '$5' | sort | uniq -d)" "" "every cookie comes once"
is "$(row '$5 == 0' '$5')" "" "and none is missing"
if [ "$halves" = 3 ]; then
	is "$(row '$2 == 3' '$3 == idle, $6, $14' | sort | uniq -c | tr -s ' ')" " 3 1 0 $(cookie_of "$idle")" \
		"half-open requests know their listener"
	is "$(row '$2 == 10 && $3 == idle' '$9')" 3 "which counts them"
else
	tests=$((tests + 1))
	echo "ok $tests - half-open requests # SKIP no TUN device here"
fi

echo "1..$tests"
[ "$failed" = 0 ]
