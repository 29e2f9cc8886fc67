#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The handshake, its times and numbers, against tcpdump, ss and the server's own stamps.
# shellcheck source-path=SCRIPTDIR source=live.sh
# shellcheck disable=SC2154 # variables that packet() sets
needs=perl
. "$(dirname "$0")/live.sh"

offset=$(wall_minus_monotonic)
# How far two readings of the two clocks may lie apart.
blur=1000000
trace --port "$port"
capture -i any tcp port "$port"

# The ends of the latest connection from this address to that, as tcpdump prints them.
ends() # client's address, server's address; patterns
{
	until_true has_line "$work/wire" " $1\.[0-9]+ > $2\.$port: Flags \[S\]"
	[[ $found =~ \ ([0-9.]*)\.([0-9]*)\ \>\ ([0-9.]*): ]]
	rport=${BASH_REMATCH[2]}
	c=${BASH_REMATCH[1]}.$rport
	s=${BASH_REMATCH[3]}
}

# What the wire and the server saw of it, on the clock of the tracer, for jq. Words: packets besides SYN, SYN-ACK, ACK.
witness()
{
	packet syn "$c" "$s" S
	packet synack "$s" "$c" S.
	packet ack "$c" "$s" .
	# Its first data: before they came, the ACK had been processed.
	packet data "$c" "$s" [FP.]+ "seq $((seq_syn + 1)):"
	called=0 returned=0 fd=0
	stamp called "$work/server" 'accept.3. called'
	stamp returned "$work/server" 'accept.3. = ' && [[ $found =~ \ =\ ([0-9]+) ]] && fd=${BASH_REMATCH[1]}
	printf -v w '{"rport":%d,"client":%d,"server":%d,"syn":%d,"synack":%d,"ack":%d,"data":%d,"called":%d,"returned":%d,"fd":%d,"blur":%d}' \
		"$rport" "$seq_syn" "$seq_synack" $((time_syn - offset)) $((time_synack - offset)) $((time_ack - offset)) \
		$((time_data - offset)) "$called" "$returned" "$fd" $blur
}

story='. as [$meta] | map(select(.rport == $w.rport or .lport == $w.rport)) |
	(map(select(begin)) | first) as $begin | (map(select(established)) | first) as $est |
	(map(select(.type == "accept")) | first) as $accept | (map(select(.type == "close" and server)) | first) as $close |'

# ---- accept() late ----

