#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The tracer starts in the middle of everything: no phantom transition, no wrong duration, absent instead.
# Witnesses: what was prepared before it started, ss, nstat.
# shellcheck disable=SC2034 # variables of cases.sh
. "$(dirname "$0")/cases.sh"

# What was there has a line, and nothing has happened yet.
stock() # what it must hold: [state, role, queued, comm] in order of state
{
	wait_for "$(jq -r length <<<"$1")" 'of("socket")'
	is "$(ask 'map(of("socket") | [.state, .role, .queued, .comm]) | sort')" "$(jq -c sort <<<"$1")" 'what was there is told'
	is "$(ask 'map(of("socket") | .preexisting) | unique')" '[true]' 'as preexisting'
	is "$(ask 'map(.type) | unique - ["socket", "listener", "why", "drop", "retransmit"]')" '[]' 'no phantom transition'
}

# No line of a socket that is older than the tracer has a duration that nobody could measure.
no_wrong_duration()
{
	is "$(ask '(map(of("meta")) | .[0].t_ns // 0) as $begin |
		map(select(.life_ns or .handshake_ns or (.accept_wait_ns and .wait_basis != "at_least") or .connect_ns) | select(.preexisting)) | length')" \
		0 'no life of what began before, and no wait but as a bound'
	is "$(ask 'group_by(.cookie) | map(select(.[0].cookie and any(.[]; .preexisting)) | map(st) | sort_by(.t_ns) | .[0] | select(.) | has("in_old_ns")) | unique')" \
		'[false]' 'no time in the state that it was in'
}

prepare_queue()
{
	server --addr 127.0.0.1 --never-accept --name holder
	client_bg --count 2 --send 0 --name decoy --hold forever
	until_true queue '2 128'
}
case_queue()
{
	stock '[["LISTEN","listener",null,"holder"],["ESTABLISHED","server",true,"holder"],["ESTABLISHED","server",true,"holder"],
		["ESTABLISHED","client",null,"decoy"],["ESTABLISHED","client",null,"decoy"]]'
	is "$(ask 'map(of("socket") | select(.state == "LISTEN") | [.accept_queue, .backlog])')" '[[2,128]]' 'with the listener'"'"'s queue'
	is "$(ask 'map(of("socket") | .cookie) | sort | map(tostring) | join(" ")')" \
		"$(ss -tanepH "sport = :$port or dport = :$port" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' | while read -r h; do echo $((16#$h)); done | sort -n | xargs)" \
		'under the cookies of ss'
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null
	wait_for 2 'server | of("close")'
	is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .preexisting, has("life_ns"), has("accept_wait_ns")]) | unique')" \
		'[["never_accepted",false,true,false,false]]' 'they end never accepted, their age unknown'
	is "$(ask 'map(select(.role == "listener") | to("LISTEN"; "CLOSE") | has("in_old_ns"))')" '[false]' 'and so is the listener'"'"'s'
	no_wrong_duration
	stop_client
}

prepare_accepted()
{
	server --addr 127.0.0.1 --hold --name holder
	client_bg --send 300 --name decoy --hold forever
	until_true server_said 'read(.*) = 300'
}
case_accepted()
{
	stock '[["LISTEN","listener",null,"holder"],["ESTABLISHED","server",null,"holder"],["ESTABLISHED","client",null,"decoy"]]'
	stop_client
	wait_for 'server | to("ESTABLISHED"; "CLOSE_WAIT")'
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null
	wait_for 'server | of("close")'
	is "$(ask 'map(server | st | [.old, has("in_old_ns")])')" \
		'[["ESTABLISHED",false],["CLOSE_WAIT",true],["LAST_ACK",true]]' 'the first duration is unknown, the others are not'
	is "$(ask 'map(server | of("close") | [.close_reason, .accepted, .bytes_in, has("life_ns"), (.states_ns | has("ESTABLISHED"))])')" \
		'[["fin_passive",true,300,false,false]]' 'the bytes are the kernel'"'"'s, of all its life'
	no_wrong_duration
}

prepare_close_wait()
{
	server --addr 127.0.0.1 --hold
	client --send 10
	until_true in_state close-wait 1
	until_true in_state fin-wait-2 1
}
case_close_wait()
{
	wait_for 2 'of("socket")'
	is "$(ask 'map(of("socket") | .state) | sort | unique - ["FIN_WAIT2"]')" '["CLOSE_WAIT","LISTEN"]' 'in CLOSE_WAIT'
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null
	wait_for 'server | of("close")'
	is "$(ask 'map(server | st | [.old, .new, has("in_old_ns")])')" '[["CLOSE_WAIT","LAST_ACK",false],["LAST_ACK","CLOSE",true]]' \
		'what follows is legal, and timed from here'
	no_wrong_duration
}

