#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What sockdiag reads from the kernel's tables against what ss shows, in three network namespaces of our own: one with
# every kind of socket, one held by a process alone, one that is only mounted and has nothing but a TIME_WAIT left.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
dump=${SOCKDIAG_DUMP:-$root/build/tests/live/sockdiag_dump}
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
if ! command -v ss >/dev/null; then
	echo "1..0 # SKIP needs ss (iproute2)"
	exit 0
fi
if [ "${INSIDE:-}" != yes ]; then
	INSIDE=yes exec unshare -n -m --propagation private "$0"
fi

work=$(mktemp -d)
pids=()
tests=0
failed=0
finish()
{
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	umount "$work/mounted" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

ok() # status, name
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $2"
	fi
}

is() # got, want, name
{
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
	fi
}

until_true() # command...; up to thirty seconds
{
	local i
	for ((i = 0; i < 600; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	echo "# gave up waiting: $*"
	return 1
}

server() # name, options...; in the background, port in $port
{
	local name=$1
	shift
	mkfifo "$work/$name.ready"
	"$lab" server --port 0 --quiet --duration 100 --ready-fd 7 "$@" 7>"$work/$name.ready" >"$work/$name" 2>&1 &
	pids+=($!)
	read -r port <"$work/$name.ready"
}

client()
{
	"$lab" client --quiet --duration 90 "$@" >>"$work/client" 2>&1 &
	pids+=($!)
}

count() # state, filter...; how many ss shows
{
	ss -Htan state "$@" | wc -l
}

has() # number, state, filter...
{
	local n=$1
	shift
	[ "$(count "$@")" = "$n" ]
}

# "sk state queue limit lport rport inode" of each socket of this namespace, as ss has it. A queue means bytes elsewhere.
by_ss()
{
	ss -Htane | awk '
	BEGIN {
		split("ESTAB SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT UNCONN CLOSE-WAIT LAST-ACK LISTEN CLOSING", n, " ")
		for (i in n) number[n[i]] = i
	}
	{
		sk = inode = 0
		for (i = 6; i <= NF; i++) {
			if ($i ~ /^sk:/) sk = substr($i, 4)
			if ($i ~ /^ino:/) inode = substr($i, 5)
		}
		l = $4; r = $5; sub(/.*:/, "", l); sub(/.*:/, "", r); if (r == "*") r = 0
		if ($1 != "LISTEN") $2 = $3 = 0
		print sk, number[$1], $2, $3, l, r, inode
	}' | sort
}

# The same of what we read. Namespace in $1.
by_us()
{
	awk -v ns="$1" '$1 == ns { print $8, $3, $10, $11, $5, $7, $9 }' "$work/dump" | sort
}

ip link set lo up
own=$(stat -Lc %i /proc/self/ns/net)

# Three completed connections fill a queue whose limit is 2, nobody accepts. Only then the fourth, whose SYN finds the
# queue full: had it come before the third's ACK, its request would stay.
server full --addr 127.0.0.1 --backlog 2 --never-accept
full=$port
client --port "$full" --count 3 --hold forever
until_true has 3 established "( sport = :$full )"
client --port "$full" --count 1 --hold forever --keep-going
# Both families on one dual-stack listener; 1000 bytes in, 500 out.
server both --addr :: --hold --read-first --reply 500
both=$port
client --port "$both" --addr ::1 --send 1000 --read=500 --hold forever
client --port "$both" --addr 127.0.0.1 --send 1000 --read=500 --hold forever
# The peer's FIN came, the server holds on.
server shut --addr 127.0.0.1 --hold
shut=$port
client --port "$shut" --send 10 --close shutdown
# The client closes first and stays in TIME_WAIT.
server brief --addr 127.0.0.1
brief=$port
client --port "$brief" --send 10
# Half open: the SYN-ACK reaches a host that says nothing.
server half --addr 0.0.0.0
half=$port
client --port "$half" --half-open --count 3 --hold forever

until_true has 2 established "( sport = :$both )"
until_true has 1 close-wait "( sport = :$shut )"
until_true has 1 time-wait "( dport = :$brief )"
if [ -c /dev/net/tun ] && until_true has 3 syn-recv "( sport = :$half )"; then halves=3; else halves=0; fi

# A namespace that only a process holds.
unshare -n sh -c 'ip link set lo up; echo $$ >"$0"; exec "$1" server --quiet --addr 127.0.0.1 --port 9600 --backlog 7 --duration 100' \
	"$work/alone" "$lab" &
pids+=($!)
until_true test -s "$work/alone"
alone=$(stat -Lc %i "/proc/$(cat "$work/alone")/ns/net")
until_true sh -c "nsenter -t $(cat "$work/alone") -n ss -Htln | grep -q 9600"

# A namespace that is only mounted, as ip netns add leaves it, with nothing but a TIME_WAIT in it.
touch "$work/mounted"
unshare --net="$work/mounted" sh -c '
	ip link set lo up
	"$0" server --quiet --addr 127.0.0.1 --port 9700 --accept-max 1 --exit-when-done --duration 20 &
	for i in $(seq 100); do ss -Htln | grep -q 9700 && break; sleep 0.05; done
	"$0" client --quiet --port 9700 --send 10
	wait' "$lab" >"$work/mounted.log" 2>&1
mounted=$(stat -c %i "$work/mounted")

settled() # nothing moves: ss says the same before and after our look
{
	by_ss >"$work/before"
	"$dump" >"$work/dump" 2>"$work/err" || return 1
	by_ss >"$work/after"
	cmp -s "$work/before" "$work/after"
}
until_true settled
ok $? "reads the tables while ss says the same before and after"

is "$(by_us "$own")" "$(cat "$work/before")" "cookies, states, queues, ports and inodes are those of ss -tane"
is "$(by_us "$alone")" "$(nsenter -t "$(cat "$work/alone")" -n bash -c "$(declare -f by_ss); by_ss")" \
	"also in a namespace that a process holds"
is "$(awk -v ns="$mounted" '$1 == ns { print $3, $7, $17 }' "$work/dump")" "6 9700 timewait" \
	"and in one that is only mounted: its TIME_WAIT"

row() # awk condition, columns
{
	awk -v ns="$own" -v full="$full" -v both="$both" -v shut="$shut" -v brief="$brief" -v half="$half" \
		"\$1 == ns && $1 { print $2 }" "$work/dump"
}
is "$(row '$17 == "listen" && $5 == full' '$10, $11')" "3 2" "the full accept queue holds one more than its limit"
until_true sh -c "ss -Htlnm '( sport = :$full )' | grep -vq ',d0)'"
"$dump" >"$work/dump" 2>"$work/err"
drops=$(ss -Htlnm "( sport = :$full )" | sed -n 's/.*,d\([0-9]*\)).*/\1/p')
ours=$(row '$17 == "listen" && $5 == full' '$12')
ok "$([ "$ours" -gt 0 ] && [ "$ours" -le "$drops" ] && echo 0 || echo 1)" "its drops ($ours) are counted as ss -m has them ($drops)"
is "$(row '$5 == full && $3 == 1' '$9' | sort -u)" "0" "children that wait in the queue have no inode"
is "$(row '$5 == both && $3 == 1' '$2, $4, $6' | sort)" $'4 127.0.0.1 127.0.0.1\n6 ::1 ::1' \
	"a v4-mapped connection of a dual-stack listener is IPv4"
is "$(row '$5 == both && $3 == 1' '$15, $16' | sort -u)" "1000 500" "payload bytes in and out"
ok "$([ "$(row '$5 == both && $3 == 1 && $14 > 0' '$14' | wc -l)" = 2 ] && echo 0 || echo 1)" "a round trip time each"
is "$(row '$5 == shut && $3 == 8' '$15')" "10" "in CLOSE_WAIT the FIN does not count as a byte"
is "$(row '$7 == brief && $17 == "timewait"' '$3, $9')" "6 0" "a timewait socket is told as one"
if [ "$halves" = 3 ]; then
	is "$(row '$17 == "request"' '$3, $5 == half, $9' | sort -u)" "3 1 0" "half-open requests are SYN_RECV"
else
	tests=$((tests + 1))
	echo "ok $tests - half-open requests are SYN_RECV # SKIP no TUN device here"
fi

grep -q 'refused 0 *$' "$work/err"
ok $? "no namespace was refused"
setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$dump" >"$work/dump" 2>"$work/err"
grep -q 'namespaces 1 .*own only' "$work/err"
ok $? "without CAP_SYS_ADMIN only our own namespace is read, and that is said"
is "$(cut -d' ' -f1 "$work/dump" | sort -u)" "$own" "and only its sockets come"

echo "1..$tests"
[ "$failed" = 0 ]
