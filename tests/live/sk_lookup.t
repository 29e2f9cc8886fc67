#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The other ways to a listener on another port (steered.t has the TPROXY of IPv4): a program of the kind sk_lookup, which
# knows neither family, and the TPROXY of IPv6. The witnesses are what the server says of its sockets, and ss.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs='nft python3'
. "$(dirname "$0")/live.sh"
helper=$root/build/tests/live/sk_lookup
[ -x "$helper" ] || skip_all "$helper is not there"

front=$((port + 100)) # sk_lookup brings it to port; TPROXY brings front+1 to port+1
[ -z "${SOCKSTATE_VM:-}" ] || modprobe -q nft_tproxy
nft -f - 2>"$work/nft" <<NFT || skip_all "no TPROXY here: $(head -n 1 "$work/nft")"
table ip6 steer {
	chain in {
		type filter hook prerouting priority mangle
		ip6 daddr fd99::/64 tcp dport $((front + 1)) tproxy to :$((port + 1)) accept
	}
}
NFT
ip -6 route add local fd99::/64 dev lo

cat >"$work/server.py" <<'PY'
import select, socket, sys
port = int(sys.argv[1])
def listen(port):
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.IPPROTO_IPV6, 75, 1)  # IPV6_TRANSPARENT
    s.bind(("::", port))
    s.listen(5)
    return s
plain, transparent = listen(port), listen(port + 1)
print("listens", plain.fileno(), flush=True)
while True:
    for s in select.select([plain, transparent], [], [])[0]:
        c, _ = s.accept()
        name = lambda a: "%s:%d" % (a[0].replace("::ffff:", ""), a[1])
        print("port", s.getsockname()[1], name(c.getsockname()), name(c.getpeername()), flush=True)
        c.recv(100)
        c.close()
PY
python3 "$work/server.py" "$port" >"$work/server" 2>&1 </dev/null &
server=$!
pids+=("$server")
until_true has_line "$work/server" listens || ok 1 "the server listens: $(cat "$work/server")"
fd=${found#listens }
plain=$(ss_cookie state listening "sport = :$port")
transparent=$(ss_cookie state listening "sport = :$((port + 1))")

mkfifo "$work/end"
"$helper" "$server" "$fd" "$front" <"$work/end" >"$work/steers" 2>&1 &
pids+=($!)
exec {end}>"$work/end"
until_true has_line "$work/steers" . || ok 1 "sk_lookup"
grep -q steers "$work/steers" || skip_all "no sk_lookup here: $(tail -n 1 "$work/steers")"

declare -A lines tracers
watch() # name, options...
{
	launch --netns self "${@:2}"
	lines[$1]=$out
	tracers[$1]=$tracer
}
watch port --verify --port "$port" --side server
watch front --verify --port "$front" --side server
watch transparent --verify --port $((port + 1)) --side server --record "$work/rec"
watch count --summary --port "$port,$((port + 1))"
for name in "${!tracers[@]}"; do
	ready "${tracers[$name]}"
done
connect() { "$lab" client --addr "$1" --port "$2" --quiet --read-eof >/dev/null 2>&1 </dev/null; }
connect 127.0.0.1 "$front"
connect ::1 "$front"
connect fd99::7 $((front + 1))
connect ::1 "$port"
until_true has_line "$work/server" '^port' 4 || ok 1 "four are accepted"
for name in port front; do
	out=${lines[$name]}
	comes "$([ $name = port ] && echo 3 || echo 2)" "server and .type == \"close\" and .listener == $plain" || ok 1 "$name: they end"
done
out=${lines[transparent]}
comes 1 "server and .type == \"close\" and .listener == $transparent" || ok 1 "it ends"

of() # port of the listener, pattern: the ends of its connections, as the server says
{
	sed -n "s/^port $1 //p" "$work/server" | grep "$2" | sort
}
ends='select(server and .type == "close") | "\(.laddr):\(.lport) \(.raddr):\(.rport)"'
for name in port front transparent count; do
	out=${lines[$name]}
	tracer=${tracers[$name]}
	stop_trace
	case $name in
	port)	want=$(of "$port" .) it=$plain number=3 ;;
	front)	want=$(of "$port" ":$front ") it=$plain number=2 ;;
	transparent)	want=$(of $((port + 1)) .) it=$transparent number=1 ;;
	count)
		is "$(q 'map(select(.type == "summary"))[0].listeners | map([.cookie, .completed, .accepts]) | sort')" \
			"$(jq -cn "[[$plain,3,3],[$transparent,1,1]] | sort")" "count: each is counted for its listener"
		continue
		;;
	esac
	is "$(q "map($ends) | .[]" | sort)" "$want" "$name: the connections that were asked for, and no others"
	judge --argjson it "$it" --argjson number "$number" --arg name "$name" '
		def mine: server and .listener == $it;
		is("\($name): each has its SYN, its end of the handshake, its accept()"; map(select(mine) | if .type == "state" then .new else .type end) |
			map(select(IN("SYN_RECV", "ESTABLISHED", "accept"))) | group_by(.) | map([.[0], length]);
			[["ESTABLISHED", $number], ["SYN_RECV", $number], ["accept", $number]]),
		is("\($name): nothing differs from the tables of the kernel"; map(select(.type == "verify")); [])'
done
out=$work/replayed
"$sockstate" --replay "$work/rec" --json --side server --port $((port + 1)) >"$out"
is "$(q "map($ends) | .[]")" "$(of $((port + 1)) .)" "replayed, too"
done_testing