# Half open: the kernel has measured the round trip itself.
prepare_half_open()
{
	server --addr 0.0.0.0 --never-accept --name holder
	client_bg --bind-port 40001 --raw 'syn; wait-synack timeout=20000; wait-input timeout=600000; ack' --hold forever
	until_true in_state syn-recv 1
}
case_half_open()
{
	wait_for 2 'of("socket")'
	is "$(ask 'map(of("socket") | [.state, .role]) | sort')" '[["LISTEN","listener"],["SYN_RECV","server"]]' 'half open'
	tell
	wait_for 'to("SYN_RECV"; "ESTABLISHED")'
	is "$(lines 'to("LISTEN"; "SYN_RECV")')" 0 'its begin is not invented'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | if has("handshake_ns") then [.basis, .synack_retrans] else [null, (.synack_retrans > 0)] end |
		. == ["rtt", 0] or . == [null, true])')" '[true]' 'the handshake lasted what the kernel measured, or as long as nobody knows'
	is "$(ask 'map(to("SYN_RECV"; "ESTABLISHED") | [.queued, .comm, has("client_isn"), has("server_isn")])')" '[[true,"holder",true,true]]' \
		'the rest is known'
	stop_client
	stop_server
}

# accept() was called before.
prepare_blocked()
{
	server --addr 127.0.0.1 --name holder
	until_true server_said 'accept([0-9]*) called'
}
case_blocked()
{
	wait_for 'of("socket")'
	client --send 10
	wait_for 'server | of("close")'
	is "$(ask 'map(of("accept") | [.comm, has("call_ns"), (.completed_before_accept // false)])')" '[["holder",false,false]]' \
		'how long it was blocked is not known, that it was is'
	is "$(ask 'map(server | of("close") | [.close_reason, has("life_ns"), has("handshake_ns"), .preexisting])')" '[["fin_passive",true,true,null]]' \
		'the connection is not older than the tracer'
	stop_server
}

# Refusals of before.
prepare_overloaded()
{
	sysctl -qw net.ipv4.tcp_syn_retries=1
	server --addr 127.0.0.1 --backlog 0 --never-accept
	client_bg --send 0 --hold forever
	until_true queue '1 0'
	"$lab" client --port "$port" --count 2 --send 0 --keep-going --timeout 500 >/dev/null 2>&1 </dev/null
	until_true in_state syn-sent 0
	drops_before=$(sk_drops)
}
case_overloaded()
{
	wait_for 'of("listener")'
	is "$(ask 'map(of("socket") | select(.state == "LISTEN") | .drops_total)')" "[$drops_before]" 'the counter has what was before'
	is "$(lines 'of("drop")')" 0 'which is not told as new'
	"$lab" client --port "$port" --send 0 --keep-going --timeout 500 >/dev/null 2>&1 </dev/null
	until_true new_drops_told
	is "$(ask '[.[] | of("drop") | .count // 1] | add')" "$(($(sk_drops) - drops_before))" 'only what is new'
	stop_client
	stop_server
}
new_drops_told() { [ "$(ask '[.[] | of("drop") | .count // 1] | add // 0')" = "$(($(sk_drops) - drops_before))" ]; }

# TIME_WAIT of before; a new SYN takes it over.
prepare_time_wait()
{
	server --addr 0.0.0.0 --close-after 0
	client_bg --bind-port 40001 --raw '
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; fin; wait-ack timeout=20000; wait-input timeout=600000
		syn; wait-synack timeout=20000; ack; wait-fin timeout=20000; fin; wait-ack timeout=20000' --hold forever
	until_true in_state time-wait 1
}
case_time_wait()
{
	wait_for 'of("socket")'
	tell
	wait_for 'to("FIN_WAIT2"; "TIME_WAIT")'
	is "$(ask 'map(st | server | .new) | map(select(. != "CLOSE")) | join(" ")')" \
		'SYN_RECV ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT' 'the new one is whole'
	if fact time_wait_end exact; then
		is "$(ask 'map(to("TIME_WAIT"; "CLOSE") | has("in_old_ns"))')" '[false]' 'the old one ends, its age unknown'
	else
		is "$(lines 'to("TIME_WAIT"; "CLOSE")')" 0 'the end of the old one is not seen here'
	fi
	stop_client
	stop_server
}

