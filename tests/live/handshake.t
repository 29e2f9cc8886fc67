#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The handshake, its times and numbers, against tcpdump, ss and the server's own stamps.
# shellcheck source-path=SCRIPTDIR source=live.sh
# shellcheck disable=SC2016,SC2154 # jq programs; variables that packet() sets
needs=perl
. "$(dirname "$0")/live.sh"

offset=$(wall_minus_monotonic)
# How far two readings of the two clocks may lie apart.
blur=1000000
trace --port "$port"
capture -i any tcp port "$port"

# The ends of the only connection with the client at this address, as tcpdump prints them.
ends() # client's address, server's address
{
	local peer
	until_true has_line "$work/wire" " $1\.[0-9]+ > $2\.$port: Flags \[S\]"
	peer=$(sed -n "s/.* $1\.\([0-9]*\) > $2\.$port: Flags \[S\].*/\1/p" "$work/wire" | tail -n 1)
	c=$1.$peer
	s=$2.$port
	rport=$peer
}

# One line of ours about that connection: its server's end, or its client's with the second word.
line() # filter[, lport of the client]
{
	q '.[] | select(.rport == $p or .lport == $p) | select('"$1"')' --argjson p "$rport"
}

field() # line, key
{
	jq -r ".$2" <<<"$1"
}

# ---- accept() a second late ----

serve --accept-delay 1000 --reply 18 --read-first --accept-max 1 --exit-when-done
call --read
wait "$server"
comes 1 '.type == "close" and server'
comes 1 'to("TIME_WAIT") and client'

ends 127.0.0.1 127.0.0.1
packet syn "$c" "$s" S
packet synack "$s" "$c" S.
packet ack "$c" "$s" .
packet data "$c" "$s" P. 'length 7'
packet acked "$s" "$c" . "ack $((seq_syn + 8)),"
called=$(stamp "$work/server" 'accept.3. called')
returned=$(stamp "$work/server" 'accept.3. = ')
fd=$(sed -n 's/.*accept(3) = \([0-9]*\).*/\1/p' "$work/server")

isns="$seq_syn $seq_synack"
is "$(line begin | jq -r '"\(.client_isn) \(.server_isn)"')" "$isns" \
	"SYN_RECV: sequence numbers are tcpdump -S's"
is "$(line established | jq -r '"\(.client_isn) \(.server_isn)"')" "$isns" "ESTABLISHED, server's end: the same"
is "$(line 'to("ESTABLISHED") and client' | jq -r '"\(.client_isn) \(.server_isn)"')" "$isns" "ESTABLISHED, client's end: the same"
is "$(line 'begin or to("ESTABLISHED") or .type == "accept" or .type == "close" and server' |
	jq -r '"\(.type) \(.role) \(.new)"' | sort | paste -sd,)" \
	"accept server null,close server null,state client ESTABLISHED,state server ESTABLISHED,state server SYN_RECV" "each once"

began=$(line begin)
done_=$(line established)
taken=$(line '.type == "accept"')
est=$(field "$done_" t_ns)
ordered "SYN_RECV begins between SYN and SYN-ACK" \
	$((time_syn - offset - blur)) "$(field "$began" t_ns)" $((time_synack - offset + blur))
ordered "ESTABLISHED at the final ACK, before what follows is acknowledged" \
	$((time_ack - offset - blur)) "$est" $((time_acked - offset + blur))
ordered "ESTABLISHED, and 7 bytes acknowledged, before accept() is called" "$est" $((time_acked - offset)) "$called"
is "$(field "$taken" completed_before_accept)" true "completed before accept()"
is "$(field "$taken" fd)" "$fd" "the descriptor is the server's"
ordered "accept() within the server's own stamps" "$called" "$(field "$taken" t_ns)" "$returned"
ordered "call_ns: no longer than the server saw" 1 "$(field "$taken" call_ns)" $((returned - called))
ordered "accept_wait_ns: from the final ACK to accept()" $((called - time_acked + offset - blur)) \
	"$(field "$taken" accept_wait_ns)" $((returned - time_ack + offset + blur))
ordered "handshake_ns: within SYN and what follows the ACK" 1 "$(field "$done_" handshake_ns)" \
	$((time_acked - time_syn + blur))
is "$(field "$began" basis)" "$(q '.[0].facts.syn_recv_begin.is | if . == "exact" then "syn" else "synack" end')" \
	"the basis is what meta says"
