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
trace --port "$port" --interval 1s
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

# ---- io_uring: the submission is the call ----

# From 6.10 on the kernel tells multishot accepts from single ones; before, when they were called is not known.
if grep -qaw iou_flags /sys/kernel/btf/vmlinux; then known=true; else known=false; fi

# "peer's port, was it connected before the accept was queued" of each accept, as client and server told it; "absent"
# where sockstate cannot know it.
told_before()
{
	sort -n "$work/told" | sed -n 's/.*io_uring_accept([0-9]*) queued.*/queued/p
		s/.* connect([0-9]*) = 0 .*  [^ ]*:\([0-9]*\) > .*/connected \1/p
		s/.*io_uring_accept([0-9]*) = [0-9]*  [^ ]*:\([0-9]*\),.*/taken \1/p' |
		awk -v known_at_all=$known '$1 == "queued" { split("", late) } $1 == "connected" { known[$2] = 1; late[$2] = 1 }
			$1 == "taken" {
				print $2, known_at_all == "false" ? "absent" : ($2 in known) && !($2 in late) ? "true" : "false"
			}' | sort
}

if "$lab" server --port 0 --io-uring=single --duration 0 2>&1 | grep -q liburing; then
	skip 3 "the lab was built without liburing"
else
	serve --name late --io-uring=single --accept-delay 300 --accept-max 2 --exit-when-done
	kill -STOP "$server" # until the client has said that it is connected
	until_true stopped "$server"
	call --bind 127.0.2.1 --count 2
	kill -CONT "$server"
	wait "$server"
	cat "$work/server" "$work/client" >"$work/told"
	serve --name early --io-uring=single --accept-max 1 --exit-when-done
	until_true has_line "$work/server" 'io_uring_accept.3. queued'
	until_true asleep "$server"
	call --bind 127.0.2.1
	wait "$server"
	cat "$work/server" "$work/client" >>"$work/told"
	comes 3 '.type == "close" and server and .raddr == "127.0.2.1"'
	is "$(q '.[] | select(.type == "accept" and .raddr == "127.0.2.1") |
		"\(.rport) \(if has("completed_before_accept") then .completed_before_accept else "absent" end)"' | sort)" \
		"$(told_before)" "io_uring: whether the handshake was complete before the accept was submitted"
	calls=$(sed -n 's/.*io_uring_accept.* waited \([0-9.]*\) ms$/\1/p' "$work/told" | jq -s -c .)
	judge --argjson told "$calls" --argjson known $known '
		map(select(.type == "accept" and .raddr == "127.0.2.1") | .call_ns) as $ns |
		is("and no call lasted longer than the server saw it last";
			if $known then [$ns, $told] | transpose | map(.[0] != null and .[0] / 1e6 <= .[1] + 0.01) else $ns end;
			if $known then [true, true, true] else [null, null, null] end),
		is("and the fact says what is missing";
			.[0].facts.accept_io_uring.why // "" | test("multishot|submitted"); $known | not)'
fi
judge 'is("a multishot accept is not called for each connection";
	[.[] | select(.type == "accept" and .raddr == "127.0.1.6") | has("call_ns"), has("completed_before_accept")] | unique - [false]; [])'

# ---- through the 32-bit table of system calls, which passes no tracepoint ----

if "$lab" server --port 0 --accept32 --duration 1 2>&1 | grep -q 'no 32-bit'; then
	skip 3 "this kernel takes no 32-bit system calls"
else
	serve --name compat --accept32
	call --bind 127.0.3.1 --count 4 --every 250 --hold 400
	comes 4 '.type == "close" and server and .raddr == "127.0.3.1"'
	# The length of the queue is read each second.
	[ "$(q 'first.facts.accept.is')" = exact ] || until_true came 1 '*"accepts_unseen":4*'
	end "$server"
	is "$(grep -c 'accept4.* = [0-9]' "$work/server")" 4 "a 32-bit accept(): the server took four"
	# The longest that one can have waited, ms: from the call of connect() to the return of accept(), by their own stamps.
	longest=$(awk '$3 ~ /^connect/ && $5 == "called" { at[$2] = $1 }
		$3 ~ /^connect/ && $5 == "0" { began[$9] = at[$2] }
		$2 ~ /^accept4/ && $4 > 0 { sub(/,$/, "", $5); ms = ($1 - began[$5]) / 1e6; if (ms > most) most = ms }
		END { print int(most) }' "$work/client" "$work/server")
	judge --argjson pid "$server" --argjson longest "$longest" '(first.facts.accept.is == "exact") as $seen |
		is("each is seen, or told to be unseen";
			[(map(select(.type == "accept" and .raddr == "127.0.3.1")) | length),
			 (map(select(.type == "listener" and .pid == $pid) | .accepts_unseen // 0) | max // 0)];
			if $seen then [4, 0] else [0, 4] end),
		is("and nobody is said to wait who has been taken";
			if $longest < 100 then map(select(.type == "listener" and .pid == $pid and .verdict == "app_slow")) else [] end; [])'
fi

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
judge 'is("the summary counts all that the servers accepted"; last.accepts; (map(select(.type == "accept")) | length) + ([.[].accepts_unseen // 0] | max))'
done_testing
