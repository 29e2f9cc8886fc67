#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# accept() in every way that a program can call it: each connection once, with the descriptor and the counts that the
# server itself tells.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# "peer's port, descriptor" of each accept, as the server told them.
told()
{
	sed -n 's/.*accept4\{0,1\}([0-9]*) = \([0-9][0-9]*\)  [^ ]*:\([0-9]*\),.*/\2 \1/p' "$work/server" | sort
}

# ---- blocked since before tracing began ----

serve --name before --accept-max 2 --exit-when-done
until_true has_line "$work/server" 'accept.3. called'
until_true asleep "$server"
trace --port "$port"
call --bind 127.0.1.1
call --bind 127.0.1.1
wait "$server"
comes 2 '.type == "accept" and .raddr == "127.0.1.1"'
is "$(q '.[] | select(.type == "accept" and .raddr == "127.0.1.1") | "\(.rport) \(.fd)"' | sort)" "$(told)" \
	"a call that was blocked before tracing began, and the next: port and descriptor"
judge --argjson pid "$server" 'map(select(.type == "accept")) |
	is("by its process"; map(.pid); [$pid, $pid]),
	is("not complete before a call that was already there"; .[0].completed_before_accept // false; false)'

# ---- all the ways ----

way=1
for options in --accept4 '--mode epoll' '--threads 3' --io-uring=single --io-uring=multishot; do
	way=$((way + 1))
	name=${options#--}
	# shellcheck disable=SC2086 # words
	if [ "${name#io}" != "$name" ] && "$lab" server --port 0 $options --duration 0 2>&1 | grep -q liburing; then
		skip 2 "$name: the lab was built without liburing"
		continue
	fi
	# shellcheck disable=SC2086
	serve --name "way-$way" $options --accept-max 4 --exit-when-done
	call --bind 127.0.1.$way --count 4
	wait "$server"
	comes 4 '.type == "close" and server and .raddr == "127.0.1.'$way'"'
	is "$(q '.[] | select(.type == "accept" and .raddr == "127.0.1.'$way'") | "\(.rport) \(.fd)"' | sort)" "$(told)" \
		"$name: each once, with its descriptor"
	judge --argjson pid "$server" --arg name "$name" 'map(select(server and .raddr == "127.0.1.'$way'")) as $all |
		($all | map(select(.type == "accept"))) as $accepts |
		is($name + ": by that process, closed as accepted, io_uring named";
			($accepts | [(map(.pid) | unique), (map(.via // "call") | unique)]) + [$all | map(select(.type == "close") | .accepted)];
			[[$pid], [if $name | startswith("io") then "io_uring" else "call" end], [true, true, true, true]])'
done

# ---- descriptors run out ----

serve --name empty --fd-room 1 --accept-max 3 --exit-when-done
call --bind 127.0.1.99 --count 3 --hold 200
wait "$server"
comes 3 '.type == "close" and server and .raddr == "127.0.1.99"'
errors=$(sed -n 's/.*accept errors \([0-9]*\).*/\1/p' "$work/server")
stop_trace
judge --argjson errors "${errors:-0}" '
	(.[0].facts.accept_call.is == "exact") as $seen |
	map(select(.type == "accept_error")) |
	is("EMFILE as often as the server says"; map(select(.errno == "EMFILE") | .count) | sum; if $seen then $errors else 0 end),
	is("no other error: EAGAIN is none"; map(select(.errno != "EMFILE")); [])'
judge 'is("the summary counts all that the servers accepted"; last.accepts; map(select(.type == "accept")) | length)'
done_testing
