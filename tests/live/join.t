#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Two namespaces at once, with the same addresses and the same ports: each connection is joined from its own facts.
# 10,000 connections, 600 in an emulated machine. Witnesses: tcpdump's sequence numbers, ss's cookies, nstat's counts.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs='nsenter perl'
. "$(dirname "$0")/live.sh"

each=5000
[ -z "${SOCKSTATE_VM:-}" ] || each=300
port=$((10000 + RANDOM % 4000))

another_netns
ns2=$(stat -Lc %i "/proc/$far_pid/ns/net")
far ip link set lo up
# On a slow machine the server's FIN goes out twice, the second is answered by TIME_WAIT with an ACK, and the server, closed
# by then, answers that with a RST. It would end the client's TIME_WAIT (RFC 1337) before ss gets to list it.
sysctl -qw net.ipv4.tcp_rfc1337=1
far sysctl -qw net.ipv4.tcp_rfc1337=1

launch --port "$port"
ready
for where in here there; do
	enter=
	[ $where = here ] || enter="nsenter --net=/proc/$far_pid/ns/net"
	$enter tcpdump -i lo -n -S -tt -l -B 16384 "tcp port $port and tcp[tcpflags] & (tcp-syn|tcp-ack) = (tcp-syn|tcp-ack)" \
		>"$work/wire.$where" 2>"$work/tcpdump.$where" </dev/null &
	pids+=($!)
	until_true has_line "$work/tcpdump.$where" 'listening on'
	$enter "$lab" server --port "$port" --backlog 4096 --quiet --duration 500 --ready-fd 7 7>"$work/ready.$where" >"$work/server.$where" 2>&1 </dev/null &
	pids+=($!)
	until_true test -s "$work/ready.$where"
done
clients=()
for where in here there; do
	enter=
	[ $where = here ] || enter="nsenter --net=/proc/$far_pid/ns/net"
	$enter "$lab" client --port "$port" --bind 127.0.0.1 --bind-port 20000 --count $each --parallel 40 --close shutdown --quiet \
		>"$work/client.$where" 2>&1 </dev/null &
	clients+=($!)
done
# port, cookie of the client's end. The first may be out of TIME_WAIT before the last get there: what ss lists in several looks.
look()
{
	local where enter
	for where in here there; do
		enter=
		[ $where = here ] || enter="nsenter --net=/proc/$far_pid/ns/net"
		$enter ss -Htane state time-wait "( dport = :$port )" |
			perl -ne 'print "$1 ", hex($2), "\n" if /127\.0\.0\.1:(\d+) +127\.0\.0\.1:\d+ .* sk:([0-9a-f]+)/' >>"$work/looks.$where"
		sort -u "$work/looks.$where" >"$work/cookies.$where"
	done
}
every_client_ended()
{
	look
	gone "${clients[0]}" && gone "${clients[1]}"
}
patience=$((4 * patience)) until_true every_client_ended
has_line "$work/client.here" "$each connected" && has_line "$work/client.there" "$each connected"
ok $? "the clients: $each connections in each of two namespaces, ports 20000 and up in both"
comes_all()
{
	look
	[ "$(grep -cE '"type":"close".*"role":"server"' "$out")" -ge $((2 * each)) ]
}
# Losses may keep some of them away; they are counted below.
until_true comes_all
until_true has_line "$work/wire.here" 'Flags \[S\.\]' $each
until_true has_line "$work/wire.there" 'Flags \[S\.\]' $each
is "$(nstat -asz TcpPassiveOpens | awk '/^Tcp/ { print $2 }') $(far nstat -asz TcpPassiveOpens | awk '/^Tcp/ { print $2 }')" "$each $each" \
	"nstat: TcpPassiveOpens of both"
look
for where in here there; do
	# port, client's and server's sequence number
	perl -ne 'printf "%d %d %d\n", $1, ($3 - 1) % 2 ** 32, $2 if / > 127\.0\.0\.1\.(\d+): Flags \[S\.\], seq (\d+), ack (\d+),/' \
		"$work/wire.$where" | sort -u >"$work/isns.$where"
done
stop_trace
lost=$(tail -n 1 "$out" | jq .lost)

for where in here there; do
	mine=$ns
	[ $where = here ] || mine=$ns2
	jq -c --argjson ns "$mine" 'select(.netns == $ns)' "$out" >"$work/lines.$where"
	jq -r 'select(.role == "server" and .new == "ESTABLISHED") | "\(.rport) \(.client_isn) \(.server_isn)"' "$work/lines.$where" | sort >"$work/ours"
	is "$(comm -23 "$work/ours" "$work/isns.$where" | wc -l) wrong of $(wc -l <"$work/isns.$where")" "0 wrong of $each" \
		"$where: sequence numbers of every connection are tcpdump's"
	jq -r 'select(.role == "client" and .new == "TIME_WAIT") | "\(.lport) \(.cookie)"' "$work/lines.$where" | sort >"$work/ours"
	is "$(wc -l <"$work/cookies.$where")" $each "$where: ss lists the clients' ends"
	is "$(join "$work/ours" "$work/cookies.$where" | awk '$2 != $3' | wc -l) wrong" "0 wrong" \
		"$where: cookies of the clients' ends are those of ss"
	jq -rs --argjson each $each '
		def is_kind: if .type == "state" then (if .new == "SYN_RECV" or (.new == "ESTABLISHED" and .old == "SYN_RECV") then .new else empty end)
			elif .type == "accept" or .type == "close" then .type else empty end;
		map(select(.role == "listener")) as $l | ($l[0].cookie) as $listener |
		map(select(.role == "server")) | group_by(.rport) |
		{ whole: map(select(map(is_kind) == ["SYN_RECV", "ESTABLISHED", "accept", "close"])) | length,
		  cookies: map(select((map(.cookie | select(.)) | unique | length) != 1)) | length,
		  reused: (map(map(.cookie | select(.)) | first) | length - (unique | length)),
		  isns: map(select((map(select(.client_isn) | [.client_isn, .server_isn]) | unique | length) > 1)) | length,
		  listener: map(select((map(.listener) | unique) != [$listener])) | length,
		  ends: map(select((map([.lport, .laddr, .raddr]) | unique | length) != 1)) | length } |
		"whole \(.whole), mixed cookies \(.cookies), shared cookies \(.reused), mixed numbers \(.isns), wrong listener \(.listener), mixed ends \(.ends)"' \
		"$work/lines.$where" >"$work/ours"
	if [ "$lost" = 0 ]; then
		is "$(cat "$work/ours")" "whole $each, mixed cookies 0, shared cookies 0, mixed numbers 0, wrong listener 0, mixed ends 0" \
			"$where: one SYN_RECV, ESTABLISHED, accept, close each, of one connection"
	else
		echo "# $where, with $lost facts lost: $(cat "$work/ours")"
		whole=$(sed 's/whole \([0-9]*\),.*/\1/' "$work/ours")
		is "$([ $((each - whole)) -le "$lost" ]; echo $?) ${whole:+$(sed 's/^[^,]*, //' "$work/ours")}" \
			"0 mixed cookies 0, shared cookies 0, mixed numbers 0, wrong listener 0, mixed ends 0" \
			"$where: no more are incomplete than were told as lost, and none is mixed"
	fi
done
is "$(jq -s 'map(select(.type == "lost") | .count) | add // 0' "$out")" "$lost" "lost lines add up to the summary's count, $lost"
done_testing
