#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What was there before the tracer: told as ss tells it, with no invented transition and no invented duration, and
# followed from there.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

first=$port
# Two wait in the queue of one that is stopped inside accept().
serve --addr 0.0.0.0 --name stopped
until_true has_line "$work/server" 'accept.3. called'
until_true asleep "$server"
stopped=$server
kill -STOP "$stopped"
until_true stopped "$stopped" # kill returns earlier, and who wakes in between takes a connection
called=$(date +%s%N)
call_bg --hold forever --count 2 --close shutdown
waiting=$client
# One holds a connection, another has been closed.
port=$((first + 1))
serve --addr 127.0.0.1 --name holder
holder=$server
call --count 1 --close shutdown
call_bg --hold forever --name caller --close shutdown
held=$client
until_true has_line "$work/server" 'accept.3. = ' 2
until_true in_state time-wait 1 "( dport = :$port )"
port=$first
until_true in_state established 2 "( sport = :$first )"
half=0
if have_tun; then
	call_bg --half-open --count 1 --hold forever
	until_true in_state syn-recv 1 "( sport = :$first )" && half=1
fi

# The kernel's own figures: nothing has been sent since they were complete.
shortest() { ss -Htin state established "( sport = :$first )" | sed -n 's/.* lastsnd:\([0-9]*\).*/\1/p' | sort -n | head -1; }
waited() { [ "$(shortest)" -ge 100 ]; }
until_true waited
least=$(shortest)
both="( sport = :$first or dport = :$first or sport = :$((first + 1)) or dport = :$((first + 1)) )"
ss_before=$(ss -Htane "$both")
trace --port "$first-$((first + 1))"
ss_after=$(ss -Htane "$both")
comes "$(wc -l <<<"$ss_before")" '.type == "socket"'
sockets() # from ss: state, ends, cookie
{
	sed -n 's/^ESTAB /ESTABLISHED /; s/^FIN-WAIT-/FIN_WAIT/; s/^\([A-Z]*\)-/\1_/
		s/^\([A-Z_0-9]*\) *[0-9]* *[0-9]* *\([^ ]*\) *\([^ ]*\) .* sk:\([0-9a-f]*\).*/\1 \2 \3 \4/p' |
		while read -r state local remote cookie; do
			echo "$state $local ${remote//\*/} $((16#$cookie))"
		done | sort
}
is "$(sockets <<<"$ss_after")" "$(sockets <<<"$ss_before")" "ss sees the same before and after the start"
is "$(q '.[] | select(.type == "socket") | "\(.state) \(.laddr):\(.lport) \(.raddr // if .state == "LISTEN" then "0.0.0.0" else "?" end):\(.rport // "") \(.cookie)"' | sort)" \
	"$(sockets <<<"$ss_before")" "socket lines: states, ends and cookies are those of ss"
judge --argjson first "$first" --argjson queue "$(ss -Htln "sport = :$first" | awk '{ print "[" $2 "," $3 "]" }')" \
	--argjson stopped "$stopped" --argjson holder "$holder" --argjson held "$held" --argjson half $half '
	is("nothing but them so far"; map(.type) | unique - ["listener", "retransmit", "why"]; ["meta", "socket"]),
	is("all are preexisting"; map(select(.type == "socket") | .preexisting) | unique; [true]),
	# By the port that was asked for, where its row came before that of its server.
	(map(select(.type == "socket" and .state == "ESTABLISHED")) as $rows |
		is("roles are inferred, and it is said from what"; $rows | map("\(.role) by \(.role_basis)");
			$rows | map(. as $r | if .lport < 32768 then "server by listener"
				else "client by \(if any($rows[]; .rport == $r.lport and .seq < $r.seq) then "peer" else "port" end)" end))),
	is("the queue of the listener, as ss shows it"; map(select(.state == "LISTEN" and .lport == $first))[0] | [.accept_queue, .backlog]; $queue),
	is("and its half-open requests"; map(select(.state == "LISTEN" and .lport == $first))[0].syn_queue; $half),
	is("listeners have their owners"; map(select(.state == "LISTEN")) | map([.lport, .pid, .comm]) | sort;
		[[$first, $stopped, "stopped"], [$first + 1, $holder, "holder"]]),
	is("so have both ends of a connection that is held"; map(select(.state == "ESTABLISHED" and (.lport == $first + 1 or .rport == $first + 1))) |
		map([.role // "client", .pid, .comm]) | sort; [["client", $held, "caller"], ["server", $holder, "holder"]])'

# ---- followed from there ----

kill -CONT "$stopped"
comes 2 '.type == "accept"'
end "$held" "$waiting"
comes 3 '.type == "close" and server'
comes 3 '(server | not) and .new == "TIME_WAIT"'
end "$stopped" "$holder"
comes 2 '.type == "state" and .old == "LISTEN" and .new == "CLOSE"'
stop_trace
# A jiffy is 10 ms at most, at both ends of a wait.
ordered "how long those in the queue have waited is told as the kernel knows it, and not as more than it is" $(((least - 20) * 1000000)) \
	"$(q 'map(select(.type == "accept") | .accept_wait_ns) | min')" "$(q 'map(select(.type == "accept") | .accept_wait_ns) | max')" \
	$(($(date +%s%N) - called))
judge --argjson first "$first" '
	(map(select(.type == "socket" and .state == "ESTABLISHED" and .lport == $first) | .cookie) | sort) as $queued |
	(map(select(.type == "socket" and .state == "ESTABLISHED") | .cookie) | sort) as $old |
	is("those that waited are accepted under their cookies"; map(select(.type == "accept") | .cookie) | sort; $queued),
	is("as a bound"; map(select(.accept_wait_ns) | .wait_basis) | unique; ["at_least"]),
	is("no handshake is told of what was established before"; map(select(begin or to("ESTABLISHED")) | .cookie) - (map(select(.type == "socket" and .state == "SYN_RECV") | .cookie)); []),
	is("the time in the first old state is unknown, later ones are known";
		map(select(.type == "state" and (.cookie as $c | $old | index($c) != null))) | group_by(.cookie) | map([.[] | has("in_old_ns")] | [.[0], (.[1:] | all)]) | unique;
		[[false, true]]),
	is("they close without a life and a handshake of known length";
		map(select(.type == "close" and (.cookie as $c | $old | index($c) != null))) |
		[length, (map(has("life_ns") or (has("handshake_ns") and .basis != "rtt")) | unique)]; [6, [false]]),
	is("as closed by FIN"; map(select(.type == "close" and (.cookie as $c | $old | index($c) != null)) | .close_reason) | unique; ["fin_active", "fin_passive"])'
done_testing
