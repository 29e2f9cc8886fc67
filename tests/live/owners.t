#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Whose socket it is: the process that holds it, never the one that softirq interrupted. The witnesses
# are the pids that the shell started and `ss -p`.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

trace --port "$port"

owners() # filter; the distinct owners
{
	q 'map(select('"$1"') | "\(.pid) \(.comm)") | unique | join(", ")'
}

# ---- busy bystanders ----

for _ in 1 2; do
	bash -c 'while :; do :; done' &
	pids+=($!)
	bystanders+=($!)
done
serve --name kellner
call_bg --name gast --count 20 --close shutdown --duration 60
wait "$client"
comes 20 '.type == "close" and server'
comes 20 'to("TIME_WAIT") and client'
end "${bystanders[@]}"
is "$(owners '.role == "listener"')" "$server kellner" "the listener is the server's"
is "$(owners 'begin')" "$server kellner" "so is a request"
is "$(owners established)" "$server kellner" "a connection not yet accepted is its listener's"
is "$(owners 'server and (begin or established | not)')" "$server kellner" "later ones too"
is "$(owners client)" "$client gast" "the client's end is the client's"
is "$(q 'map(select(.pid) | .pid) | unique | length')" 2 "and nobody else is named"
end "$server"

# ---- a worker each ----

serve --name zwilling --workers 2
pairs=$(ss -Htlnpe "sport = :$port" |
	sed -n 's/.*"zwilling",pid=\([0-9]*\).* sk:\([0-9a-f]*\).*/\2 \1/p' |
	while read -r sk pid; do echo "$((16#$sk)) $pid"; done | sort)
comes 2 'to("LISTEN") and .comm == "zwilling"'
is "$(q '.[] | select(to("LISTEN") and .comm == "zwilling") | "\(.cookie) \(.pid)"' | sort)" "$pairs" "two workers: each holds its listener, as ss says"
call_bg --bind 127.0.0.4 --count 8 --hold forever --name gast
comes 8 '.type == "accept" and .raddr == "127.0.0.4"'
is "$(q '.[] | select(.type == "accept" and .raddr == "127.0.0.4") | "\(.rport) \(.pid)"' | sort)" \
	"$(ss -Htnp "sport = :$port" | sed -n 's/.* 127\.0\.0\.4:\([0-9]*\) .*pid=\([0-9]*\).*/\1 \2/p' | sort)" \
	"each connection is its acceptor's, as ss says"
is "$(q 'map(select(established and .raddr == "127.0.0.4")) | map("\(.listener) \(.pid)") | unique | join("\n")')" \
	"$(q 'map(select(.type == "accept" and .raddr == "127.0.0.4")) | map("\(.listener) \(.pid)") | unique | join("\n")')" \
	"which held the listener that it waited at"
end "$client" "$server"

# ---- a listener passed on over a Unix socket ----

serve --name erblasser --pass-listener=keep
call_bg --bind 127.0.0.5 --hold forever --name gast
comes 1 '.type == "accept" and .raddr == "127.0.0.5"'
heir=$(ss -Htnp "sport = :$port and dst 127.0.0.5" | sed -n 's/.*"lab-acceptor",pid=\([0-9]*\).*/\1/p')
is "$(owners '.type == "accept" and .raddr == "127.0.0.5"')" "$heir lab-acceptor" "SCM_RIGHTS: the heir accepts and owns, as ss says"
end "$client"
comes 1 '.type == "close" and server and .raddr == "127.0.0.5"'
is "$(owners 'server and .raddr == "127.0.0.5" and (.type == "close" or .old == "LAST_ACK")')" "$heir lab-acceptor" "to its end"
end "$server"

# ---- who called listen() has gone ----

serve --name vater --exit-keep 0 --duration 60
wait "$server"
call_bg --bind 127.0.0.6 --hold forever --name gast
comes 1 '.type == "accept" and .raddr == "127.0.0.6"'
child=$(ss -Htnp "sport = :$port and dst 127.0.0.6" | sed -n 's/.*pid=\([0-9]*\).*/\1/p')
pids+=("$child")
is "$(q 'map(select(.type == "accept" and .raddr == "127.0.0.6") | .pid) | unique | join(",")')" "$child" "a child that serves on owns what it accepts, as ss says"
is "$(q 'map(select(server and .raddr == "127.0.0.6" and .pid == '"$client"')) | length')" 0 "and the client owns none of it"

# ---- a process that goes before its sockets ----

{ kill -KILL "$client" && wait "$client"; } 2>/dev/null
comes 1 'client and .old == "FIN_WAIT2" and .laddr == "127.0.0.6"'
end "$child"
is "$(owners 'client and .laddr == "127.0.0.6"')" "$client gast" "killed: what becomes of its socket is still told as its own"
stop_trace
done_testing
