#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every kind of open and of listener. Witnesses: ss, nstat, the lab's peer.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

own_cookie() { ss -tneH "$@" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' | head -1 | while read -r hex; do echo $((16#$hex)); done; }

# Always cookies: no request ever exists.
case_cookie()
{
	sysctl -qw net.ipv4.tcp_syncookies=2
	server --addr 127.0.0.1
	client --send 100
	wait_for 'server | of("close")'
	is "$(counter TcpExtSyncookiesRecv)" 1 'the connection came by a cookie (nstat)'
	is "$(lines 'to("LISTEN"; "SYN_RECV")')" 0 'no request, no begin'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.syncookie, has("handshake_ns"), has("basis"), has("in_old_ns"), .queued])')" \
		'[[true,false,false,false,true]]' 'it is said to be one, and has no duration'
	is "$(ask 'map(server | of("close") | [.syncookie, .bytes_in, has("life_ns"), has("handshake_ns"), has("srtt_ns"), (.states_ns | has("SYN_RECV"))])')" \
		'[[true,100,false,false,false,false]]' 'nor has its last line: the kernel'"'"'s round trip time is wrong there'
	is "$(lines 'of("drop")')" 0 'nobody was refused'
	stop_server
}

# TCP Fast Open: accepted before it is established.
case_fastopen()
{
	sysctl -qw net.ipv4.tcp_fastopen=519
	server --addr 0.0.0.0 --fastopen 5 --name eager
	client_bg --bind-port 40001 --raw 'syn fastopen len=10; wait-synack timeout=20000; wait-input timeout=600000; ack; fin; wait-fin timeout=20000; ack' \
		--hold forever
	until_true server_said 'accept([0-9]*) = '
	wait_for 'of("accept")'
	is "$(counter TcpExtTCPFastOpenPassive)" 1 'data came with the SYN (nstat)'
	is "$(sockets syn-recv)" 1 'accepted, and half open (ss)'
	is "$(ask 'map(of("accept") | [.state, .fastopen, .completed_before_accept, has("accept_wait_ns"), .rport])')" \
		'[["SYN_RECV",true,false,false,40001]]' 'accept() took it in SYN_RECV'
	is "$(lines 'to("SYN_RECV"; "ESTABLISHED")')" 0 'before it is established'
	wait_for 'of("retransmit")'
	is "$(ask 'map(of("retransmit") | [.what, .role, .comm]) | unique')" '[["synack","server","eager"]]' 'its SYN-ACK goes out again'
	tell
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.fastopen, has("queued"), .comm])')" '[[true,false,"eager"]]' 'then it is, and not queued any more'
	is "$(ask 'map(server | .cookie // empty) | unique | length')" 1 'one connection, one cookie, where it is told'
	wait_for 'of("close")'
	is "$(ask 'map(of("close") | [.fastopen, .accepted, .close_reason, .bytes_in])')" '[[true,true,"fin_passive",10]]' 'its last line'
	is "$(lines 'of("drop")')" 0 'nobody was refused'
	stop_client
	stop_server
}

# Fast open over the kernel's own client, cookie and all.
case_fastopen_client()
{
	sysctl -qw net.ipv4.tcp_fastopen=3
	server --addr 127.0.0.1 --fastopen 5
	client --fastopen --count 2 --parallel 1
	wait_for 2 'server | of("close")'
	is "$(counter TcpExtTCPFastOpenPassive)" 1 'the second carries data in its SYN (nstat)'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | .fastopen) | sort')" '[null,true]' 'one of the two is a fast open'
	is "$(lines 'of("accept")')" 2 'both are accepted'
	is "$(ask 'map(server | of("close") | .bytes_in) | unique')" '[7]' 'with their data'
	stop_server
}

# A client that has lost its memory opens again from the same port: the server's connection still exists.
case_syn_again()
{
	server --addr 0.0.0.0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-input timeout=600000; syn; wait-ack timeout=20000' --hold forever
	wait_for 'of("accept")'
	tell
	until_true counted TcpExtTCPSYNChallenge 1
	wait_for 'of("drop")'
	is "$(ask 'map(of("drop") | [.segment, .drop_reason, .kernel_reason, .role, .rport, .count])')" \
		'[["syn","connection_exists","TCP_INVALID_SYN","server",40001,1]]' 'the SYN leaves a line'
	is "$(ask 'map(select(.type == "drop" or .type == "accept") | [.cookie, .listener]) | unique | length')" 1 'of the connection that has its ends'
	is "$(counter TcpExtListenDrops)" 0 'the listener has refused nobody (nstat)'
	is "$(sockets established)" 1 'and the connection goes on (ss)'
	is "$(lines 'of("state") | select(.new == "SYN_RECV")')" 1 'no request was made of it'
	stop_client
	stop_server
}

