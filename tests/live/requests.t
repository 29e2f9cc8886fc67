#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Requests that never finish: SYN-ACKs sent again, expiry, a flood. Witnesses: tcpdump, nstat, ss, /proc.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

# The SYN-ACK goes out again, then the request is given up.
case_expires()
{
	sysctl -qw net.ipv4.tcp_synack_retries=2
	server --addr 0.0.0.0 --name patient
	sniff "port $port"
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000' --hold forever
	until_true in_state syn-recv 1
	until_true in_state syn-recv 0
	wait_for 'of("close")'
	is "$(ask 'map(of("retransmit") | [.what, .attempt, .rport, .comm])')" \
		'[["synack",1,40001,"patient"],["synack",2,40001,"patient"]]' 'the SYN-ACK goes out twice more'
	is "$(wire "\\.$port > .*40001: Flags \\[S\\.\\]")" 3 'three times in all, says tcpdump'
	is "$(ask 'map(of("retransmit") | .server_isn) | unique | .[0]')" \
		"$(sed -n 's/.*\[S\.\], seq \([0-9]*\),.*/\1/p' "$dir/wire" | head -1)" 'with the sequence number on the wire'
	# The wire's clock against the stream's: a tenth of a second is room enough for both.
	for i in 1 2; do
		sent=$(grep 'Flags \[S\.\]' "$dir/wire" | sed -n "$((i + 1))s/ .*//p")
		is "$(mine | jq -rs "map(select(.type == \"retransmit\")) | .[$((i - 1))].ts | sub(\"\\\\.[0-9]*Z\"; \"Z\") | fromdate |
			. - $sent | . > -1.5 and . < 1.5")" true "attempt $i is told when it left"
	done
	is "$(ask 'map(st | server | select(.rport) | [.old, .new])')" '[["LISTEN","SYN_RECV"],["SYN_RECV","CLOSE"]]' 'its two transitions'
	is "$(ask 'map(of("drop") | [.drop_reason, .rport, .synack_retrans])')" '[["request_expired",40001,2]]' 'it expired'
	is "$(ask 'map(of("close") | [.close_reason, .accepted, has("bytes_in")])')" '[["timeout",false,false]]' 'its last line'
	if fact request_expired exact; then
		is "$(ask 'map(of("close") | .life_ns > 6.5e9 and .life_ns < 12e9)')" '[true]' 'seven seconds after the SYN'
	else
		is "$(ask 'map(of("close") | has("life_ns"))')" '[false]' 'when it went is not known here, so no life is told'
		is "$(ask 'map(to("SYN_RECV"; "CLOSE") | has("in_old_ns"))')" '[false]' 'and no time in SYN_RECV'
	fi
	is "$(lines 'select(.client_believes_established)')" 0 'nobody believes anything'
	sniffed_all
	stop_client
	stop_server
}

# A late ACK still completes it: one life, its duration from the first SYN.
case_late()
{
	server --addr 0.0.0.0
	client_bg --bind-port 40001 --raw 'syn; drop-synack timeout=20000; expect-synack-retransmit timeout=20000; ack' --hold forever
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.synack_retrans, .handshake_ns > 0.9e9, .handshake_ns == .in_old_ns])')" \
		"[[$(counter TcpExtTCPSynRetrans),true,true]]" 'a SYN-ACK that was lost costs a second; sent again as often as nstat counts'
	ok 'it was sent again (nstat)' counted TcpExtTCPSynRetrans 1
	stop_client
	stop_server
}

# The client repeats its SYN: one request, no refusal, though the listener counts a discarded segment.
case_syn_again()
{
	server --addr 0.0.0.0
	client_bg --bind-port 40001 --raw 'syn; drop-synack timeout=20000; again; wait-synack timeout=20000; ack' --hold forever
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(lines 'to("LISTEN"; "SYN_RECV")')" 1 'one request'
	is "$(counter TcpExtListenDrops)" 0 'the kernel refused nothing (nstat)'
	wait_for 'of("listener") | select(.completed == 1)'
	is "$(lines 'of("drop")')" 0 'and no refusal is told'
	stop_client
	stop_server
}

# kfree_skb brings the listener for which a segment was dropped, on kernels that have this reason (6.18).
listener_of_a_drop() { grep -qa SKB_DROP_REASON_TCP_LISTEN_OVERFLOW /sys/kernel/btf/vmlinux; }

# The client resets its request.
case_reset()
{
	server --addr 0.0.0.0
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; rst' --hold forever
	until_true counted TcpExtEmbryonicRsts 1
	until_true in_state syn-recv 0
	is "$(lines 'to("SYN_RECV"; "ESTABLISHED")')" 0 'a reset request is no connection'
	is "$(lines 'of("drop")')" 0 'and no refusal'
	if fact request_expired exact || listener_of_a_drop; then
		wait_for 'of("close")'
		is "$(ask 'map(of("close") | [.close_reason, .accepted, .rport, has("life_ns")])')" '[["rst_received",false,40001,true]]' 'its last line'
		is "$(ask 'map(of("reset") | [.dir, .rport])')" '[["received",40001]]' 'and the RST before it'
	else
		is "$(lines 'of("close")')" 0 'nobody tells of it here'
	fi
	stop_client
	stop_server
}

