#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Connections that end before the program sees them, and programs that end before their connections.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

# The server stands still until what comes before its next step has been looked at.
hold_still() { kill -STOP "$server_pid" && until_true stopped "$server_pid"; }
accepts_after() { kill -CONT "$server_pid" && until_true server_said 'accept([0-9]*) = '; }
holds_unread() { ss -Htan state established "sport = :$port" | awk -v n="$1" '$1 == n { found = 1 } END { exit !found }'; }

# The client resets; accept() hands out what was reset while queued.
case_reset()
{
	server --addr 0.0.0.0 --accept-after 8000 --hold
	hold_still
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; ack; delay 100; rst' --hold forever
	until_true counted TcpEstabResets 1
	is "$(ss -tlnH "sport = :$port" | awk '{ print $2 }')" 1 'the dead connection still fills the queue (ss)'
	wait_for 'server | to("ESTABLISHED"; "CLOSE")'
	accepts_after
	until_true queue '0 128'
	wait_for 'of("close")'
	is "$(ask 'map(server | [.type, .old, .new, .dir] | map(. // empty) | join(" ")) | .[1:] | join(", ")')" \
		'state SYN_RECV ESTABLISHED, reset received, state ESTABLISHED CLOSE, accept, close' 'reset, closed, accepted, in this order'
	is "$(ask 'map(of("accept") | [.state, .completed_before_accept, has("accept_wait_ns")])')" '[["CLOSE",true,true]]' \
		'accept() handed out what was reset'
	is "$(ask 'map(of("close") | [.close_reason, .accepted, .role, has("life_ns")])')" '[["rst_received",true,"server",true]]' 'its last line says how it ended'
	is "$(ask 'map(to("ESTABLISHED"; "CLOSE") | .reason)')" '["rst_received"]' 'the transition names the reason'
	is "$(ask '(map(of("close")) | .[0]) as $c | map(to("ESTABLISHED"; "CLOSE")) | .[0].in_old_ns == $c.states_ns.ESTABLISHED')" true \
		'ESTABLISHED lasted until the RST, not until accept()'
	ok 'the program finds it dead' server_said ECONNRESET
	stop_client
	stop_server
}

# The client closes; accept() hands out the connection with its data.
case_fin()
{
	server --addr 127.0.0.1 --accept-after 8000
	hold_still
	client --send 700
	until_true in_state close-wait 1
	wait_for 'server | to("ESTABLISHED"; "CLOSE_WAIT")'
	accepts_after
	wait_for 'server | of("close")'
	is "$(ask 'map(server | select(.type | IN("state", "accept", "close")) | (.new // .type)) | .[1:] | join(" ")')" \
		'ESTABLISHED CLOSE_WAIT accept LAST_ACK CLOSE close' 'closed by the client, then accepted'
	is "$(ask 'map(of("accept") | [.state, .completed_before_accept])')" '[["CLOSE_WAIT",true]]' 'in CLOSE_WAIT'
	is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .bytes_in, .bytes_out])')" '[["fin_passive",true,700,0]]' 'nothing was lost'
	ok 'the program reads it all' server_said 'read(.*) = 700'
	stop_server
}

# The listener closes with N queued.
case_listener_closes()
{
	server --addr 127.0.0.1 --never-accept --close-listener-after 8000 --name leaver
	hold_still
	client_bg --count 4 --name decoy --send 0 --hold forever
	until_true queue '4 128'
	before=$(counter TcpOutRsts)
	kill -CONT "$server_pid"
	until_true in_state listening 0
	is "$(($(counter TcpOutRsts) - before))" 4 'four RSTs leave (nstat)'
	wait_for 4 'server | of("close")'
	is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .comm]) | unique')" '[["never_accepted",false,"leaver"]]' \
		'four connections that nobody ever accepted'
	wait_for 4 'client | of("close")'
	is "$(ask 'map(client | of("close") | [.close_reason, .comm]) | unique')" '[["rst_received","decoy"]]' 'their clients are reset'
	is "$(lines 'of("reset") | select(.dir == "sent" and .role == "server")')" 4 'each RST is told'
	is "$(ask 'map(server | to("ESTABLISHED"; "CLOSE") | .reason) | unique')" '["listener_closed"]' 'with the reason of the transition'
	is "$(ask 'map(of("reset") | select(.dir == "sent") | .reset_reason) | unique')" '["listener_closed"]' 'and with its RST'
	if fact reset_reason exact; then
		is "$(ask 'map(of("reset") | select(.dir == "sent") | .kernel_reason) | unique')" '["TCP_STATE"]' "the kernel's own word for it"
	else
		is "$(ask 'map(of("reset") | select(.dir == "sent" and .kernel_reason)) | length')" 0 'the kernel gives none for the RST, and none is told'
	fi
	is "$(ask 'map(select(.role == "listener") | st | [.old, .new])')" '[["CLOSE","LISTEN"],["LISTEN","CLOSE"]]' 'the listener ends'
	is "$(lines 'of("accept")')" 0 'no accept is invented'
	stop_client
	stop_server
}