# TCP_DEFER_ACCEPT: the bare ACK is ignored, and that is no refusal.
case_defer()
{
	server --addr 0.0.0.0 --defer-accept 5
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; ack; wait-input timeout=600000; data 7' --hold forever
	until_true counted TcpExtTCPDeferAcceptDrop 1
	is "$(sockets syn-recv)" 1 'the handshake is over, the request still there (ss)'
	is "$(lines 'to("SYN_RECV"; "ESTABLISHED")')" 0 'the bare ACK establishes nothing'
	tell
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.rport, .synack_retrans])')" "[[40001,$(lines 'of("retransmit")')]]" 'the data do'
	is "$(ask 'map(server | st | .new) | join(" ")')" 'SYN_RECV ESTABLISHED' 'one request, one connection'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | .defer_accept)')" '[true]' 'it is said that the listener defers'
	wait_for 'of("listener") | select(.completed == 1)'
	is "$(lines 'of("drop")')" 0 'and no refusal is told'
	stop_client
	stop_server
}

case_mptcp()
{
	server --addr 127.0.0.1 --mptcp
	client --mptcp --send 100
	wait_for 'server | to("SYN_RECV"; "ESTABLISHED")'
	is "$(counter MPTcpExtMPCapableACKRX)" 1 'a Multipath TCP connection (nstat)'
	client --send 200 --name plain
	wait_for 2 'server | to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(server | to("SYN_RECV"; "ESTABLISHED") | .mptcp)')" '[true,null]' 'the first is a subflow, the plain client is not'
	is "$(lines 'st | server | select(.rport == 0 or .rport == null)')" 0 'no transition of a socket without a peer'
	wait_for 2 'server | of("close")'
	is "$(ask 'map(server | of("close") | .bytes_in) | sort | .[1]')" 200 'the plain one has its bytes'
	if fact accept exact; then
		is "$(ask 'map(of("accept") | .role) | unique')" '["server"]' 'who is accepted'
	fi
	is "$(ask 'map(select(.role == "listener") | to("CLOSE"; "LISTEN")) | length')" 1 'one listener, not two'
	stop_server
}

# Both open at once.
case_simultaneous()
{
	client_bg --bind-port "$port" --raw 'k-connect; wait-syn timeout=20000; syn; wait-synack timeout=20000; synack' --hold forever
	until_true in_state established 1
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(st | [.role, .old, .new] | join(" "))')" \
		'["client CLOSE SYN_SENT","client SYN_SENT SYN_RECV","client SYN_RECV ESTABLISHED"]' 'the opens cross: SYN_SENT, SYN_RECV, ESTABLISHED'
	is "$(lines 'to("SYN_RECV"; "ESTABLISHED") | select(.queued or .listener or has("handshake_ns"))')" 0 'no queue, no listener'
	stop_client
}

