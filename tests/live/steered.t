#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A connection with another port, or another address, than its listener: TPROXY steers segments to a listener, and the
# connection keeps their ends. Whoever asks for the listener sees its connections; whoever asks for a connection sees its listener.
# The witnesses are what the server says of its sockets (getsockname, getpeername), ss and the kernel's counters.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs='nft python3'
. "$(dirname "$0")/live.sh"

# Segments to the ports front and front+1 of 10.99.0.0/24 go to the listeners on port and port+1; those to front on
# 127.0.0.9 to a listener that is on that port.
front=$((port + 100))
[ -z "${SOCKSTATE_VM:-}" ] || modprobe -q nft_tproxy
nft -f - 2>"$work/nft" <<NFT || skip_all "no TPROXY here: $(head -n 1 "$work/nft")"
table ip steer {
	chain in {
		type filter hook prerouting priority mangle
		ip daddr 10.99.0.0/24 tcp dport $front tproxy to :$port accept
		ip daddr 10.99.0.0/24 tcp dport $((front + 1)) tproxy to 127.0.0.30:$((port + 1)) accept
		ip daddr 10.99.0.0/24 tcp dport $((front + 2)) tproxy to :$((port + 2)) accept
	}
}
NFT
ip route add local 10.99.0.0/24 dev lo

cat >"$work/server.py" <<'PY'
import select, socket, sys
port, front = map(int, sys.argv[1:])
def listen(addr, port, backlog):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IP, 19, 1)  # IP_TRANSPARENT
    s.bind((addr, port))
    s.listen(backlog)
    return s
steered, bound, other = listen("0.0.0.0", port, 1), listen("127.0.0.30", port + 1, 5), listen("127.0.0.9", front, 5)
print("listens", flush=True)
sys.stdin.readline()
while True:
    for s in select.select([steered, bound, other], [], [])[0]:
        c, _ = s.accept()
        print("port", s.getsockname()[1], "%s:%d" % c.getsockname(), "%s:%d" % c.getpeername(), flush=True)
        c.recv(100)
        c.close()
PY
mkfifo "$work/go"
python3 "$work/server.py" "$port" "$front" <"$work/go" >"$work/server" 2>&1 &
server=$!
pids+=("$server")
exec {go}>"$work/go"
until_true has_line "$work/server" listens || ok 1 "the server listens: $(cat "$work/server")"
cookie=$(ss_cookie state listening "sport = :$port")
bound=$(ss_cookie state listening "sport = :$((port + 1))")

declare -A lines
tracers=()
watch() # name, options...
{
	launch --netns self "${@:2}"
	lines[$1]=$out
	tracers+=("$tracer")
}
watch port --verify --port "$port"
watch lport --verify --lport "$port" --side server
watch front --verify --port "$front" --side server
watch laddr --verify --laddr 127.0.0.30
watch comm --verify --comm python3 --record "$work/rec"
watch count --summary --port "$port"
watch count_front --summary --port "$front"
for pid in "${tracers[@]}"; do
	ready "$pid"
done

# Two connections fill the queue of the first listener; two more are refused until the server accepts.
client() # addr, port
{
	"$lab" client --addr "$1" --port "$2" --quiet --keep-going --read-eof >"$work/client.$1.$2" 2>&1 </dev/null &
	clients+=($!)
	pids+=($!)
}
clients=()
client 10.99.0.1 "$front"
# One after the other: of two at once each has seen an empty queue (its copy), and --summary no full one.
until_true in_state established 1 "sport = :$front"
first_waits=${EPOCHREALTIME/[.,]/}
client 10.99.0.2 "$front"
until_true in_state established 2 "sport = :$front"
client 10.99.0.3 "$front"
client 10.99.0.4 "$front"
client 10.99.0.5 $((front + 1))
client 127.0.0.9 "$front"
refused()
{
	nstat -asz TcpExtListenDrops | awk '$1 == "TcpExtListenDrops" && $2 >= 2 { found = 1 } END { exit !found }'
}
until_true refused
out=${lines[port]}
comes 1 '.verdict ^ "app_s'
waited=$(((${EPOCHREALTIME/[.,]/} - first_waits) * 1000))
echo >&"$go"
wait "${clients[@]}"
until_true has_line "$work/server" '^port' 6
for name in port lport front comm; do
	out=${lines[$name]}
	comes 4 "server and .type == \"close\" and .listener == $cookie" || ok 1 "$name: the connections end"
done
for name in laddr comm; do
	out=${lines[$name]}
	comes 1 "server and .type == \"close\" and .listener == $bound" || ok 1 "$name: the connection ends"
