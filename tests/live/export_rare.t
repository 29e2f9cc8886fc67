#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate export: what happens rarely (errors of accept(), resets, SYN cookies, connections that nobody accepted) and how
# long the oldest waits, against nstat, the clock and the lab's own log.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=curl
. "$(dirname "$0")/live.sh"

home=$((port - 1))
"$sockstate" export --once --duration 0.1 >"$work/page" 2>"$work/err" || skip_all "$(cat "$work/err")"
"$sockstate" export --netns self --listen "127.0.0.1:$home" 2>"$work/err" </dev/null &
exporter=$!
pids+=("$exporter")
until_true grep -q serving "$work/err"

scrape() { curl -sS --max-time 20 "http://127.0.0.1:$home/metrics" >"$work/page"; }
# Of the listener at $port; further labels as a regular expression
value() { sed -nE "s/^$1\{[^}]*port=\"$port\"[^}]*${2:-}\} //p" "$work/page"; }
other() { sed -nE "s/^sockstate_other_resets_total\{$1[^}]*\} //p" "$work/page" | awk '{ n += $1 } END { print n + 0 }'; }
says() # name, value, label
{
	scrape
	[ "$(value "$1" "${3:-}")" = "$2" ]
}
nstat_of() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }
seen() { grep -q "^sockstate_fact{fact=\"$1\",is=\"exact\"} 1" "$work/page"; }

# ---- descriptors run out ----

serve --fd-room 1
scrape
if seen accept_call; then
	until_true says sockstate_accept_errors_total 0 'error="EMFILE"'
	is "$(value sockstate_accept_errors_total)" $'0\n0' "no error yet: a sample of 0 for those that an alert asks for"
fi
call_bg --count 3 --hold forever
if seen accept_call; then
	until_true says sockstate_listener_verdict 1 'verdict="out_of_fds"'
	is "$(value sockstate_listener_verdict 'verdict="out_of_fds"')" 1 "the verdict"
	kill -STOP "$server"
	until_true stopped "$server"
	errors=$(grep -c 'EMFILE' "$work/server")
	until_true says sockstate_accept_errors_total "$errors" 'error="EMFILE"'
	is "$(value sockstate_accept_errors_total 'error="EMFILE"')" "$errors" "EMFILE as often as the server says"
	is "$(value sockstate_accept_errors_total 'error="ENFILE"')" 0 "and nothing else"
	kill -CONT "$server"
else
	is "$(grep -c sockstate_accept_errors "$work/page")" 0 "errors of accept() are not seen here, and not said"
fi
end "$client" "$server"

# ---- resets ----

# A port for each part: what a closed listener counted is its successor's.
port=$((port + 2))
all_sent() { scrape; [ "$(($(value sockstate_resets_total 'direction="sent"[^}]*' | awk '{ n += $1 } END { print n + 0 }') + $(other 'direction="sent"')))" = "$(nstat_of TcpOutRsts)" ]; }
until_true all_sent
serve --reset --close-after 20
call --count 4 --read --keep-going
until_true says sockstate_connections_total 4
until_true all_sent
ok $? "RSTs that were sent, as nstat counts them"
is "$(value sockstate_resets_total 'direction="sent"[^}]*')" 4 "by the server"
if seen reset_reason; then
	is "$(value sockstate_resets_total 'direction="sent",reason="state"')" 4 "and why"
else
	is "$(value sockstate_resets_total 'direction="sent"')" 4 "why is not known here, and not said"
fi
is "$(value sockstate_resets_total 'direction="received"')" 0 "it received none"
end "$server"

port=$((port + 2))
serve --hold
call --count 3 --close rst
until_true says sockstate_resets_total 3 'direction="received"'
is "$(value sockstate_resets_total 'direction="received"')" 3 "RSTs that were received"
end "$server"
port=$((port + 2))
before=$(nstat_of TcpOutRsts)
# Without a reason those of clients are among them, which were sent before.
unreasoned() { sed -n 's/^sockstate_other_resets_total{direction="sent"} //p' "$work/page" | awk '{ n += $1 } END { print n + 0 }'; }
without_socket() { sed -n 's/^sockstate_other_resets_total{direction="sent",reason="no_socket"} //p; s/^sockstate_other_resets_total{direction="sent"} //p' "$work/page" | awk '{ n += $1 } END { print n + 0 }'; }
no_socket() { scrape; [ "$(without_socket)" = "$1" ]; }
scrape
earlier=$(unreasoned)
none=$(without_socket)
call --count 2 --keep-going
more=$(($(nstat_of TcpOutRsts) - before))
if grep -qaw sk_rst_reason /sys/kernel/btf/vmlinux; then
	until_true no_socket $((none + more))
	ok $? "where nobody listens: told without an address"
