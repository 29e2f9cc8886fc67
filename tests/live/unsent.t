#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A packet filter of this host drops the SYN-ACKs on their way out: the client's SYN is answered, and nobody gets to know.
# Witnesses: the counters of nft's rules, ss.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="nft"
[ -n "${UNSENT_PLACE-}" ] || UNSENT_PLACE=1 exec unshare --mount --propagation private bash "$0" "$@"
. "$(dirname "$0")/live.sh"
# shellcheck source-path=SCRIPTDIR source=ftrace.sh
. "$(dirname "$0")/ftrace.sh"

free=$((port + 1))
nft -f - 2>"$work/nft" <<NFT || skip_all "no packet filter here: $(head -n 1 "$work/nft")"
table inet f {
	chain out {
		type filter hook output priority 0
		tcp sport $port tcp flags & (syn | ack) == syn | ack counter drop
	}
}
NFT
dropped() { nft list table inet f | sed -n "s/.*tcp sport $port .*counter packets \([0-9]*\).*/\1/p"; }
dropped_at_least() { [ "$(dropped)" -ge "$1" ]; }
listens() { ss -Htln "( sport = :$1 )" | grep -q .; }
no_request() { [ -z "$(ss -Htan state syn-recv)" ]; }
for p in "$port" "$free"; do
	"$lab" server --addr :: --port "$p" --fastopen 5 --quiet >/dev/null 2>&1 </dev/null &
	pids+=($!)
	until_true listens "$p"
done
cookie=$((16#$(ss -Htlne "( sport = :$port )" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p')))

"$sockstate" --json --netns self --port "$port" --name-syn-drops >"$work/named" 2>/dev/null </dev/null &
named=$!
pids+=("$named")
ready "$named"
trace --port "$port-$free" --record "$work/rec"
# The timer of a request may interrupt process 1, in which this machine may run no BPF program.
release()
{
	ftrace_gone
	finish
}
trap release EXIT
ftrace_hide_drops
for addr in 127.0.0.1 ::1; do
	"$lab" client --quiet --addr "$addr" --port "$port" --count 1 --timeout 600000 >/dev/null 2>&1 </dev/null &
	client=$!
	pids+=("$client")
	before=$(dropped)
	until_true dropped_at_least $((before + 3)) # the SYN, the request's timer, the SYN once more
	kill "$client"
	wait "$client" 2>/dev/null
	until_true no_request
done
# The same with a SYN cookie, which leaves no request.
sysctl -qw net.ipv4.tcp_syncookies=2
before=$(dropped)
"$lab" client --quiet --addr 127.0.0.1 --port "$port" --count 1 --timeout 600000 >/dev/null 2>&1 </dev/null &
client=$!
pids+=("$client")
until_true dropped_at_least $((before + 1))
kill "$client"
wait "$client" 2>/dev/null
told=$before # without the cookies
sysctl -qw net.ipv4.tcp_syncookies=1
# A fast open has its child already. The SYN-ACK is dropped when the SYN comes, and when the timer sends it again.
sysctl -qw net.ipv4.tcp_fastopen=519
before=$(dropped)
"$lab" client --quiet --addr 127.0.0.1 --port "$port" --count 1 --fastopen --timeout 600000 >/dev/null 2>&1 </dev/null &
client=$!
pids+=("$client")
until_true dropped_at_least $((before + 2))
kill "$client"
wait "$client" 2>/dev/null
sysctl -qw net.ipv4.tcp_fastopen=0
"$lab" client --quiet --addr 127.0.0.1 --port "$free" --count 1 >/dev/null 2>&1 </dev/null
until_true no_request
hidden=$(ftrace_hidden_drops)
told=$((told - hidden))
comes "$told" '.segment == "synack"'
comes 1 '.lport == '"$free"' and .type == "close" and server'
stop_trace
kill -INT "$named"
wait "$named"

is "$(q 'map(select(.segment == "synack") | .count) | add')" "$told" "as many SYN-ACKs are told as nft dropped, but those of cookies"
judge --argjson port "$port" --argjson cookie "$cookie" --argjson hidden "$hidden" '
	map(select(.lport == $port and .rport)) as $c |
	is("what the packet filter dropped, in the kernel'"'"'s words too"; $c | map(select(.segment == "synack") | [.drop_reason, .kernel_reason]) | unique; [["netfilter", "NETFILTER_DROP"]]),
	is("each is its request'"'"'s, and names the listener"; $c | map(select(.segment == "synack") | [.role, .listener, has("client_isn"), has("server_isn")]) | unique; [["server", $cookie, true, true]]),
	is("each request has a begin"; $c | map(select(.segment == "synack") | .server_isn) | unique; $c | map(select(begin and .server_isn) | .server_isn) | unique),
	is("over IPv4 and IPv6"; $c | map(select(begin) | .raddr) | unique; ["127.0.0.1", "::1"]),
	is("and an end, for the kernel gives it up when its SYN-ACK cannot leave again (\($hidden) hidden)"; $c |
		(map(select(begin and .server_isn) | .server_isn) - map(select(server and .type == "close") | .server_isn) | length) <= $hidden; true),
	is("a fast open is the one connection that it is"; $c | (map(select(server and .fastopen) | .rport) | unique) as $ports |
		[($ports | length), (map(select(.role == "server" and .rport == $ports[0]) | .cookie) | unique | length), (map(select(.rport == $ports[0] and .type == "drop")) | length)]; [1, 1, 0]),
	is("which is no refusal"; map(select(.type == "summary"))[0].listeners | map(.drops) | unique; [0])'
is "$(q 'map(select(.type == "summary"))[0].drops_by_reason.netfilter')" "$told" "the summary has them by reason"
is "$(q 'map(select(.lport == '"$free"' and .type == "drop")) | length')" 0 "a SYN-ACK that may leave is no drop"
"$sockstate" --replay "$work/rec" >"$work/table"
is "$(grep -c 'SYN-ACK discarded: dropped or rejected by a packet filter' "$work/table")" "$told" "the table says it in words"
"$sockstate" --replay "$work/rec" -o ladder >"$work/ladder"
is "$(grep -c 'its SYN-ACK is discarded' "$work/ladder")" "$told" "the ladder too"
if jq -e 'select(.type == "meta") | .facts.syn_drop.is != "absent"' <(head -1 "$work/named") >"$work/said"; then
	is "$(jq -s 'map(select(.type == "drop" and .segment != "synack" and .drop_reason != "request_expired")) | length' "$work/named")" 0 \
		"--name-syn-drops: a SYN whose SYN-ACK is dropped was not refused"
else
	skip 1 "--name-syn-drops: a SYN whose SYN-ACK is dropped was not refused: $(head -1 "$work/named" | jq -r .facts.syn_drop.why)"
fi
done_testing
