#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Addresses are translated between both ends of a connection, and both are on this machine: a published port, a hidden client.
# The witnesses are what both programs say of their sockets (getsockname, getpeername).
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

command -v nft >/dev/null || skip_all "nft is not installed"
published=$((port + 1))
nft -f - 2>"$work/nft" <<NFT || skip_all "no NAT here: $(head -n 1 "$work/nft")"
table ip nat {
	chain out {
		type nat hook output priority -100
		tcp dport $published redirect to :$port
	}
	chain post {
		type nat hook postrouting priority 100
		ip saddr 127.0.0.21 snat to 127.0.0.77
	}
}
NFT

# Two clients, one after the other; each prints the ends of its socket, the server those of its own.
cat >"$work/pair.py" <<'PY'
import socket, sys
port, published = map(int, sys.argv[1:])
s = socket.socket()
s.bind(("0.0.0.0", port))
s.listen(5)
def ends(c):
    return ["%s:%d" % c.getsockname(), "%s:%d" % c.getpeername()]
for source, to in (("127.0.0.20", published), ("127.0.0.21", port), ("127.0.0.22", port)):
    c = socket.create_connection(("127.0.0.1", to), source_address=(source, 0))
    a, _ = s.accept()
    print(source, *ends(c), *ends(a), flush=True)
    c.close()
    a.recv(1)
    a.close()
PY
trace --port "$port,$published"
python3 "$work/pair.py" "$port" "$published" >"$work/pair" || ok 1 "both programs talk"
comes 3 'server and .type == "close"'
comes 3 '(server | not) and .type == "close"'
stop_trace

read -r _ _ called it _ <<<"$(grep ^127.0.0.20 "$work/pair")"
read -r _ caller _ _ seen <<<"$(grep ^127.0.0.21 "$work/pair")"
[ "$called" != "$it" ] && [ "$caller" != "$seen" ]
ok $? "the programs: $called is $it, $caller is $seen"
translated() # a program with the closes of one end
{
	q "map(select(.type == (\"close\", \"accept\") and $1) | .translated // empty | \"\(.addr):\(.port)\") | unique | join(\" \")"
}
is "$(translated '(server | not) and .laddr == "127.0.0.20"')" "$it" "the client of a published port: where the server is"
is "$(translated 'server and .raddr == "127.0.0.20"')" "$called" "its server: what was called"
is "$(translated '(server | not) and .laddr == "127.0.0.21"')" "$seen" "the client behind NAT: whom the server sees"
is "$(translated 'server and .raddr == "127.0.0.77"')" "$caller" "its server: who it is"
is "$(q 'map(select((.laddr, .raddr) == "127.0.0.22" and .translated)) | length')" 0 "nothing is said where nothing is translated"
is "$(q 'map(select(.type == "summary"))[0].connections')" 3 "three connections, not six"
done_testing