# Each member of a group apart.
case_reuseport()
{
	server --addr 127.0.0.1 --workers 3 --never-accept
	until_true in_state listening 3
	# One after another: of two final ACKs on two CPUs at once both find the other's connection in the queue already.
	held=()
	for ((n = 0; n < 12; n++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port" && held+=("$fd")
	done
	wait_for 12 'server | to("SYN_RECV"; "ESTABLISHED")'
	# The witness: cookie and length of each queue
	ss -tlneH "sport = :$port" | while read -r _ queued _ _ _ rest; do
		[ "$queued" = 0 ] || echo "$((16#$(grep -oP 'sk:\K[0-9a-f]+' <<<"$rest"))) $queued"
	done | sort >"$dir/queues"
	is "$(ask 'map(server | to("SYN_RECV"; "ESTABLISHED")) | group_by(.listener) | map("\(.[0].listener) \(length)") | sort | join("\n")' -r)" \
		"$(cat "$dir/queues")" 'each connection belongs to the member that has it (ss)'
	is "$(ask 'map(server | to("SYN_RECV"; "ESTABLISHED")) | group_by(.listener) | map([.[].accept_queue] == [range(1; length + 1)]) | unique')" \
		'[true]' 'and the queues grow one by one'
	for fd in "${held[@]}"; do
		exec {fd}>&-
	done
	stop_server
}

case_dual()
{
	server --addr :: --never-accept
	client_bg --addr 127.0.0.1 --send 0 --hold forever
	wait_for 'server | to("SYN_RECV"; "ESTABLISHED")'
	four=$client_pid
	client_bg --addr ::1 --send 0 --hold forever
	wait_for 2 'server | to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(server | to("SYN_RECV"; "ESTABLISHED") | [.family, .laddr, .raddr])')" \
		'[["ipv4","127.0.0.1","127.0.0.1"],["ipv6","::1","::1"]]' 'a v4-mapped peer is IPv4, under its IPv4 address'
	is "$(ask 'map(to("CLOSE"; "LISTEN") | [.family, .laddr])')" '[["ipv6","::"]]' 'of an IPv6 listener'
	is "$(ask 'map(server | .listener // empty) | unique | length')" 1 'and of one'
	kill "$four"
	stop_client
	stop_server
}

# A listener ends; its queue goes to another member of the group.
case_migrates()
{
	# The kernel moves a queue by a function that cannot be hooked. Where the enqueue is known from functions alone,
	# who moved is known at accept() only; --verify would say so.
	verify=--verify
	fact enqueue exact && verify=
	port=$((port + 100)) # out of the sight of the tracer that all cases share
	start_tracer "$dir/stream" --port "$port" || return
	sysctl -qw net.ipv4.tcp_migrate_req=1
	group='@l = map { IO::Socket::INET->new(Listen => 50, LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], ReusePort => 1) } 1, 2;
		$SIG{USR1} = sub { close shift @l }; $SIG{USR2} = sub { push @c, $l[0]->accept for 1 .. 8 }; sleep 1 while 1'
	perl -MIO::Socket::INET -e "$group" "$port" &
	group_pid=$!
	pids+=("$group_pid")
	until_true in_state listening 2
	client_bg --count 8 --send 0 --hold forever
	wait_for 8 'server | to("SYN_RECV"; "ESTABLISHED")'
	first=$(ask 'map(to("CLOSE"; "LISTEN")) | .[0].cookie')
	other=$(ask 'map(to("CLOSE"; "LISTEN")) | .[1].cookie')
	moved=$(lines "server | to(\"SYN_RECV\"; \"ESTABLISHED\") | select(.listener == $first)")
	kill -USR1 "$group_pid"
	until_true queue '8 50'
	say_ok 'the other listener has all eight (ss)'
	is "$moved" "$(counter TcpExtTCPMigrateReqSuccess)" 'those that moved are as many as nstat counts'
	kill -USR2 "$group_pid"
	wait_for 8 'of("accept")'
	is "$(ask 'map(of("accept") | .listener) | unique')" "[$other]" 'which hands them all out'
	is "$(lines 'server | of("close")')" 0 'nobody was closed'
	is "$(lines 'of("reset")')" 0 'nor reset'
	stop_client
	wait_for 8 'server | to("ESTABLISHED"; "CLOSE_WAIT")'
	stop_tracer
}

# listen() again, with another backlog.
case_relisten()
{
	server --addr 127.0.0.1 --backlog 3 --never-accept --relisten 5000:7
	until_true queue '0 7'
	wait_for 'of("listener") | select(.backlog == 7)'
	is "$(ask 'map(to("CLOSE"; "LISTEN") | [.backlog, .backlog_asked])')" '[[3,3]]' 'the first'
	is "$(lines 'to("LISTEN"; "LISTEN")')" 0 'no transition'
	if fact relisten exact; then
		is "$(ask 'map(of("listener") | select(.backlog == 7)) | .[0] | [.backlog, .backlog_asked, has("completed_per_s")]')" '[7,7,false]' \
			'told as it happens'
	else
		is "$(ask 'map(of("listener") | select(.backlog == 7 and .backlog_asked))')" '[]' 'what was asked is not known'
	fi
	stop_server
}

case_capped()
{
	sysctl -qw net.core.somaxconn=5
	server --addr 127.0.0.1 --backlog 100 --never-accept
	is "$(ss -tlnH "sport = :$port" | awk '{ print $3 }')" 5 'net.core.somaxconn caps the backlog (ss)'
	wait_for 'to("CLOSE"; "LISTEN")'
	is "$(ask 'map(to("CLOSE"; "LISTEN") | [.backlog, .somaxconn])')" '[[5,5]]' 'the limit that holds, and who set it'
	is "$(ask 'map(to("CLOSE"; "LISTEN") | .backlog_asked)')" "[$(fact relisten absent && echo null || echo 100)]" 'and what was asked'
	stop_server
}

names=(cookie fastopen_client reuseport dual relisten capped)
if [ -e /proc/sys/net/ipv4/tcp_migrate_req ] && command -v perl >/dev/null; then names+=(migrates); fi
if has_tun; then
	names+=(fastopen defer simultaneous)
	# The kernel says for which socket it drops a packet (Linux 6.11).
	grep -qa sk_skb_reason_drop /sys/kernel/btf/vmlinux && names+=(syn_again)
fi
if [ "$(cat /proc/sys/net/mptcp/enabled 2>/dev/null)" = 1 ]; then names+=(mptcp); fi
run_cases "${names[@]}"