# Many more TIME_WAITs of before than are read at once.
prepare_crowd()
{
	server --addr 127.0.0.1 --close-after 0 --quiet
	client --count 1000 --parallel 50 --send 0 --quiet
	until_true server_is_done
	time_waits=$(sockets time-wait)
}
server_is_done() { [ "$(ss -tanH state established state close-wait state fin-wait-1 state fin-wait-2 state last-ack "sport = :$port" | wc -l)" = 0 ]; }
case_crowd()
{
	ok "some hundreds: $time_waits" [ "$time_waits" -gt 500 ]
	until_true enough "$time_waits" 'of("socket") | select(.state == "TIME_WAIT")'
	is "$(lines 'of("socket") | select(.state == "TIME_WAIT" and .preexisting)')" "$time_waits" 'as many lines as ss had'
	is "$(ask 'map(of("socket") | select(.state == "TIME_WAIT") | .cookie) | unique | length')" "$time_waits" 'none twice'
	stop_server
}

# An emulated machine has not the time for as many.
traffic_every=2 traffic_before=500
[ -z "${SOCKSTATE_VM-}" ] || traffic_every=40 traffic_before=100

# Connections end all the time, before, while and after the tracer starts: none is passed over, none told twice.
prepare_traffic()
{
	no_timers
	# Each end waits for the other's FIN before it closes: an orphan would be handed over in FIN_WAIT2 (tcp_time_wait()),
	# because with ACKs sent at once the ACK comes before the FIN.
	server --addr 127.0.0.1 --quiet
	client_bg --every "$traffic_every" --count 400000 --parallel 20 --send 0 --close shutdown --quiet
	until_true more_than "$traffic_before"
}
more_than() { [ "$(sockets time-wait)" -gt "$1" ]; }
cookies_in_time_wait() # of ss
{
	ss -taneH state time-wait "( sport = :$port or dport = :$port )" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' |
		while read -r hex; do echo $((16#$hex)); done | sort
}
# jq: what tells of a TIME_WAIT.
told_in_time_wait='select((.type == "socket" and .state == "TIME_WAIT") or .new == "TIME_WAIT")'
case_traffic()
{
	wait_for 100 'select(.new == "TIME_WAIT")'
	stop_client
	until_true server_is_done
	cookies_in_time_wait >"$dir/ss"
	until_true all_told
	is "$(comm -23 "$dir/ss" "$dir/told" | wc -l) of $(wc -l <"$dir/ss")" "0 of $(wc -l <"$dir/ss")" 'each that ss has is told of'
	is "$(mine | jq -r "$told_in_time_wait | .cookie" | sort | uniq -d | wc -l)" 0 'and none twice'
	ok 'some of them were there before' enough "$traffic_before" 'of("socket") | select(.state == "TIME_WAIT")'
	stop_server
}
all_told()
{
	mine | jq -r .cookie | sort -u >"$dir/told"
	[ -z "$(comm -23 "$dir/ss" "$dir/told")" ]
}

# Its reader stops in the middle of the listing, for longer than the TIME_WAITs are old.
case_held_up()
{
	local begin blocked
	[ -z "${SOCKSTATE_VM-}" ] || { skip 'a reader that stops' 'all takes longer here than TIME_WAIT lasts'; return; }
	server --addr 127.0.0.1 --close-after 0 --quiet
	begin=$(uptime_ms)
	client --count 1500 --parallel 50 --send 0 --read-eof --quiet
	until_true server_is_done
	cookies_in_time_wait >"$dir/ss"
	mkfifo "$dir/pipe"
	exec 9<>"$dir/pipe"
	"$sockstate" --json --port "$port" --netns self >"$dir/pipe" 2>"$dir/err" </dev/null 9>&- &
	local held=$!
	pids+=("$held")
	until_true grep -q pipe_write "/proc/$held/wchan"
	blocked=$(uptime_ms)
	client --send 0 --read-eof --quiet
	until_true later_than $((2 * blocked - begin + 1000))
	cat <&9 >"$dir/lines" &
	local reader=$!
	pids+=("$reader")
	until_true all_listed
	kill -INT "$held"
	wait "$held"
	until_true grep -q '"type":"summary"' "$dir/lines"
	kill "$reader"
	exec 9>&-
	is "$(tail -n 1 "$dir/lines" | jq -r '[.type, .lost] | join(" ")')" 'summary 0' 'nothing is lost'
	jq -r "$told_in_time_wait | .cookie" "$dir/lines" | sort >"$dir/told"
	is "$(comm -23 "$dir/ss" <(sort -u "$dir/told") | wc -l) of $(wc -l <"$dir/ss"), $(uniq -d "$dir/told" | wc -l) twice" \
		"0 of $(wc -l <"$dir/ss"), 0 twice" 'each TIME_WAIT is told of'
	ok 'what happened meanwhile is told before the end of the listing' [ "$(grep -n '"type":"state"' "$dir/lines" | head -n 1 | cut -d: -f1)" \
		-lt "$(grep -n '"type":"socket".*"state":"TIME_WAIT"' "$dir/lines" | tail -n 1 | cut -d: -f1)" ]
	stop_server
}
all_listed() { [ "$(grep -c '"type":"socket".*"state":"TIME_WAIT"' "$dir/lines")" -ge "$(wc -l <"$dir/ss")" ]; }
uptime_ms() { sed 's/\([0-9]*\)\.\([0-9]*\).*/\1\20/' /proc/uptime; }
later_than() { [ "$(uptime_ms)" -gt "$1" ]; }

# A connect() that was under way.
prepare_syn_sent()
{
	[ ! -e /proc/sys/net/ipv4/tcp_syn_linear_timeouts ] || sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0
	client_bg --bind-port "$port" --raw 'k-connect; wait-syn timeout=20000; wait-input timeout=600000; synack; wait-ack timeout=20000' --hold forever
	until_true in_state syn-sent 1
}
case_syn_sent()
{
	wait_for 'of("socket")'
	is "$(ask 'map(of("socket") | .state)')" '["SYN_SENT"]' 'connecting'
	tell
	wait_for 'to("SYN_SENT"; "ESTABLISHED")'
	is "$(ask 'map(to("SYN_SENT"; "ESTABLISHED") | [.role, has("connect_ns"), has("in_old_ns")])')" '[["client",false,false]]' \
		'connected, since when is not known'
	stop_client
}

# What this kernel does not show, for a person: on standard error, once.
case_notices()
{
	"$sockstate" --port "$port" --netns self --duration 0.2 >"$dir/out" 2>"$dir/err" </dev/null
	is "$(grep -c 'not visible' "$dir/out") $(grep -v 'not visible' "$dir/err")" \
		"0 sockstate: no listener on port $port yet; waiting" 'nobody listens'
	ok 'and what is not visible is at most one line' [ "$(grep -c 'not visible' "$dir/err")" -le 1 ]
	for option in --no-header --json; do
		"$sockstate" --port "$port" --netns self --duration 0.2 $option >"$dir/out" 2>"$dir/err" </dev/null
		is "$(grep -c 'not visible' "$dir/err")" 0 "$option: not even that"
	done
	server
	"$sockstate" --port "$port" --netns self --duration 0.2 >"$dir/out" 2>"$dir/err" </dev/null
	is "$(grep -c waiting "$dir/err")" 0 'somebody listens'
	stop_server

	# It is stopped while it loads the programs that look: all else is attached, what exists has been listed.
	local said=1 try
	for ((try = 0; try < 20 && said; try++)); do
		: >"$dir/out"
		"$sockstate" --port "$port" --netns self --json >"$dir/out" 2>"$dir/err" </dev/null &
		tracer=$!
		pids+=("$tracer")
		perl -e '
			use strict;
			my ($pid, $out, $err) = @ARGV;
			sub programs { my $n = 0; for (glob "/proc/$pid/fdinfo/*") { open my $f, "<", $_ or next; $n += grep { /^prog_type:/ } <$f> } $n }
			sub until_ { my $is = shift; select undef, undef, undef, 0.0005 until !kill(0, $pid) || $is->() }
			until_(sub { -s $out });
			my $attached = programs();
			until_(sub { programs() > $attached || -s $err }); # it may have been too fast
			kill "STOP", $pid' "$tracer" "$dir/out" "$dir/err"
		[ -s "$dir/err" ] || said=
		[ -z "$said" ] || { kill -KILL "$tracer"; wait "$tracer" 2>/dev/null; }
	done
	server
	kill -CONT "$tracer"
	until_true grep -q '"new":"LISTEN"' "$dir/out"
	ok 'somebody listens since' [ -z "$(cat "$dir/err")" ]
	stop_server
	kill -INT "$tracer"
	wait "$tracer"
}

names=(traffic crowd held_up queue accepted close_wait blocked overloaded notices)
# What the kernel gives up after a minute comes first: a slow machine has no more time than that.
has_tun && names=(time_wait syn_sent half_open "${names[@]}")
run_cases "${names[@]}"