# It is stopped until the client's kernel has seen the data acknowledged.
acknowledged()
{
	ss -Htni state established "( dport = :$port )" | grep -q 'bytes_acked:8 '
}
serve --accept-delay 300 --reply 18 --read-first --accept-max 1 --exit-when-done
kill -STOP "$server"
until_true stopped "$server"
call_bg --read
ends '127\.0\.0\.1' '127\.0\.0\.1'
until_true acknowledged
ok $? "ss: the client's SYN and 7 bytes are acknowledged, while the server is stopped"
kill -CONT "$server"
wait "$server"
comes 1 '.type == "close" and server'
witness
judge --argjson w "$w" "$story"'
is("each once, in this order"; map(select(server and (.new == null or begin or established)) | .new // .type); ["SYN_RECV", "ESTABLISHED", "accept", "close"]),
is("sequence numbers are those of tcpdump -S: SYN_RECV, ESTABLISHED at both ends";
	map(select(to("SYN_RECV") or to("ESTABLISHED")) | [.client_isn, .server_isn]); [range(3)] | map([$w.client, $w.server])),
ordered("SYN_RECV begins between SYN and SYN-ACK"; [$w.syn - $w.blur, $begin.t_ns, $w.synack + $w.blur]),
ordered("ESTABLISHED at the final ACK, before the first data"; [$w.ack - $w.blur, $est.t_ns, $w.data + $w.blur]),
ordered("ESTABLISHED before the data, and accept() is called after them"; [$est.t_ns, $w.data + $w.blur, $w.called]),
is("completed before accept()"; $accept.completed_before_accept; true),
is("the descriptor is that of the server"; $accept.fd; $w.fd),
ordered("accept() within the stamps of the server"; [$w.called, $accept.t_ns, $w.returned]),
ordered("call_ns: no longer than the server saw"; [1, $accept.call_ns, $w.returned - $w.called]),
ordered("accept_wait_ns: from the final ACK to accept()"; [$w.called - $w.data - $w.blur, $accept.accept_wait_ns, $w.returned - $w.ack + $w.blur]),
ordered("handshake_ns: within SYN and the first data"; [1, $est.handshake_ns, $w.data - $w.syn + $w.blur]),
is("the basis is what meta says"; [$begin.basis, $est.basis]; if $meta.facts.syn_recv_begin.is == "exact" then ["syn", "syn"] else ["synack", "synack"] end),
is("the close line counts what the lab sent"; $close | [.bytes_in, .bytes_out, .accepted, .close_reason]; [7, 18, true, "fin_passive"])'

# ---- accept() that was there first ----

serve --accept-max 1 --exit-when-done
until_true has_line "$work/server" 'accept.3. called'
until_true asleep "$server"
blocked=$((${EPOCHREALTIME/[.,]/}000 - offset))
call --bind 127.0.0.3
wait "$server"
comes 2 '.type == "close" and server'
ends '127\.0\.0\.3' '127\.0\.0\.1'
witness
judge --argjson w "$w" --argjson blocked "$blocked" "$story"'
is("blocked in accept() before: not completed before"; $accept.completed_before_accept; false),
ordered("call_ns: all the time that it blocked"; [$w.ack - $blocked - $w.blur, $accept.call_ns, $w.returned - $w.called]),
ordered("accept_wait_ns: only since the final ACK"; [1, $accept.accept_wait_ns, $w.returned - $w.ack + $w.blur])'

# ---- 50 ms between SYN-ACK and ACK ----

if have_tun; then
	serve --addr 0.0.0.0
	call --raw 'syn; wait-synack timeout=100000; delay 50; ack; delay 20; data 7; wait-ack timeout=100000; fin; wait-fin timeout=100000; ack' ||
		sed 's/^/# lab: /' "$work/client"
	comes 3 '.type == "close" and server'
	ends '198\.18\.[0-9.]*' '[0-9.]*'
	witness
	judge --argjson w "$w" "$story"'
	ordered("a slow ACK: SYN_RECV begins between SYN and SYN-ACK, not at the ACK"; [$w.syn - $w.blur, $begin.t_ns, $w.synack + $w.blur]),
	ordered("and ends at the ACK, 50 ms later"; [$w.synack + 45e6, $w.ack - $w.blur, $est.t_ns, $w.data + $w.blur]),
	ordered("handshake_ns is that time"; [45e6, $w.ack - $w.synack - $w.blur, $est.handshake_ns, $w.data - $w.syn + $w.blur]),
	is("which is the time in SYN_RECV"; $est.in_old_ns; $est.handshake_ns),
	is("the sequence numbers are those of the wire"; [$begin, $est] | map([.client_isn, .server_isn]); [[$w.client, $w.server], [$w.client, $w.server]])'
	end "$server"
else
	skip 5 "no TUN device here"
fi

# ---- queues, as ss shows them at that moment ----

queue()
{
	[ "$(ss -Htln "sport = :$port" | awk '{ print $2, $3 }')" = "$1" ]
}

serve --addr 0.0.0.0 --never-accept --backlog 5
for n in 1 2 3; do
	call_bg --hold forever --bind 127.0.0.7
	until_true queue "$n 5" || ok 1 "ss: $n waiting of 5"
	comes "$n" 'established and .raddr == "127.0.0.7"' || ok 1 "told at once"
done
judge 'is("1, 2, 3 waiting of 5: each at the moment that ss said so";
	map(select(established and .raddr == "127.0.0.7") | [.accept_queue, .backlog]); [[1, 5], [2, 5], [3, 5]])'
if have_tun; then
	before=$(q 'map(select(begin)) | length')
	call_bg --half-open --count 2 --hold forever
	until_true in_state syn-recv 2 "( sport = :$port )" || ok 1 "ss: two half open"
	comes $((before + 2)) begin
	judge --argjson before "$before" 'is("two half open while three wait, as ss says";
		map(select(begin))[$before:] | map([.syn_queue, .accept_queue, .backlog]); [[1, 3, 5], [2, 3, 5]])'
else
	skip 1 "no TUN device here"
fi
captured_all
stop_trace
done_testing
