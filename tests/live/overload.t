#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The three faces of overload. Witnesses: ss (queues, sk_drops), nstat of the namespace, the lab's peer.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

listener_drops='[.[] | of("drop") | .count // 1] | add // 0'

# Every refusal is told once: one by one or counted. The three counters of the kernel agree with the stream.
every_drop_is_told()
{
	until_true told_all
	is "$(ask "$listener_drops")" "$(counter TcpExtListenDrops)" 'drops told are those that nstat counts'
	# A refused ACK counts twice there: as a refusal, and as a segment of a request that was discarded.
	is "$(($(ask "$listener_drops") + ${1-0}))" "$(sk_drops)" 'and that the listener counts (ss -m)'
	until_true drops_total_is "$(sk_drops)"
	is "$(ask 'map(.drops_total // empty) | max')" "$(sk_drops)" 'drops_total is that counter'
}
told_all() { [ "$(ask "$listener_drops")" -ge "$(counter TcpExtListenDrops)" ]; }
drops_total_is() { [ "$(ask 'map(.drops_total // empty) | max')" = "$1" ]; }

# Whose SYN was on the wire, and no SYN-ACK to it.
refused_ports()
{
	comm -23 <(sed -n "s/.*\.\([0-9]*\) > .*\.$port: Flags \[S\],.*/\1/p" "$dir/wire" | sort -u) \
		<(sed -n "s/.*\.$port > .*\.\([0-9]*\): Flags \[S\.\],.*/\1/p" "$dir/wire" | sort -u)
}

# tcpdump prints what it saw some time after it was seen.
wire_shows() # connections asked for, and answered
{
	[ "$(sed -n "s/.* > .*\.$port: Flags \[S\], seq \([0-9]*\),.*/\1/p" "$dir/wire" | sort -u | wc -l)" = "$1" ] &&
		[ "$(sed -n "s/.*\.$port > .*: Flags \[S\.\], seq \([0-9]*\),.*/\1/p" "$dir/wire" | sort -u | wc -l)" = "$2" ]
}

# Face 1: the queue is full when the SYN comes.
syn_finds_no_room()
{
	sysctl -qw net.ipv4.tcp_syn_retries=1
	server --addr 127.0.0.1 --backlog 2 --never-accept --name overloaded
	sniff "port $port and tcp[tcpflags] & tcp-syn != 0"
	in_pids=()
	for i in 1 2 3; do
		client_bg --name decoy --hold forever
		in_pids+=("$client_pid")
		until_true queue "$i 2"
	done
	client_bg --count 2 --name decoy --hold forever --keep-going
	until_true counted TcpExtListenDrops 2
	is "$(ss -tlnH "sport = :$port" | awk '{ print $2, $3 }')" '3 2' 'a backlog of 2 admits 3 (ss)'
	until_true wire_shows 5 3
	refused=$(refused_ports)
	is "$(wc -w <<<"$refused")" 2 'two clients knock in vain (tcpdump)'
	wait_for 3 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.accept_queue, .backlog])')" '[[1,2],[2,2],[3,2]]' \
		'three connections enter the queue, one by one'
	is "$(lines 'server | to("SYN_RECV"; "ESTABLISHED") | select(.queued and .comm == "overloaded")')" 3 \
		'they belong to the listener, not to the client'
	# The client sends its SYN again after a second, and gives up after three.
	until_true in_state syn-sent 0
	until_true clients_repeat_themselves
	is "$(repeated_ports)" "$(seen_ports)" 'the clients send their SYNs again'
}
clients_repeat_themselves() { [ "$(repeated_ports | wc -w)" -ge "$(seen_ports | wc -w)" ]; }
repeated_ports() { ask 'map(of("retransmit") | select(.what == "syn" and .attempt == 1) | .lport) | sort[]'; }
# Without those that no BPF program can see.
seen_ports() { comm -23 <(sort <<<"$refused") <(hidden_syns); }

no_connection_is_invented()
{
	is "$(ask 'map(server | st | .rport) | unique | length')" 3 'no connection is invented for a refused client'
	is "$(ask 'map(select(.type == "listener" and .accept_queue_peak)) | last | [.accept_queue, .backlog, .accept_queue_peak]')" \
		'[3,2,3]' 'the listener line has queue, limit and peak'
}