is "$(line '.type == "close" and server' | jq -r '"\(.bytes_in) \(.bytes_out) \(.accepted) \(.end)"')" "7 18 true fin_passive" \
	"the close line counts what the lab sent"

# ---- accept() that was there first ----

serve --accept-max 1 --exit-when-done
until_true has_line "$work/server" 'accept.3. called'
until_true asleep "$server"
call --bind 127.0.0.3
wait "$server"
comes 2 '.type == "close" and server'
ends 127.0.0.3 127.0.0.1
packet ack "$c" "$s" .
called=$(stamp "$work/server" 'accept.3. called')
returned=$(stamp "$work/server" 'accept.3. = ')
taken=$(line '.type == "accept"')
is "$(field "$taken" completed_before_accept)" false "blocked in accept() before: not completed before"
ordered "call_ns: all the time that it blocked" $((time_ack - offset - called - blur)) "$(field "$taken" call_ns)" $((returned - called))
ordered "accept_wait_ns: only since the final ACK" 1 "$(field "$taken" accept_wait_ns)" $((returned - time_ack + offset + blur))

# ---- 50 ms between SYN-ACK and ACK; requests ----

if have_tun; then
	serve --addr 0.0.0.0
	call --raw 'syn; wait-synack; delay 50; ack; delay 20; data 7; wait-ack; fin; wait-fin; ack' ||
		sed 's/^/# lab: /' "$work/client"
	comes 3 '.type == "close" and server'
	ends '198\.18\.[0-9.]*' '[0-9.]*'
	c=$(sed -n "s/.* \(198\.18\.[0-9.]*\.$rport\) > .*: Flags \[S\].*/\1/p" "$work/wire" | head -n 1)
	s=$(sed -n "s/.* > \([0-9.]*\.$port\): Flags \[S\].*/\1/p" "$work/wire" | tail -n 1)
	packet syn "$c" "$s" S
	packet synack "$s" "$c" S.
	packet ack "$c" "$s" .
	packet acked "$s" "$c" . "ack $((seq_syn + 8)),"
	began=$(line begin)
	done_=$(line established)
	ordered "a slow ACK: SYN_RECV begins between SYN and SYN-ACK, not at the ACK" \
		$((time_syn - offset - blur)) "$(field "$began" t_ns)" $((time_synack - offset + blur))
	ordered "and ends at the ACK, 50 ms later" $((time_synack - offset + 45000000)) $((time_ack - offset - blur)) \
		"$(field "$done_" t_ns)" $((time_acked - offset + blur))
	ordered "handshake_ns is that time" 45000000 $((time_ack - time_synack - blur)) \
		"$(field "$done_" handshake_ns)" $((time_acked - time_syn + blur))
	is "$(field "$done_" handshake_ns)" "$(field "$done_" in_old_ns)" "which is the time in SYN_RECV"
	is "$(jq -r '"\(.client_isn) \(.server_isn)"' <<<"$began$done_")" "$seq_syn $seq_synack
$seq_syn $seq_synack" "the sequence numbers are the wire's"
	ordered "the lines stand in the order of what happened" "$(field "$began" seq)" "$(field "$done_" seq)"
	end "$server"
else
	skip 6 "no TUN device here"
fi

# ---- queues, as ss shows them at that moment ----

queue()
{
	[ "$(ss -Htln "sport = :$port" | awk '{ print $2, $3 }')" = "$1" ]
}

serve --addr 0.0.0.0 --never-accept --backlog 5
for n in 1 2 3; do
	call_bg --hold forever --bind 127.0.0.7
	until_true queue "$n 5"
	comes "$n" 'established and .raddr == "127.0.0.7"'
	is "$(q 'map(select(established and .raddr == "127.0.0.7")) | last | "\(.accept_queue) \(.backlog)"')" "$n 5" \
		"$n waiting of 5, as ss says now"
done
if have_tun; then
	call_bg --half-open --count 2 --duration 60
	until_true in_state syn-recv 2 "( sport = :$port )"
	comes 2 'begin and (.raddr | startswith("198."))'
	comes 1 'begin and .syn_queue == 2'
	is "$(q 'map(select(begin and (.raddr | startswith("198."))) | select(.synack_retrans == null)) | .[-2:] | map("\(.syn_queue)/\(.accept_queue)") | join(" ")')" "1/3 2/3" \
		"two half open, as ss says"
else
	skip 1 "no TUN device here"
fi
is "$(q 'map(select(begin)) | map("\(.rport) \(.lport) \(.raddr)") | length == (unique | length)')" true "no connection begins twice"
stop_trace
done_testing
