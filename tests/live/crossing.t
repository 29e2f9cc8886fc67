#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A simultaneous open (RFC 9293 3.5): two sockets of this machine connect to each other. The witness is the wire.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=python3
. "$(dirname "$0")/live.sh"

command -v nft >/dev/null || skip_all "nft is not installed"
other=$((port + 1))
# The SYNs of one end are lost; so the other's meets a socket that connects.
nft -f - 2>"$work/nft" <<NFT || skip_all "no filter here: $(head -n 1 "$work/nft")"
table ip crossing {
	chain out {
		type filter hook output priority 0;
		tcp sport $port tcp dport $other tcp flags & (syn | ack) == syn drop
	}
}
NFT

capture -i lo "port $port"
trace --port "$port-$other" --record "$work/rec"
python3 - "$port" "$other" <<'PY'
import socket, sys, threading
one, two = (socket.socket() for _ in range(2))
ends = [("127.0.0.1", int(port)) for port in sys.argv[1:3]]
for s, end in ((one, ends[0]), (two, ends[1])):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(end)
connecting = threading.Thread(target=one.connect, args=(ends[1],))
connecting.start()
while True:  # until the first is in SYN_SENT
    with open("/proc/self/net/tcp") as table:
        if any(row.split()[3] == "02" for row in list(table)[1:]):
            break
two.connect(ends[0])
connecting.join()
one.sendall(b"hello")
two.recv(9)
one.close()
two.recv(9)
two.close()
PY
comes 2 '.type == "close"'
stop_trace
until_true has_line "$work/wire" 'Flags \[F' 2
captured_all
"$sockstate" --replay "$work/rec" -o ladder >"$work/ladder"

# Of each end its own SYN's number, by its port.
isns=$(sed -n "s/.*127\.0\.0\.1\.\([0-9]*\) > .*Flags \[S\.*\], seq \([0-9]*\),.*/\1 \2/p" "$work/wire" | sort -u)
is "$(jq -r 'select(.type == "state" and .new == "ESTABLISHED") | "\(.lport) \(.client_isn)"' "$out" | sort)" "$isns" \
	"both ends are told, each with the number of its own SYN"
judge 'map(select(.type == "state")) |
	is("neither is a server"; map(.role) | unique; ["client"]),
	is("one meets the SYN of the other"; map(select(.new == "SYN_RECV") | .lport); ['"$port"'])'
judge 'is("one connection"; last.connections; 1)'
is "$(grep '^──' "$work/ladder" | grep -vc " 127.0.0.1:$port → 127.0.0.1:${other}[ ,]")" 0 "one ladder, of both"
j=$(awk -v p="$port" '$1 == p { print $2 }' <<<"$isns") k=$(awk -v p="$other" '$1 == p { print $2 }' <<<"$isns")
is "$(grep -c "── SYN J=$j, ACK K+1=$((k + 1)) ─*▶│ ESTABLISHED" "$work/ladder")" 1 "whose SYN was lost answers as a server does"
is "$(grep -c " ESTABLISHED │◀─ ACK J+1=$((j + 1)) ─" "$work/ladder")" 1 "and the other acknowledges"
is "$(tail -n 3 "$work/ladder" | grep -c '^1 connection ')" 1 "which is counted once"
done_testing