# Nobody answers for the client's link address: an ICMP error of our own ends its request.
case_unreachable()
{
	make_far 1 || { skip 'an unreachable client' 'no veth here'; return; }
	server --addr 0.0.0.0
	far_bg "$lab" client --addr 10.77.0.1 --port "$port" --hold forever --keep-going --quiet >"$dir/client" 2>&1 </dev/null
	# tcp_req_err() counts each.
	until_true counted TcpExtListenDrops 1
	if fact request_expired exact; then
		wait_for "$given_up"
		is "$(ask "map($given_up) | .[:1] | map([.laddr, .raddr, has(\"segment\")])")" '[["10.77.0.1","10.77.0.2",false]]' 'it gives the request up'
		wait_for 'of("close") | select(.close_reason == "unreachable" and .accepted == false)'
		kill "$far_job"
		far_is_cut_off
		until_true in_state syn-recv 0
		until_true given_up_as_counted
		is "$(lines "$given_up")" "$(counter TcpExtListenDrops)" 'as often as nstat counts'
		is "$(lines "to(\"SYN_RECV\"; \"CLOSE\") | select(.reason == \"client_unreachable\")")" "$(counter TcpExtListenDrops)" 'each is a transition'
	else
		wait_for 'of("retransmit")'
		is "$(lines "$given_up")" 0 'a request whose SYN-ACK never left is known by the next, and nobody tells how it ends'
		kill "$far_job"
	fi
	stop_server
}
given_up='of("drop") | select(.drop_reason == "client_unreachable")'
given_up_as_counted() { [ "$(lines "$given_up")" = "$(counter TcpExtListenDrops)" ]; }

# The witness is how many the kernel holds when more have come. (Some kernels hold one more than the backlog.)
case_limit()
{
	sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=64
	server --addr 0.0.0.0 --backlog 300 --never-accept
	"$lab" client --port "$port" --flood 100 --rate 1000 >"$dir/client" 2>&1 </dev/null
	wait_for 'of("listener") | select(.syn_queue_limit and .syn_queue > 40)'
	is "$(ask 'map(of("listener") | .syn_queue_limit // empty) | unique')" "[$(sockets syn-recv)]" \
		'without cookies a quarter of tcp_max_syn_backlog is kept for others'
	stop_server
	sysctl -qw net.ipv4.tcp_syncookies=1
	server --addr 0.0.0.0 --backlog 3 --never-accept
	wait_for 'of("listener") | select(.syn_queue_limit == 3)'
	stop_server
}

# SYNs beyond the limit get a cookie, and leave nothing behind but a count.
case_cookies()
{
	sysctl -qw net.ipv4.tcp_syncookies=1
	server --addr 0.0.0.0 --backlog 3 --never-accept
	"$lab" client --port "$port" --flood 100 --rate 1000 >"$dir/client" 2>&1 </dev/null
	until_true counted TcpExtSyncookiesSent 90
	wait_for 'of("listener") | select(.syncookies_sent == '"$(counter TcpExtSyncookiesSent)"')'
	is "$(ask 'map(of("listener") | .syncookies_sent // 0) | max')" "$(counter TcpExtSyncookiesSent)" 'as many as nstat counts'
	wait_for 'of("listener") | select(.verdict == "syn_flood" and (.advice | test("SYN cookies")))'
	stop_server
}

# Ours alone: tens of thousands of requests, a tracer that keeps 16. (An emulated machine has time for some hundred.)
case_flood()
{
	# What was given up is not known any more: --verify would say so, for each.
	may_lose=yes verify=
	local flood=40000 rate=20000 room=50000
	[ -z "${SOCKSTATE_VM:-}" ] || flood=3000 rate=3000 room=1000
	sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=65536 net.core.somaxconn=65536
	start_tracer "$dir/stream" --port "$port" --max-requests 16 --ring-size 64M || return
	server --addr 0.0.0.0 --backlog $room --never-accept
	"$lab" client --port "$port" --flood 100 --rate 1000 >"$dir/client" 2>&1 </dev/null
	until_true enough 100 'to("LISTEN"; "SYN_RECV")'
	memory=$(awk '/VmRSS/ { print $2 }' "/proc/$tracer_pid/status")
	"$lab" client --port "$port" --flood $flood --rate $rate --bind-port 20000 >"$dir/client" 2>&1 </dev/null
	half_open=$(sockets syn-recv)
	until_true flood_is_told
	later=$(awk '/VmRSS/ { print $2 }' "/proc/$tracer_pid/status")
	# Each of them remembered would take 200 bytes and more.
	if [ $flood -ge 40000 ]; then
		ok "memory does not grow: $memory kB, later $later kB" [ "$later" -le $((memory + 3072)) ]
	fi
	wait_for 'of("listener") | select(.verdict == "syn_flood")'
	ok "syn_flood; the SYN queue is as long as ss says: $half_open" flood_is_told
	stop_server
	stop_tracer
	begun=$(ask 'map(to("LISTEN"; "SYN_RECV")) | length')
	ended=$(ask 'map(to("SYN_RECV"; "CLOSE")) | length')
	evicted=$(jq -s 'map(select(.type == "lost" and .lost_at == "evicted") | .count) | add // 0' "$out")
	others=$(jq -s 'map(select(.type == "lost" and .lost_at != "evicted") | .count) | add // 0' "$out")
	is "$others" 0 'nothing was lost on the way'
	# One that was given up comes back with its next SYN-ACK, and is given up again.
	ok "no more than 16 are remembered: $begun begun, $ended ended, $evicted evicted" [ $((begun - ended - evicted)) -le 16 ]
	is "$(tail -n 1 "$out" | jq .lost)" "$evicted" 'summary has the total'
}
# The kernel may have given some up since.
flood_is_told()
{
	longest=$(ask 'map(.syn_queue // 0) | max')
	[ "$longest" -ge "$half_open" ] && [ "$longest" -le $((room + 1)) ] && [ "$half_open" -ge 100 ]
}

has_tun || skip_all 'no TUN device here'
# The flood is in the stream of all cases, too: as many facts as may come before a busy machine reads them.
file_options=(--ring-size 64M)
run_cases flood limit cookies expires late syn_again reset unreachable
