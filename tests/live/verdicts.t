#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every verdict on a listener, brought about for real. Witness of its figures: ss.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"
file_options=(--stuck 3s --slow 200ms --flood-min 16)

judged() { wait_for "of(\"listener\") | select(.verdict == \"$1\")" && say_ok "$1"; }
advice() { is "$(ask "map(of(\"listener\") | select(.verdict == \"$1\")) | last | .advice | test(\"$2\")")" true "with advice: $2"; }

# The last line of the listener has the figures that ss shows.
as_ss_says()
{
	until_true figures_agree
	is "$(ask 'map(of("listener")) | last | "\(.accept_queue) \(.backlog)"' -r)" \
		"$(ss -tlnH "sport = :$port" | awk '{ print $2, $3 }')" 'queue and limit as ss shows them'
}
figures_agree()
{
	[ "$(ask 'map(of("listener")) | last | "\(.accept_queue) \(.backlog)"' -r)" = "$(ss -tlnH "sport = :$port" | awk '{ print $2, $3 }')" ]
}

case_ok()
{
	local name
	# Where the machine kept the server from accept() for as long as is slow, once more.
	for name in first second third fourth fifth; do
		server --addr 127.0.0.1 --name $name
		client --count 5 --every 50
		wait_for "of(\"listener\") | select(.comm == \"$name\" and .accepts == 5 and .completed == 5)"
		[ "$(ask "map(of(\"accept\") | select(.comm == \"$name\") | .accept_wait_ns) | max < 100000000")" = false ] || break
		[ $name = fifth ] || stop_server
	done
	is "$(ask "map(of(\"listener\") | select(.comm == \"$name\") | .verdict) | unique")" '["ok"]' 'ok, and nothing else'
	is "$(ask "map(of(\"listener\") | select(.comm == \"$name\") | .advice // empty)")" '[]' 'without advice'
	as_ss_says
	is "$(ask 'map(of("listener") | select(.accepted_per_s > 0)) | length > 0')" true 'rates are told'
	stop_server
}

case_slow()
{
	server --addr 127.0.0.1 --accept-every 400 --backlog 50
	client_bg --count 12 --send 0 --hold forever
	judged app_slow
	advice app_slow 'the program calls it too late'
	wait_for 12 'of("accept")'
	judged ok
	stop_client
	stop_server
}

# The program does something else for a while: what was refused then says nothing about the backlog.
case_pause()
{
	server --addr 127.0.0.1 --backlog 2
	kill -STOP "$server_pid"
	until_true stopped "$server_pid"
	client_bg --count 30 --every 50 --timeout 500 --send 0 --close shutdown --keep-going
	judged app_slow
	until_true client_said '#30 '
	until_true in_state syn-sent 0
	kill -CONT "$server_pid"
	wait_for 'of("accept")'
	judged ok
	until_true test "$(counter TcpExtListenDrops)" -gt 0
	is "$(ask 'map(of("listener") | select(.verdict == "backlog_too_small" or .verdict == "backlog_capped")) | length')" 0 \
		"refused while the program paused ($(counter TcpExtListenDrops) as nstat counts): not the backlog's fault"
	stop_client
	stop_server
}

case_stuck()
{
	server --addr 127.0.0.1 --never-accept
	client_bg --count 2 --send 0 --hold forever
	judged app_stuck
	advice app_stuck 'no accept\\(\\) while 2 connections wait'
	as_ss_says
	is "$(ask 'map(of("listener") | .accept_queue_peak) | max')" 2 'and the peak'
	stop_client
	stop_server
}

case_fds()
{
	server --addr 127.0.0.1 --fd-room 2
	client_bg --count 4 --send 0 --hold forever
	until_true server_said EMFILE
	judged out_of_fds
	advice out_of_fds RLIMIT_NOFILE
	wait_for 'of("accept_error")'
	is "$(ask 'map(of("accept_error") | .errno) | unique')" '["EMFILE"]' 'the error by its name'
	as_ss_says
	stop_client
	stop_server
}

# Bursts that do not fit, a program that is quick: the limit is to blame. With the peer below the burst comes at once.
burst='use 1; syn; use 2; syn; use 3; syn; use 4; syn; use 5; syn; use 6; syn; use 7; syn; use 8; syn; wait-input timeout=600000'
refuses()
{
	sysctl -qw net.ipv4.tcp_syncookies=0
	client_bg --bind-port 40001 --raw "$burst" --hold forever
	until_true counted TcpExtListenDrops 1
}

case_small()
{
	server --addr 0.0.0.0 --backlog 2
	refuses
	judged backlog_too_small
	advice backlog_too_small 'raise the backlog of listen\\(\\) above 2'
	stop_client
	stop_server
}

case_capped()
{
	sysctl -qw net.core.somaxconn=2
	server --addr 0.0.0.0 --backlog 100
	refuses
	if fact relisten absent; then
		# What was asked is not known; that the limit is somaxconn is.
		judged backlog_capped
	else
		judged backlog_capped
		is "$(ask 'map(to("CLOSE"; "LISTEN") | .backlog_asked)')" '[100]' 'asked for more'
	fi
	advice backlog_capped net.core.somaxconn
	stop_client
	stop_server
}

case_flood()
{
	sysctl -qw net.ipv4.tcp_synack_retries=2
	server --addr 0.0.0.0 --backlog 64
	"$lab" client --port "$port" --half-open --count 40 --hold forever >"$dir/client" 2>&1 </dev/null &
	pids+=($!)
	until_true in_state syn-recv 40
	judged syn_flood
	is "$(ask 'map(.syn_queue // 0) | max')" 40 'half-open requests as ss counts them'
	advice syn_flood 'keep net.ipv4.tcp_syncookies=1'
	until_true in_state syn-recv 0
	judged ok
	stop_server
}

names=(ok slow pause stuck fds)
has_tun && names+=(small capped flood)
run_cases "${names[@]}"
