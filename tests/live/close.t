#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every state of RFC 9293 from both ends, every way to end. Witnesses: ss, nstat, the lab's peer and its counts.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

# news ROLE [FILTER]: the states it went through
news() { ask "map(select(.role == \"$1\") | st | ${2-.}) | map(.new) | join(\" \")"; }

# What a close line says of time adds up.
close_adds_up() # role
{
	is "$(ask "map(of(\"close\") | select(.role == \"$1\")) | .[0] | (.states_ns | add) as \$sum |
		if .life_ns then .life_ns - \$sum | . >= 0 and . <= 1000 else (.states_ns | length) > 0 end")" true \
		"$1: its time per state adds up to its life"
	is "$(ask "(map(of(\"close\") | select(.role == \"$1\")) | .[0]) as \$close |
		map(select(.role == \"$1\" and .seq < \$close.seq) | st | select(.in_old_ns) | \$close.states_ns[.old] == .in_old_ns) | unique")" '[true]' \
		"$1: and agrees with its transitions"
}

# TIME_WAIT ends, or its end is not known and nothing says that it is.
time_wait_ends() # role, what ended it
{
	if fact time_wait_end exact; then
		wait_for "select(.role == \"$1\") | to(\"TIME_WAIT\"; \"CLOSE\")"
		say_ok "TIME_WAIT ends: $2"
	else
		wait_for "select(.role == \"$1\") | of(\"close\")"
		is "$(lines 'to("TIME_WAIT"; "CLOSE")')" 0 'the end of TIME_WAIT is not told where it is not seen'
		is "$(ask "map(select(.role == \"$1\") | of(\"close\")) | .[0].states_ns.TIME_WAIT")" null 'nor how long it took'
	fi
}

case_server_first()
{
	server --addr 127.0.0.1 --read-first --reply 3000 --close-after 300
	client --send 1234 --read-eof
	until_true in_state time-wait 1
	wait_for 'server | to("FIN_WAIT2"; "TIME_WAIT")'
	wait_for 'client | of("close")'
	is "$(news server)" 'SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT' 'server: active close'
	is "$(news client)" 'SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE' 'client: passive close'
	is "$(ask 'map(client | of("close") | [.close_reason, .bytes_out, .bytes_in, .retrans])')" '[["fin_passive",1234,3000,0]]' \
		'client: bytes as the lab counted them'
	close_adds_up client
	if ! fact time_wait_end exact; then
		is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .bytes_in, .bytes_out])')" '[["fin_active",true,1234,3000]]' \
			'server: its last line comes as TIME_WAIT begins'
		close_adds_up server
	else
		is "$(lines 'server | of("close")')" "$(lines 'server | to("TIME_WAIT"; "CLOSE")')" 'server: no last line while TIME_WAIT lasts'
	fi
	stop_server
}

case_client_first()
{
	server --addr 127.0.0.1 --reply 100
	client --send 5000 --read=100
	until_true in_state time-wait 1
	wait_for 'client | to("FIN_WAIT2"; "TIME_WAIT")'
	wait_for 'server | of("close")'
	is "$(news client)" 'SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT' 'client: active close'
	is "$(news server)" 'SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSE' 'server: passive close'
	is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .bytes_in, .bytes_out, .retrans])')" '[["fin_passive",true,5000,100,0]]' \
		'server: bytes as the lab counted them'
	close_adds_up server
	is "$(ask 'map(server | of("close")) | .[0] | has("handshake_ns") and has("accept_wait_ns") and has("srtt_ns")')" true \
		'handshake, wait and round trip are there'
	stop_server
}

# A new SYN takes the tuple over.
case_reuse()
{
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; fin; wait-ack timeout=20000
		wait-input timeout=600000
		syn; wait-synack timeout=20000; ack' --hold forever
	until_true in_state time-wait 1
	wait_for 'to("FIN_WAIT2"; "TIME_WAIT")'
	tell
	until_true client_said 'the peer stays'
	wait_for 2 'to("SYN_RECV"; "ESTABLISHED")'
	time_wait_ends server 'by a new SYN'
	is "$(ask 'map(to("LISTEN"; "SYN_RECV") | .rport)')" '[40001,40001]' 'two connections with the same ends'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | .cookie) | unique | length')" 2 'each with a cookie of its own'
	if fact time_wait_end exact; then
		is "$(ask 'map(select(.rport == 40001) | st | .new) | index("CLOSE") < (rindex("SYN_RECV"))')" true \
			'the old one ends before the new one begins'
		close_adds_up server
	fi
	stop_client
	stop_server
}

# A RST ends TIME_WAIT (RFC 1337): no reset of the connection, which had ended well.
case_assassination()
{
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; fin; wait-ack timeout=20000
		wait-input timeout=600000; ack; rst' --hold forever
	until_true in_state time-wait 1
	wait_for 'to("FIN_WAIT2"; "TIME_WAIT")'
	tell
	until_true in_state time-wait 0
	time_wait_ends server 'by a RST'
	is "$(ask 'map(server | of("close") | .close_reason)')" '["fin_active"]' 'which does not change how it ended'
	stop_client
	stop_server
}

# An orphan in FIN_WAIT2: the peer never closes.
case_orphan()
{
	sysctl -qw net.ipv4.tcp_fin_timeout=3
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; ack' --hold forever
	wait_for 'to("FIN_WAIT1"; "FIN_WAIT2")'
	until_true in_state fin-wait-2 0
	wait_for 'of("close")'
	is "$(news server)" 'SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 CLOSE' 'no TIME_WAIT without the peer'"'"'s FIN'
	is "$(counter TcpExtTW)" 0 'and none is counted (nstat)'
	is "$(ask 'map(of("close") | .close_reason)')" '["fin_active"]' 'its end'
	if fact time_wait_end exact; then
		is "$(ask 'map(to("FIN_WAIT2"; "CLOSE") | .in_old_ns | . > 2.9e9 and . < 9e9)')" '[true]' \
			'FIN_WAIT2 lasts until tcp_fin_timeout'
	fi
	stop_client
	stop_server
}

# The same, and the peer's FIN comes late.
case_orphan_late_fin()
{
	sysctl -qw net.ipv4.tcp_fin_timeout=50
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; ack; wait-input timeout=600000; fin' --hold forever
	until_true in_state fin-wait-2 1
	wait_for 'to("FIN_WAIT1"; "FIN_WAIT2")'
	tell
	until_true in_state time-wait 1
	if fact time_wait_begin exact; then
		wait_for 'to("FIN_WAIT2"; "TIME_WAIT")'
		say_ok 'TIME_WAIT begins with the late FIN'
	else
		is "$(lines 'to("FIN_WAIT2"; "TIME_WAIT")')" 0 'TIME_WAIT of an orphan is not seen here, and not told'
	fi
	stop_client
	stop_server
}

# The same, and data comes: the timewait socket answers by a RST.
case_orphan_late_data()
{
	sysctl -qw net.ipv4.tcp_fin_timeout=50
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; ack; wait-input timeout=600000; data 7; wait-rst timeout=20000' --hold forever
	until_true in_state fin-wait-2 1
	wait_for 'to("FIN_WAIT1"; "FIN_WAIT2")'
	tell
	until_true client_said 'the peer stays'
	wait_for 'of("close")'
	if fact reset_reason exact; then
		wait_for 'of("reset")'
		is "$(ask 'map(of("reset") | [.dir, .reset_reason, .rport])')" '[["sent","timewait",40001]]' 'which is told'
		is "$(ask 'map(select(.rport == 40001) | select(.type == "reset" or .type == "close") | [.role, .listener]) | unique | length')" 1 \
			'as that of its connection, though that was told to its end'
		is "$(ask 'map(of("reset") | [.role, has("listener")])')" '[["server",true]]' 'whose role and listener are known'
		is "$(ask 'group_by(.cookie) | map(select(.[0].cookie and any(.[]; .type == "close")) | sort_by(.t_ns) | last | .type) | unique')" '["close"]' \
			'no line of a connection comes behind its end'
	fi
	stop_client
	stop_server
}

# The FINs cross.
case_closing()
{
	client_bg --bind-port "$port" --raw '
		k-connect; wait-syn timeout=20000; synack; wait-ack timeout=20000; k-close; drop-fin timeout=20000; fin
		wait-input timeout=600000; wait-fin timeout=20000; ack' --hold forever
	until_true in_state closing 1
	wait_for 'to("FIN_WAIT1"; "CLOSING")'
	tell
	until_true in_state time-wait 1
	wait_for 'to("CLOSING"; "TIME_WAIT")'
	is "$(news client)" 'SYN_SENT ESTABLISHED FIN_WAIT1 CLOSING TIME_WAIT' 'simultaneous close'
	if ! fact time_wait_end exact; then
		is "$(ask 'map(of("close") | .close_reason)')" '["fin_simultaneous"]' 'its end'
	fi
	stop_client
}

# RST: SO_LINGER 0, unread data, nobody there.
case_resets()
{
	server --addr 127.0.0.1
	client --send 10 --close rst
	wait_for 'client | of("close")'
	wait_for 'server | of("close")'
	is "$(ask 'map(of("close") | [.role, .close_reason]) | sort')" '[["client","rst_sent"],["server","rst_received"]]' 'SO_LINGER 0: both ends know'
	is "$(counter TcpOutRsts)" 1 'one RST (nstat)'
	is "$(ask 'map(of("reset") | [.role, .dir]) | sort')" '[["client","sent"],["server","received"]]' 'one line at each end'
	if fact reset_reason exact; then
		is "$(ask 'map(of("reset") | select(.dir == "sent") | .reset_reason)')" '["state"]' 'with the reason that the kernel gives'
	else
		is "$(ask 'map(of("reset") | .reset_reason // empty)')" '[]' 'no reason where the kernel gives none'
	fi
	stop_server
}

holds_unread() { [ "$(ss -Htan state established "sport = :$port" | awk '{ print $1 }')" = "$1" ]; }

case_unread()
{
	server --addr 127.0.0.1 --no-read --close-after 0
	kill -STOP "$server_pid"
	until_true stopped "$server_pid"
	client_bg --send 900 --read-eof --keep-going
	until_true holds_unread 900
	kill -CONT "$server_pid"
	wait_for 'server | of("close")'
	is "$(ask 'map(server | of("close") | [.close_reason, .bytes_in])')" '[["rst_sent",900]]' 'data unread at close(): RST'
	is "$(counter TcpExtTCPAbortOnClose)" 1 'nstat calls it AbortOnClose'
	if fact reset_reason exact; then
		is "$(ask 'map(of("reset") | select(.dir == "sent") | .reset_reason)')" '["abort_on_close"]' 'and so does the line'
	fi
	stop_client
	stop_server
}

case_refused()
{
	client --keep-going
	wait_for 'client | of("close")'
	is "$(news client)" 'SYN_SENT CLOSE' 'connect() to nobody'
	is "$(ask 'map(of("close") | [.close_reason, .comm])')" '[["refused","sockstate-lab"]]' 'is refused'
}

# Nobody answers the SYN.
case_timeout_syn()
{
	sysctl -qw net.ipv4.tcp_syn_retries=1
	[ ! -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] || sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0
	client_bg --bind-port "$port" --raw 'k-connect; wait-syn timeout=20000' --hold forever
	wait_for 'of("close")'
	is "$(news client)" 'SYN_SENT CLOSE' 'never established'
	is "$(ask 'map(of("close") | .close_reason)')" '["timeout"]' 'timeout'
	is "$(ask 'map(of("retransmit") | [.what, .attempt])')" '[["syn",1]]' 'one SYN again, as tcp_syn_retries allows'
	is "$(counter TcpExtTCPSynRetrans)" 1 'says nstat'
	is "$(ask 'map(to("SYN_SENT"; "CLOSE") | (.reason == "timeout" and .in_old_ns > 2.9e9 and .in_old_ns < 9e9))')" '[true]' 'after three seconds'
	stop_client
}

# Nobody acknowledges the data.
case_timeout_data()
{
	sysctl -qw net.ipv4.tcp_retries2=3
	client_bg --bind-port "$port" --raw 'k-connect; wait-syn timeout=20000; synack; wait-ack timeout=20000; k-send 100' --hold forever
	until_true counted TcpExtTCPAbortOnTimeout 1
	wait_for 'of("close")'
	is "$(ask 'map(of("close") | [.close_reason, .retrans])')" "[[\"timeout\",$(counter TcpRetransSegs)]]" 'timeout, retransmissions as nstat counts them'
	is "$(ask 'map(to("ESTABLISHED"; "CLOSE") | .reason)')" '["timeout"]' 'the transition names the reason'
	is "$(ask 'map(of("close") | .bytes_out)')" '[100]' 'bytes are counted once'
	stop_client
}

# The peer's host is gone from the wire: nobody answers for its link address, and the kernel says so when it gives up.
case_unreachable()
{
	make_far 1 || { skip 'an unreachable peer' 'no veth here'; return; }
	sysctl -qw net.ipv4.tcp_retries2=4
	far_answers
	far_bg "$lab" server --addr 10.77.0.2 --port "$port" --hold --quiet --duration 400 >"$dir/server" 2>&1 </dev/null
	until_true far_listens
	exec 9<>"/dev/tcp/10.77.0.2/$port"
	wait_for 'client | to("SYN_SENT"; "ESTABLISHED")'
	far_is_silent
	echo hello >&9
	until_true counted TcpExtTCPAbortOnTimeout 1
	wait_for 'client | of("close")'
	# What the program is told.
	is "$(read -r -u 9 2>&1 | sed 's/.*: //')" 'No route to host' 'read() says EHOSTUNREACH'
	is "$(ask 'map(client | of("close") | .close_reason)')" '["unreachable"]' 'and so does the stream: not a reset by us'
	is "$(ask 'map(to("ESTABLISHED"; "CLOSE") | .reason)')" '["unreachable"]' 'the transition names the reason'
	exec 9>&-
}
far_listens() { [ "$(far ss -Htln "sport = :$port" | wc -l)" = 1 ]; }

# Nobody answers the keepalive.
case_timeout_keepalive()
{
	sysctl -qw net.ipv4.tcp_keepalive_time=1 net.ipv4.tcp_keepalive_intvl=1 net.ipv4.tcp_keepalive_probes=2
	keeper='$s = IO::Socket::INET->new(Listen => 5, LocalAddr => "0.0.0.0", LocalPort => shift); $s->sockopt(SO_KEEPALIVE, 1);
		$c = $s->accept; sleep 100'
	perl -MIO::Socket::INET -e "$keeper" "$port" &
	pids+=($!)
	until_true in_state listening 1
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; ack' --hold forever
	wait_for 'of("accept")'
	wait_for 'of("close")'
	is "$(counter TcpExtTCPAbortOnTimeout)" 1 'the kernel gave up (nstat)'
	is "$(ask 'map(of("close") | [.close_reason, .accepted])')" '[["timeout",true]]' 'timeout'
	if fact reset_reason exact; then
		is "$(ask 'map(of("reset") | [.dir, .reset_reason])')" '[["sent","timeout"]]' 'a RST is sent, with the reason'
	fi
	stop_client
}

names=(server_first client_first resets unread refused unreachable)
if has_tun; then
	names+=(orphan orphan_late_fin orphan_late_data timeout_syn timeout_data closing reuse assassination)
	command -v perl >/dev/null && names+=(timeout_keepalive)
fi
run_cases "${names[@]}"