# How often a SYN was refused where a BPF program can see it.
seen_refusals() { echo $(($(counter TcpExtListenDrops) - $(hidden_syn_count))); }

named_drops='map(of("drop") | select(.segment == "syn" and .rport))'
case_syn()
{
	syn_finds_no_room
	wait_for 'of("drop")'
	every_drop_is_told
	wait_for 'of("listener") | select(.accept_queue == 3 and .accept_queue_peak == 3)'
	no_connection_is_invented
	is "$(ask 'map(of("drop") | [.lport, .accept_queue, .backlog, .drop_reason]) | unique')" "[[$port,3,2,\"accept_queue_full\"]]" \
		'each drop has listener, queue, limit and reason'
	is "$(ask 'map(of("drop") | .client_believes_established // empty)')" '[]' 'nobody believes to be connected'
	if knows syn_drop; then
		is "$(ask "$named_drops | map(.rport) | unique | map(tostring) | join(\" \")")" "$(xargs <<<"$refused")" \
			'each refused client is named'
		is "$(ask "$named_drops | length")" "$(seen_refusals)" 'each time'
		is "$(ask "$named_drops | map(select(.client_isn and (.raddr == \"127.0.0.1\"))) | length")" \
			"$(seen_refusals)" 'with its sequence number'
	else
		is "$(ask "$named_drops | length")" 0 'a refused client stays unnamed where no hook sees it'
		is "$(ask 'map(of("drop") | select(.count == null))')" '[]' 'but counted'
	fi
	sniffed_all
	kill "${in_pids[@]}"
	stop_client
	stop_server
}

# Messages that are no packets, and look like a SYN where the header of one would be: 65535 bytes from the beginning.
unlike_packets()
{
	exec python3 -c '
import os, socket
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 2)  # NETLINK_USERSOCK
s.bind((os.getpid(), 0))
syn = bytearray(70000)
syn[65535 + 13] = 2
while True:
    s.sendto(syn, (os.getpid(), 0))
    s.recv(70000)'
}

# The same with --name-syn-drops, in a stream of its own.
case_syn_named()
{
	unlike_packets &
	local noise=$!
	pids+=("$noise")
	start_tracer "$dir/stream" --port "$port" --name-syn-drops || return
	kill "$noise"
	syn_finds_no_room
	if knows syn_drop; then
		wait_for 'of("drop") | select(.rport)'
		every_drop_is_told
		is "$(ask "$named_drops | map(.rport) | unique | map(tostring) | join(\" \")")" "$(xargs <<<"$refused")" \
			'--name-syn-drops names each refused client'
		is "$(ask "$named_drops | map(.client_isn) | unique | map(tostring) | join(\" \")")" \
			"$(for p in $refused; do sed -n "s/.*\.$p > .* seq \([0-9]*\),.*/\1/p" "$dir/wire" | head -1; done | sort -n | xargs)" \
			'with the sequence number that tcpdump shows'
		is "$(ask "$named_drops | length")" "$(seen_refusals)" 'one line for each SYN'
	else
		skip '--name-syn-drops' "$(head -1 "$out" | jq -r .facts.syn_drop.why)"
	fi
	sniffed_all
	stop_client
	stop_server
	stop_tracer
}

# Face 2: the queue fills between SYN and ACK.
case_ack()
{
	server --addr 0.0.0.0 --backlog 2 --never-accept
	sniff "port $port"
	client_bg --bind-port 40001 --raw '
		use 1; syn; wait-synack timeout=20000; ack
		use 2; syn; wait-synack timeout=20000; ack
		use 3; syn; wait-synack timeout=20000
		use 4; syn; wait-synack timeout=20000
		use 3; ack
		use 4; ack; data 7
		expect-synack-retransmit timeout=20000; ack' --hold forever
	until_true queue '3 2'
	until_true counted TcpExtListenOverflows 3
	is "$(sockets syn-recv)" 1 'the fourth is half open for the server (ss)'
	every_drop_is_told 3
	wait_for 'of("retransmit")'
	is "$(ask 'map(of("retransmit") | [.what, .attempt, .rport]) | .[:1]')" '[["synack",1,40004]]' 'the SYN-ACK is sent again'
	as_shown() { enough "$(($(wire "\.$port > .*40004: Flags \[S\.\]") - 1))" 'of("retransmit")'; }
	becomes 'as often as tcpdump shows it' as_shown
	is "$(ask 'map(st | server | select(.rport == 40004) | [.old, .new])')" '[["LISTEN","SYN_RECV"]]' \
		'no ESTABLISHED for the one that is not'
	is "$(ask 'map(of("retransmit") | [.syn_queue, .accept_queue, .backlog]) | unique')" '[[1,3,2]]' 'and the queues of that moment'
	if knows ack_drop; then
		is "$(ask 'map(of("drop") | [.segment, .drop_reason, .rport, .client_believes_established, .accept_queue, .backlog]) | unique')" \
			'[["ack","accept_queue_full",40004,true,3,2]]' 'the client believes to be connected'
		is "$(lines 'of("drop")')" "$(counter TcpExtListenOverflows)" 'each of its segments that was refused is told'
		is "$(ask 'map(of("retransmit") | .client_believes_established) | unique')" '[true]' 'the SYN-ACK sent again says so too'
		is "$(ask '[.[] | select(.rport == 40004) | .cookie // empty] | unique | length')" 1 'under the cookie of its request'
	else
		is "$(lines 'select(.client_believes_established)')" 0 'what the client believes is not known here, and not told'
	fi
	sniffed_all
	stop_client
	stop_server
}

# A SYN comes again to its request while the accept queue is full. The listener's counter moves, and nobody is refused.
case_syn_again()
{
	local summary
	server --addr 0.0.0.0 --backlog 2 --never-accept
	"$sockstate" --summary --json --interval 100ms --netns self --port "$port" >"$dir/summary" 2>&1 </dev/null &
	summary=$!
	pids+=("$summary")
	until_true grep -qs '"listener"' "$dir/summary"
	client_bg --bind-port 40001 --raw '
		use 4; syn; wait-synack timeout=20000
		use 1; syn; wait-synack timeout=20000; ack
		use 2; syn; wait-synack timeout=20000; ack
		use 3; syn; wait-synack timeout=20000; ack
		use 4; again; expect-synack-retransmit timeout=20000' --hold forever
	until_true queue '3 2'
	until_true drops_counted 1
	is "$(counter TcpExtListenDrops) $(sk_drops) $(sockets syn-recv)" '0 1 1' \
		'nobody is refused (nstat), the counter of the listener moves (ss -m), the request stays'
	wait_for 'of("listener") | select(.drops_total == 1)'
	is "$(ask 'map(of("retransmit") | [.what, .attempt, .rport]) | .[:1]')" '[["synack",1,40004]]' 'the SYN-ACK is sent again'
	is "$(ask "$listener_drops")" 0 'no drop is told'
	is "$(ask 'map(of("listener") | .refused) | unique')" '[0]' 'and none is counted'
	until_true grep -qs '"drops_total":1' "$dir/summary"
	kill -INT "$summary"
	wait "$summary"
	is "$(tail -n 1 "$dir/summary" | jq -c '[.drops_by_reason, .listeners[].drops]')" '[{},0]' 'with --summary neither'
	stop_client
	stop_server
}
drops_counted() { [ "$(sk_drops)" -ge "$1" ]; }

# Face 2 with a client of the kernel, that sends data at once: several segments in one packet, and each is in the listener's
# counter. Its SYN-ACK waits for the client's link address until the queue is full.
case_ack_data()
{
	local summary sender second refused
	make_far || { skip 'refused data' 'no veth here'; return; }
	server --addr 0.0.0.0 --backlog 1 --never-accept
	"$sockstate" --summary --json --interval 100ms --netns self --port "$port" >"$dir/summary" 2>&1 </dev/null &
	summary=$!
	pids+=("$summary")
	until_true grep -qs '"listener"' "$dir/summary"
	# Whatever the host prefers: a first flight of ten segments, in as few packets as there may be.
	far sysctl -qw net.ipv4.tcp_congestion_control=reno
	client_bg --hold forever
	second=$client_pid
	until_true queue '1 1'
	far_bg "$lab" client --addr 10.77.0.1 --port "$port" --send 100000 --hold forever --duration 400 >"$dir/far" 2>&1 </dev/null
	sender=$far_job
	until_true in_state syn-recv 1
	client_bg --hold forever
	until_true queue '2 1'
	is "$(sockets syn-recv)" 1 'the one that waits for its SYN-ACK is half open (ss)'
	far_answers
	# The ACK, and data again and again.
	until_true counted TcpExtListenOverflows 3
	# Nothing comes any more: now the counters can be compared.
	far_is_cut_off
	until_true told_all
	refused=$(counter TcpExtListenDrops)
	ok "the listener's counter ($(sk_drops)) is more than twice the refusals of nstat ($refused)" [ "$(sk_drops)" -gt $((2 * refused)) ]
	if knows ack_drop; then
		is "$(ask "$listener_drops")" "$refused" 'drops told are those that nstat counts'
		is "$(ask 'map(of("drop") | [.segment, .drop_reason]) | unique')" '[["ack","accept_queue_full"]]' 'and all are segments of that client'
	fi
	kill -INT "$summary"
	wait "$summary"
	if knows ack_drop; then
		is "$(tail -n 1 "$dir/summary" | jq -c '[.drops_by_reason, .listeners[].drops]')" "[{\"accept_queue_full\":$refused},$refused]" 'with --summary, too'
	fi
	kill "$sender" "$second"
	stop_client
	stop_server
}

# Face 3: the SYN queue is full. Cookies, and nobody remembers. (How many requests it holds differs between kernels.)
case_cookies()
{
	sysctl -qw net.ipv4.tcp_syncookies=1
	server --addr 0.0.0.0 --backlog 1 --never-accept
	client_bg --bind-port 40001 --raw '
		use 1; syn; wait-synack timeout=20000
		use 2; syn; wait-synack timeout=20000
		use 3; syn; wait-synack timeout=20000
		use 4; syn; wait-synack timeout=20000
		use 1; ack
		use 4; ack
		use 3; ack' --hold forever
	until_true queue '2 1'
	until_true counted TcpExtListenOverflows 1
	requests=$((4 - $(counter TcpExtSyncookiesSent)))
	is "$((requests == 1 || requests == 2))" 1 'the others got a cookie (nstat)'
	is "$(sockets syn-recv)" $((requests - 1)) 'and the server knows of no request (ss)'
	wait_for 2 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(lines 'to("LISTEN"; "SYN_RECV")')" $requests 'those that are requests begin'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.rport, .syncookie, has("handshake_ns"), has("in_old_ns"), has("basis")])')" \
		'[[40001,null,true,true,true],[40004,true,false,false,false]]' \
		'one came by a cookie: nobody knows how long its handshake took'
	every_drop_is_told
	if fact ack_drop exact; then
		is "$(ask 'map(of("drop") | [.segment, .drop_reason, .rport, .syncookie, .client_believes_established])')" \
			'[["ack","accept_queue_full",40003,true,true]]' 'the last believes to be connected, and is named'
	else
		is "$(ask 'map(of("drop") | [.count, .rport])')" '[[1,null]]' 'the last is counted, and not named here'
	fi
	stop_client
	stop_server
}

case_no_cookies()
{
	sysctl -qw net.ipv4.tcp_syncookies=0
	server --addr 0.0.0.0 --backlog 2 --never-accept
	client_bg --bind-port 40001 --raw '
		use 1; syn; use 2; syn; use 3; syn; use 4; syn; use 5; syn
		wait-input timeout=600000' --hold forever
	all_five() { [ $(($(sockets syn-recv) + $(counter TcpExtTCPReqQFullDrop))) -eq 5 ]; }
	until_true all_five
	requests=$(sockets syn-recv)
	is "$((5 - requests))" "$(counter TcpExtTCPReqQFullDrop)" 'two or three requests fill the SYN queue (ss, nstat)'
	every_drop_is_told
	is "$(ask 'map(of("drop") | [.drop_reason, .syn_queue, .backlog]) | unique')" "[[\"syn_queue_full\",$requests,2]]" \
		'the others found it full'
	if knows syn_drop; then
		is "$(ask 'map(of("drop") | [.segment, .rport])')" \
			"$(seq $((requests + 1)) 5 | jq -sc 'map(["syn", 40000 + .])')" 'and are named'
	else
		is "$(ask 'map(of("drop") | .rport // empty)')" '[]' 'and are counted'
	fi
	is "$(counter TcpExtListenOverflows)" 0 'which ListenOverflows does not count'
	stop_client
	stop_server
}

if has_tun; then
	run_cases syn syn_named ack syn_again ack_data cookies no_cookies
else
	run_cases syn syn_named ack_data
fi