done
drops=$(nstat -asz TcpExtListenDrops | awk '$1 == "TcpExtListenDrops" { print $2 }')
[ "${drops:-0}" -ge 2 ]
ok $? "the kernel refused $drops"
# The drops of the last second come with the next walk over the listeners.
for name in port lport front; do
	out=${lines[$name]}
	until_true eval '[ "$(q "map(select(.type == \"drop\") | .count) | sum")" -ge '"$drops"' ]' ||
		ok 1 "$name: the refusals come"
done
kill "$server"
wait "$server"
for name in port lport front comm; do
	out=${lines[$name]}
	comes 1 ".new == \"CLOSE\" and .role == \"listener\" and .cookie == $cookie" || ok 1 "$name: the listener ends"
done

of_port() # port: the ends of its connections, as the server says
{
	sed -n "s/^port $1 //p" "$work/server" | sort
}
ends='select(server and .type == "close") | "\(.laddr):\(.lport) \(.raddr):\(.rport)"'
for name in "${!lines[@]}"; do
	out=${lines[$name]}
	number=0
	for tracer in "${tracers[@]}"; do
		[ "$out" != "$work/lines.$((number + 1))" ] || break
		number=$((number + 1))
	done
	stop_trace
	if [[ $name = count* ]]; then
		# Where tracepoints alone tell the listener, the first may be counted for the one on its own port.
		judge --argjson cookie "$cookie" --argjson port "$port" --argjson drops "$drops" --argjson pid "$server" --arg name "$name" '
			map(select(.type == "summary"))[0].listeners as $all | ($all | map(select(.cookie == $cookie))[0]) as $it |
			is("\($name): the listener, its port and its refusals"; $it | [.laddr, .lport, .drops]; ["0.0.0.0", $port, $drops]),
			if $name == "count" then
				is("\($name): its connections, and nobody else"; $all | map([.completed, .accepts, .handshake.count, .accept_wait.count]); [[4, 4, 4, 4]])
			else
				is("\($name): all connections are counted"; $all | map(.completed, .accepts) | add; 10),
				holds("\($name): for their listener"; $it.completed == $it.accepts and $it.completed >= 3)
			end'
		continue
	fi
	case $name in
	port | lport)	want=$(of_port "$port") ;;
	front)		want=$(of_port "$port"; of_port "$front") ;;
	laddr)		want=$(of_port $((port + 1))) ;;
	comm)		want=$(of_port "$port"; of_port $((port + 1)); of_port "$front") ;;
	esac
	is "$(q "map($ends) | .[]" | sort)" "$(sort <<<"$want")" "$name: the connections that were asked for, and no others"
	[ "$name" = laddr ] && continue
	judge --argjson cookie "$cookie" --argjson port "$port" --argjson pid "$server" --argjson drops "$drops" --argjson waited "$waited" --arg name "$name" '
		def mine: server and .listener == $cookie;
		is("\($name): each has its SYN, its end of the handshake, its accept()"; map(select(mine) | if .type == "state" then .new else .type end) |
			map(select(IN("SYN_RECV", "ESTABLISHED", "accept"))) | group_by(.) | map([.[0], length]);
			[["ESTABLISHED", 4], ["SYN_RECV", 4], ["accept", 4]]),
		is("\($name): the listener is 0.0.0.0 with its port, and its owner";
			map(select(.cookie == $cookie and .new == "CLOSE") | [.laddr, .lport, .pid]);
			[["0.0.0.0", $port, $pid]]),
		is("\($name): its accepts and refusals at the end"; map(select(.type == "summary"))[0].listeners | map(select(.cookie == $cookie) |
			[.lport, .completed, .accepts, .drops, .handshake.count, .accept_wait.count]); [[$port, 4, 4, $drops, 4, 4]]),
		is("\($name): the program was slow, and its backlog is not to blame";
			map(select(.cookie == $cookie and .verdict != null and .verdict != "ok") | .verdict) | unique | map(select(. == "backlog_too_small")); []),
		holds("\($name): who was first waited as long as it was kept"; map(select(mine and .type == "accept") | .accept_wait_ns) | .[0] >= $waited),
		is("\($name): nothing differs from the tables of the kernel"; map(select(.type == "verify")); [])'
done

