#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Link-local addresses, which mean something on one link alone: each line names the interface. Two namespaces, and a pair
# of interfaces between them. Witness: ss.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

another_netns
for i in 0 1; do
	ip link add "here$i" type veth peer name "there$i" netns "/proc/$far_pid/ns/net" || skip_all "no veth here"
	ip link set "here$i" up
	far ip link set "there$i" up
	ip addr add fe80::1/64 dev "here$i" nodad
	far ip addr add fe80::2/64 dev "there$i" nodad
done
usable() { [ "$(ip -6 -br addr show up | grep -c 'UP.*fe80::1/64')" = 2 ] && [ "$(far ip -6 -br addr show up | grep -c 'UP.*fe80::2/64')" = 2 ]; }
until_true usable

"$lab" server --addr :: --port "$port" --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
"$lab" server --addr fe80::1%here1 --port $((port + 1)) --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
listens() { ss -Htln "( sport = :$port or sport = :$((port + 1)) )" | grep -c LISTEN | grep -qx 2; }
until_true listens
far_client=(nsenter --net="/proc/$far_pid/ns/net" "$lab" client --quiet)
client() # interface, port, options...
{
	"${far_client[@]}" --addr "fe80::1%$1" --port "$2" --bind "fe80::2%$1" "${@:3}" >/dev/null 2>&1 </dev/null
}
# Not by client(), which would be a shell that waits for it, and left it behind.
"${far_client[@]}" --addr fe80::1%there1 --port "$port" --bind fe80::2%there1 --hold forever >/dev/null 2>&1 </dev/null &
pids+=($!)
older() { in_state established 1 "( sport = :$port )"; }
until_true older
held=$(ss -Htne state established "( sport = :$port )" | sed 's/.* sk:\([0-9a-f]*\).*/\1/')

launch --port "$port,$((port + 1))" --record "$work/recording"
ready
# It counts in the kernel: one listener of before, one that begins then.
"$sockstate" --summary --json --port "$((port + 1))-$((port + 2))" >"$work/counted" 2>/dev/null </dev/null &
counts=$!
pids+=("$counts")
ready "$counts"
"$lab" server --addr fe80::1%here0 --port $((port + 2)) --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
"$sockstate" --port "$port,$((port + 1))" >"$work/table" 2>/dev/null </dev/null &
table=$!
pids+=("$table")
ready "$table"
client there0 "$port"
client there1 $((port + 1))
closed() { [ "$(jq -cs 'map(select(.type == "close" and .role == "server")) | length' "$out")" = 2 ]; }
until_true closed
told() { [ "$(grep -c 'closed by client' "$work/table")" = 4 ]; }
until_true told
"$sockstate" list --port "$port,$((port + 1))" >"$work/list" 2>/dev/null
"$sockstate" list --json --port "$port" >"$work/list.json" 2>/dev/null
ss -Htan "( sport = :$port or sport = :$((port + 1)) )" >"$work/ss"
younger() { ss -Htln "( sport = :$((port + 2)) )" | grep -q .; }
until_true younger
client there0 $((port + 2))
for pid in "$table" "$counts"; do kill -INT "$pid"; wait "$pid"; done
stop_trace

of() { jq -crs "$1" "${2:-$out}"; }
is "$(of 'map(select(.type != "meta" and .raddr == "fe80::1" and .role == "client" and .lport) | .ifname) | unique')" \
	'["there0","there1"]' "the client's lines name its interface"
is "$(of "map(select(.lport == $port and .role == \"server\" and .type != \"socket\") | .ifname) | unique")" '["here0"]' \
	"the server's lines name its own, from the SYN on"
is "$(of "map(select(.lport == $((port + 1)) and .role == \"server\") | .ifname) | unique")" '["here1"]' "  of another link with the same addresses"
is "$(of "map(select(.type == \"socket\" and .state == \"LISTEN\") | [.lport, .ifname]) | sort")" "[[$port,null],[$((port + 1)),\"here1\"]]" \
	"a listener on such an address has one, one on [::] has none"
grep -q "fe80::1\]\?%here1:$((port + 1))" "$work/ss"
ok $? "  ss says the same"
is "$(of "map(select(.type == \"socket\" and .role == \"server\") | [.cookie, .ifname])")" "[[$((16#$held)),\"here1\"]]" "a connection of before has it"
is "$(grep -c '\[fe80::2%here0\]:' "$work/table")" "$(of "map(select(.lport == $port and .role == \"server\" and .ifname == \"here0\")) | length")" \
	"the table has it behind the address"
grep -q "^ *ESTABLISHED .*\[fe80::1%here1\]:$port *\[fe80::2%here1\]:" "$work/list"
ok $? "sockstate list, too" || sed 's/^/# /' "$work/list"
is "$(of 'map(select(.state == "ESTABLISHED" and .lport == '"$port"') | .ifname)' "$work/list.json")" '["here1"]' "  in JSON"
"$sockstate" --replay "$work/recording" --json >"$work/again" 2>/dev/null
is "$(of 'map(.ifname)' "$work/again")" "$(of 'map(.ifname)')" "a replay knows them"
"$sockstate" --replay "$work/recording" -o ladder >"$work/ladder" 2>/dev/null
grep -q '\[fe80::2%there0\]:[0-9]* → \[fe80::1%here0\]:'"$port" "$work/ladder"
ok $? "the ladder calls each end as it calls itself" || grep '──' "$work/ladder" | sed 's/^/# /'
of_listeners() { of "map(select(.type == \"summary\"))[0].listeners | map(select(.lport > $port) | [.lport, .ifname]) | sort" "$1"; }
is "$(of_listeners "$out")" "[[$((port + 1)),\"here1\"]]" "the summary has that of each listener"
is "$(of_listeners "$work/counted")" "[[$((port + 1)),\"here1\"],[$((port + 2)),\"here0\"]]" "that of --summary, too, of before and of meanwhile"
is "$(of "map(select(.type == \"listener\" and .lport == $((port + 1))) | .ifname) | unique" "$work/counted")" '["here1"]' "  and its lines"
"$sockstate" --replay "$work/recording" -o summary >"$work/summary" 2>/dev/null
is "$(grep -c "^ *$((port + 1)) fe80::1%here1 " "$work/summary")" 1 "  and the screen" || sed 's/^/# /' "$work/summary"
"$sockstate" report "$work/recording" -o "$work/page" >/dev/null 2>&1
grep -q "\[fe80::1%here1\]:$((port + 1))" "$work/page"
ok $? "the page of a report names the link of a listener"
grep -q "\[fe80::2%there[01]\]:" "$work/page"
ok $? "  and each end of a connection its own"
"$sockstate" check --replay "$work/recording" --port "$((port + 1))" --max-queue 100 --min-connections 1 >"$work/check" 2>/dev/null
is "$(grep -c "^\[fe80::1%here1\]:$((port + 1)) " "$work/check")" 1 "check, too" || sed 's/^/# /' "$work/check"
done_testing