else # before Linux 6.10 tcp_send_reset is silent of a RST without a socket
	scrape
	is "$(unreasoned)" "$earlier" "where nobody listens: this kernel does not tell, so nothing is told"
fi
is "$more" 2 "as nstat counts them"

# ---- never accepted ----

serve --never-accept
call_bg --count 5 --hold forever
until_true says sockstate_accept_queue_connections 5
is "$(value sockstate_never_accepted_total)" 0 "those that wait may still be accepted"
queue=$(ss -Htln "sport = :$port" | awk '{ print $2 }')
end "$server"
until_true says sockstate_never_accepted_total "$queue"
is "$(value sockstate_never_accepted_total) $(value sockstate_listeners)" "$queue 0" "the listener has closed: they never will"
end "$client"
serve
until_true says sockstate_listeners 1
is "$(value sockstate_never_accepted_total)" "$queue" "its successor goes on counting"
end "$server"

# ---- the oldest waits, although others are accepted ----

port=$((port + 2))
serve --accept-every 400
from=$(date +%s%N)
call_bg --count 60 --hold forever
until_true has_line "$work/server" 'accept.* = ' 5
waits() { scrape; oldest=$(value sockstate_oldest_queued_seconds | awk '{ print int($1 * 1000) }'); [ "$oldest" -gt 1500 ]; }
until_true waits
taken=$(grep -c 'accept.* = ' "$work/server")
# A reading is at most a round old.
ordered "a queue that is served slowly: its oldest waits" 1500 "$oldest" $((($(date +%s%N) - from) / 1000000))
ordered "while others are accepted" 5 "$taken" 59
end "$client" "$server"

# ---- why nobody accepts ----

port=$((port + 2))
# It sleeps until it is told.
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1", LocalPort => shift) or die;
	$SIG{USR1} = sub { }; sleep 600; push @c, $s->accept for 1, 2; sleep 600' "$port" &
server=$!
pids+=("$server")
until_true in_state listening 1 "sport = :$port"
call_bg --count 2 --hold forever
says_why() { scrape; [ "$(grep '^sockstate_listener_why' "$work/page" | sed -nE "s/.*port=\"$port\".*diagnosis=\"([a-z_]*)\".*/\1/p")" = "$1" ]; }
until_true says_why sleeping
ok $? "what the program does instead"
kill -USR1 "$server"
until_true says_why ''
ok $? "until it accepts again"
end "$client" "$server"

# ---- SYN cookies ----

port=$((port + 2))
cookies=$(cat /proc/sys/net/ipv4/tcp_syncookies)
echo 2 >/proc/sys/net/ipv4/tcp_syncookies
serve
before=$(nstat_of TcpExtSyncookiesSent)
call --count 7
sent=$(($(nstat_of TcpExtSyncookiesSent) - before))
is "$sent" 7 "cookies are sent"
scrape
if grep -q '^# TYPE sockstate_syncookies' "$work/page"; then
	until_true says sockstate_syncookies_total "$sent"
	is "$(value sockstate_syncookies_total)" "$sent" "and counted, as nstat does"
else
	skip 1 "this kernel does not let us see them"
fi
echo "$cookies" >/proc/sys/net/ipv4/tcp_syncookies
is "$(sed -n 's/^sockstate_facts_lost_total{[^}]*} //p' "$work/page" | sort -u)" 0 "nothing was lost"
if command -v promtool >/dev/null; then
	promtool check metrics <"$work/page" >"$work/lint" 2>&1
	is "$? $(cat "$work/lint")" "0 " "promtool finds nothing to say"
else
	skip 1 "promtool is not installed"
fi
kill -INT "$exporter"
wait "$exporter"
is "$?" 0 "it ends cleanly"
done_testing