# Of all that was recorded, by either port.
for asked in "$port" "$front"; do
	out=$work/replayed
	"$sockstate" --replay "$work/rec" --json --side server --port "$asked" >"$out"
	want=$(of_port "$port"; [ "$asked" = "$port" ] || of_port "$front")
	is "$(q "map($ends) | .[]" | sort)" "$(sort <<<"$want")" "replayed, port $asked: its connections, and no others"
	is "$(q 'map(select(.type == "summary"))[0].listeners | map(.lport) | sort')" \
		"$([ "$asked" = "$port" ] && echo "[$port]" || echo "[$port,$front]")" "and their listeners"
done

# ---- resets: counted for the listener, by the exporter ----

cat >"$work/resets.py" <<'PY'
import socket, struct, sys
s = socket.socket()
s.setsockopt(socket.IPPROTO_IP, 19, 1)  # IP_TRANSPARENT
s.bind(("0.0.0.0", int(sys.argv[1])))
s.listen(9)
print("listens", flush=True)
for i in range(8):
    c, _ = s.accept()
    if i < 3:  # a RST: nothing lingers; else the client sends one
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:  # not before it has come: our FIN would bring another, from no socket
        try:
            while c.recv(100):
                pass
        except ConnectionResetError:
            pass
        print("taken", flush=True)
    c.close()
sys.stdin.readline()
PY
rm -f "$work/go" && mkfifo "$work/go"
python3 "$work/resets.py" $((port + 2)) <"$work/go" >"$work/resets" 2>&1 &
server=$!
pids+=("$server")
exec {go}>"$work/go"
until_true has_line "$work/resets" listens
command -v curl >/dev/null || { skip 6 "curl is not installed"; done_testing; }
home=$((port + 3))
exporters=()
for asked in 0 2; do
	"$sockstate" export --netns self --listen "127.0.0.1:$((home + asked))" --port "$(((asked ? front : port) + 2))" 2>"$work/err.$asked" </dev/null &
	exporters+=($!)
	pids+=($!)
	until_true grep -q serving "$work/err.$asked"
done
rsts() { nstat -asz TcpOutRsts | awk '$1 == "TcpOutRsts" { print $2 }'; }
before=$(rsts)
for ((i = 0; i < 3; i++)); do
	"$lab" client --addr 10.99.0.1 --port $((front + 2)) --quiet --keep-going --read-eof >/dev/null 2>&1 </dev/null
done
for ((i = 0; i < 3; i++)); do
	"$lab" client --addr 10.99.0.1 --port $((front + 2)) --quiet --close rst >/dev/null 2>&1 </dev/null
done
until_true has_line "$work/resets" taken 3
all=$(($(rsts) - before))
[ "$all" -ge 6 ]
ok $? "three resets of the clients, and $((all - 3)) of the server"
resets() { curl -sS "http://127.0.0.1:$((home + $1))/metrics" | awk -v p="port=\"$((port + 2))\"" -v d="direction=\"$2\"" '/^sockstate_resets_total/ && index($0, p) && index($0, d) { n += $NF } END { print n + 0 }'; }
told() { [ "$(resets "$1" sent) $(resets "$1" received)" = "$((all - 3)) 3" ]; }
for asked in 0 2; do
	until_true told $asked
	is "$(resets $asked sent) $(resets $asked received)" "$((all - 3)) 3" "$([ $asked = 0 ] && echo "its port" || echo "their port"): resets of steered connections are its own"
done

# ---- SYN cookies: where a child has told whose the port is ----

cookies=$(cat /proc/sys/net/ipv4/tcp_syncookies)
echo 2 >/proc/sys/net/ipv4/tcp_syncookies
for ((i = 0; i < 2; i++)); do
	"$lab" client --addr 10.99.0.1 --port $((front + 2)) --quiet --close rst >/dev/null 2>&1 </dev/null
done
until_true has_line "$work/resets" taken 5
echo "$cookies" >/proc/sys/net/ipv4/tcp_syncookies
is "$(nstat -asz TcpExtSyncookiesSent | awk '$1 == "TcpExtSyncookiesSent" { print $2 }')" 2 "two SYN cookies"
counted() { curl -sS "http://127.0.0.1:$((home + $1))/metrics" | sed -nE "s/^sockstate_syncookies_total\{[^}]*port=\"$((port + 2))\".*\} //p"; }
two() { [ "$(counted "$1")" = 2 ]; }
for asked in 0 2; do
	if [ -z "$(counted $asked)" ]; then
		skip 1 "this kernel does not let us see cookies"
		continue
	fi
	until_true two $asked
	is "$(counted $asked)" 2 "$([ $asked = 0 ] && echo "its port" || echo "their port"): SYN cookies are the listener's"
done
end "${exporters[@]}"
echo >&"$go"
done_testing