# The process is stopped: the kernel goes on completing handshakes.
case_stopped()
{
	server --addr 127.0.0.1 --backlog 4 --name sleeper
	client
	wait_for 'server | of("close")'
	kill -STOP "$server_pid"
	until_true stopped "$server_pid"
	client_bg --count 3 --name decoy --send 0 --hold forever
	until_true queue '3 4'
	wait_for 3 'server | to("SYN_RECV"; "ESTABLISHED") | select(.queued) | select(.accept_queue > 0)'
	wait_for 'of("listener") | select(.verdict == "app_slow")'
	say_ok 'the listener is called slow at first'
	wait_for 'of("listener") | select(.verdict == "app_stuck" and .accept_queue == 3)'
	is "$(ask 'map(of("listener") | select(.verdict == "app_stuck")) | .[0].advice | test("3 connections wait")')" true \
		'then stuck, with advice'
	kill -CONT "$server_pid"
	wait_for 3 'of("accept") | select(.accept_wait_ns > 1e9)'
	is "$(ask 'map(of("accept") | select(.accept_wait_ns > 1e9) | [.comm, .accept_queue]) | sort')" \
		'[["sleeper",0],["sleeper",1],["sleeper",2]]' 'awake, it takes them all'
	wait_for 'of("listener") | select(.verdict == "ok" and .accept_queue == 0 and .accepts == 4)'
	say_ok 'and the verdict is ok again'
	stop_client
	stop_server
}

# The process is killed: one accepted, one accepted with data that nobody read, two queued.
case_killed()
{
	server --addr 0.0.0.0 --accept-max 2 --hold --no-read --name victim
	killed=$server_pid
	client_bg --name decoy --send 0 --hold forever
	until_true in_state established 2
	first=$client_pid
	client_bg --name decoy --send 500 --hold forever
	until_true in_state established 4
	until_true holds_unread 500
	wait_for 2 'of("accept")'
	second=$client_pid
	client_bg --count 2 --name decoy --send 0 --hold forever
	until_true queue '2 128'
	before=$(counter TcpOutRsts)
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null
	wait_for 'select(.role == "listener") | to("LISTEN"; "CLOSE")'
	wait_for 3 'server | of("close") | select(.close_reason != "fin_active")'
	is "$(($(counter TcpOutRsts) - before))" 3 'three RSTs leave (nstat)'
	is "$(ask 'map(server | of("close") | select(.close_reason != "fin_active") | [.close_reason, .accepted]) | sort')" \
		'[["never_accepted",false],["never_accepted",false],["rst_sent",true]]' 'the queued ones, and the one with unread data'
	if fact reset_reason exact; then
		is "$(ask 'map(of("reset") | select(.dir == "sent" and .reset_reason == "abort_on_close")) | length')" 1 'data that were not read (reason)'
	fi
	is "$(ask 'map(server | select(.old == "ESTABLISHED" and .new == "FIN_WAIT1")) | length')" 1 'the idle one is closed by FIN'
	is "$(ask "map(server | select(.type == \"state\" or .type == \"close\") | .pid) | unique | tostring")" "[$killed]" \
		'all of them stay the property of the process that was'
	is "$(ask 'map(server | .comm // empty) | unique')" '["victim"]' 'by name'
	kill "$first" "$second"
	stop_client
	wait_for 4 'client | of("close")'
}

if has_tun; then
	run_cases reset fin listener_closes stopped killed
else
	run_cases fin listener_closes stopped killed
fi
