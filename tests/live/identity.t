#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# One number for a socket from the first SYN to the end of TIME_WAIT, and it is the one that ss prints.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

trace --port "$port"
serve --addr 0.0.0.0
call_bg --hold forever --close shutdown
comes 1 '.type == "accept"'
listener=$(ss_cookie state listening "sport = :$port")
mine=$(ss_cookie state established "sport = :$port")
theirs=$(ss_cookie state established "dport = :$port")

cookies() # filter, key
{
	q 'map(select('"$1"') | .'"$2"') | unique | map(tostring) | join(" ")'
}

end "$client"
comes 1 '.type == "close" and server'
comes 1 'to("TIME_WAIT") and client'
end "$server"
is "$(cookies '.role == "listener"' cookie)" "$listener" "the listener's cookie is ss's"
is "$(cookies 'server and .cookie' cookie)" "$mine" "the server's end: one cookie, ss's"
is "$(cookies 'server' listener)" "$listener" "its listener is the listener"
is "$(cookies client cookie)" "$theirs" "the client's end: one cookie, ss's"
is "$(cookies 'client' listener)" null "which has no listener"
is "$(ss_cookie state time-wait "dport = :$port")" "$theirs" "in TIME_WAIT it is still that"
is "$(cookies '.cookie' netns)" "$ns" "the namespace is /proc/self/ns/net"
is "$(q 'map(select(server and (begin | not) and (.cookie | not))) | length')" 0 "only a request may be without"

# ---- from a request to the end of TIME_WAIT ----

if have_tun; then
	mkfifo "$work/hand"
	serve --addr 0.0.0.0 --close-after 0
	"$lab" client --port "$port" --stamps ns --raw 'syn; wait-synack timeout=100000; wait-input timeout=100000; ack; wait-fin timeout=100000; fin; wait-ack timeout=100000; wait-input timeout=100000; syn; wait-synack timeout=100000; rst' \
		>"$work/client" 2>&1 <"$work/hand" &
	pids+=($!)
	exec 9>"$work/hand"
	until_true in_state syn-recv 1 "( sport = :$port )"
	request=$(ss_cookie state syn-recv "sport = :$port")
	echo >&9
	comes 1 'to("TIME_WAIT") and server and .raddr ^ "198.'
	waiting=$(ss_cookie state time-wait "sport = :$port and dst 198.18.0.0/16")
	is "$waiting" "$request" "ss itself: the request and TIME_WAIT have one cookie"
	is "$(cookies 'server and .cookie and (.raddr // "" | startswith("198."))' cookie)" "$request" "so has everything of ours between"
	full=$(q '.[0].facts | "\(.syn_recv_begin.is) \(.time_wait_end.is)"')
	echo >&9
	if [ "$full" = "exact exact" ]; then
		comes 1 'server and .old == "TIME_WAIT" and .cookie == '"$request"
		ok $? "TIME_WAIT ends under that cookie, when a SYN reuses the ends"
		is "$(q 'map(select(begin and (.raddr | startswith("198.")))) | map(.cookie) | "\(.[0]) \(.[1] != .[0] and .[1] != null)"')" "$request true" \
			"and the connection that comes next has another"
		is "$(q 'map(select(.type == "close" and .cookie == '"$request"')) | length')" 1 "closed once"
	else
		comes 2 'begin and .raddr ^ "198.'
		is "$(q 'map(select(.cookie == '"$request"' and .old == "TIME_WAIT")) | length')" 0 "the end of TIME_WAIT is not seen here, and not invented"
		is "$(q 'map(select(.type == "close" and .cookie == '"$request"')) | length')" 1 "closed once"
	fi
	exec 9>&-
else
	skip 3 "no TUN device here"
fi
stop_trace
done_testing
