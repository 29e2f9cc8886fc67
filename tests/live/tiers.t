#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The tracepoint tier tells the same story as the full tier, and where it knows less it says so and invents nothing.
# Two tracers look at the same connections.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# All objects of programs: the smallest number of the loads that became constants.
for form in --json --summary; do
	least=$("$sockstate" "$form" --port "$port" --duration 10ms -v 2>&1 >"$work/none" </dev/null | sed -n 's/ loads of settings are constants$//p' | sort -n | head -n 1)
	is "$((${least:-0} > 50))" 1 "$form: settings are constants of its programs (${least:-none})"
done

launch --netns self --port "$port"
full=$out full_pid=$tracer
launch --netns self --port "$port" --force-absent fentry
less=$out less_pid=$tracer
ready "$full_pid"
ready "$less_pid"

serve --addr 0.0.0.0 --accept-delay 200 --reply 18 --read-first --accept-max 3 --exit-when-done --backlog 7
call --read --count 3 --parallel 1 --close shutdown
wait "$server"
serve --addr 0.0.0.0 --reset --close-after 0 --accept-max 1 --exit-when-done
call --bind 127.0.0.2 --send 0 --read-eof --keep-going
wait "$server"
serve --addr 0.0.0.0 --never-accept --backlog 1
# One after the other: of two that complete at once the tracepoint tier says for both that they are the first in the queue.
call_bg --bind 127.0.0.3 --hold forever
first=$client
until_true in_state established 1 "( sport = :$port )"
call_bg --bind 127.0.0.3 --hold forever
until_true in_state established 2 "( sport = :$port )"
end "$server"
end "$first" "$client"
for out in "$full" "$less"; do
	comes 3 '.old == "LISTEN" and .new == "CLOSE"'
	comes 3 'server and .type == "close" and .raddr == "127.0.0.1"'
	comes 2 'server and .type == "close" and .raddr == "127.0.0.3"'
	comes 2 'client and .type == "close" and .laddr == "127.0.0.3"'
	comes 1 'client and .type == "close" and .laddr == "127.0.0.2"'
done
kill -INT "$full_pid" "$less_pid"
wait "$full_pid" && wait "$less_pid"
is "$? $(tail -qn 1 "$full" "$less" | grep -o '"type":"[a-z]*"' | paste -sd' ')" '0 "type":"summary" "type":"summary"' "both end cleanly"

out=$less
judge 'first.facts as $facts | def is_of($name): $facts[$name].is;
	is("only what needs no fentry is exact"; $facts | to_entries | map(select(.value.is == "exact") | .key) -
		["accept_call", "relisten", "reset_reason"]; []),
	is("whatever is not exact says that fentry was refused"; $facts | to_entries | map(select(.value.is != "exact" and .key != "reset_reason" and (.value.why | test("fentry refused") | not)) | .key); []),
	is("SYN_RECV begins where the SYN-ACK left"; map(select(begin) | .basis) | unique; ["synack"]),
	is("time_wait_end absent: no end of TIME_WAIT is told"; [is_of("time_wait_end"), (map(select(.old == "TIME_WAIT")) | length)]; ["absent", 0]),
	is("syn_drop absent: no client is named whose SYN was refused"; [is_of("syn_drop"), (map(select(.type == "drop" and .segment == "syn" and .rport)) | length)]; ["absent", 0])'

if [ "$(head -n 1 "$full" | jq -r .facts.syn_recv_begin.is)" != exact ]; then
	skip 1 "this kernel refuses fentry: there is no full tier to compare with"
	done_testing
fi

# What a line says that both must know. The moment is told apart by a hook, so times are not; TIME_WAIT ends in one only.
story()
{
	jq -rs --argjson ns "$ns" 'map(select(.netns == $ns and (.type == "state" or .type == "accept" or .type == "close" or .type == "reset") and .old != "TIME_WAIT")) |
		map([.role, .raddr, .rport, .laddr, if .role == "client" and .new == "SYN_SENT" then null else .lport end, .type, .old, .new, .close_reason, .dir, .reason, .drop_reason, .reset_reason,
			.pid, .comm, .tid, .fd, .client_isn, .server_isn, (if .new == "SYN_RECV" then null else .cookie end), .listener, .backlog, .accept_queue,
			.completed_before_accept, .synack_retrans, .queued, .accepted, .bytes_in, .bytes_out, .retrans,
			has("in_old_ns"), has("handshake_ns"), has("accept_wait_ns"), has("connect_ns")] | map(if . == null then "-" else tostring end) | join(" ")) | .[]' "$1" | sort
}
is "$(story "$less")" "$(story "$full")" "the same story line by line, times apart"
is "$("$sockstate" doctor --force-absent fentry | grep -c 'every system call of every process')" 1 "doctor: what the hooks of this tier cost each system call"
done_testing
