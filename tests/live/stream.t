#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The stream itself: order, live delivery, every way to end, text of others, and nothing said that is not known.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=perl
. "$(dirname "$0")/live.sh"

# ---- live through a pipe: a reader stamps each line as it comes ----

mkfifo "$work/pipe"
perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -ne '
	BEGIN { $| = 1 }
	my $now = clock_gettime(CLOCK_MONOTONIC);
	print STDOUT $_;
	printf STDERR "%.0f\n", $now * 1e9 - $1 if /"type":"(?:state|accept)".*"t_ns":(\d+)/;
' <"$work/pipe" >"$work/copy" 2>"$work/delays" &
reader=$!
pids+=("$reader")
"$sockstate" --json --netns self --port "$port" >"$work/pipe" 2>"$work/err" </dev/null &
tracer=$!
pids+=("$tracer")
out=$work/copy
ready

# A name that is no good text: escape codes, quotes, a control byte, bytes that are not UTF-8; 15 bytes at most.
name=$'\e[31m"\\\x01\xff\xc3\nz'
serve --name "$name"
# Over nine seconds: a stall of three delays less than half of the lines.
call --count 30 --every 300 --close shutdown --name $'\xe2\x82'
comes 30 '.type == "close" and server'
comes 30 'to("TIME_WAIT") and client'
# Witness of the delay: the reader's clock, not the tracer's.
limit=200000000
[ -z "${SOCKSTATE_VM:-}" ] || limit=5000000000
delays=$(sed 's/ .*//' "$work/delays" | sort -n)
median=$(sed -n "$((($(wc -l <<<"$delays") + 1) / 2))p" <<<"$delays")
ordered "a line arrives within $((limit / 1000000)) ms while the tracer runs (median of $(wc -l <<<"$delays"): $((median / 1000)) us)" 1 "$median" $limit
end "$server"
comes 1 '.old == "LISTEN" and .new == "CLOSE"'
stop_trace TERM
wait "$reader"
iconv -f UTF-8 -t UTF-8 "$out" >/dev/null 2>&1
ok $? "valid UTF-8"
is "$(grep -cP '[\x00-\x09\x0b-\x1f\x7f]' "$out")" 0 "no control byte"
judge --argjson lines "$(wc -l <"$out")" '
	is("every line is an object"; length; $lines),
	is("meta is first, and once; so is the summary last"; [first.type, last.type, (map(select(.type == "meta" or .type == "summary")) | length)]; ["meta", "summary", 2]),
	is("seq: from 0 without gaps"; map(.seq); [range(length)]),
	holds("t_ns: in order unless late"; reduce .[] as $l ({at: 0, ok: true};
		if $l.late then . else {at: $l.t_ns, ok: (.ok and $l.t_ns >= .at)} end) | .ok),
	is("wall clock and t_ns agree with boot_offset_ns in every line";
		first.boot_offset_ns as $o | map(select(((.ts[0:19] + "Z" | fromdate) - ((.t_ns + $o) / 1e9 | floor)) | fabs > 1)); []),
	is("the name of the server, what is not UTF-8 replaced"; map(select(to("LISTEN"))) | map(.comm); ["\u001b[31m\"\\\u0001\ufffd\ufffd\nz"]),
	is("and of the client, a cut character"; map(select(.role == "client")) | map(.comm) | unique; ["\ufffd"]),
	is("unknown is absent: no null, no empty text, nothing negative";
		[.[] | select(.type != "meta") | paths(. == null or . == "" or . == -1)]; []),
	is("and no 0 where 0 cannot be measured"; [.[] | to_entries[] | select(.value == 0) | .key] | unique -
		["seq", "accept_queue", "accept_queue_peak", "syn_queue", "synack_retrans", "retrans", "bytes_in", "bytes_out", "count",
		 "drops_total", "refused", "lost", "never_accepted", "preexisting_connections", "still_queued", "accepts", "completed", "completed_per_s", "accepted_per_s"]; [])'

# ---- recorded, and told again ----

serve --quiet
trace --port "$port" --record "$work/recording"
call --count 100 --parallel 20
comes 100 '.type == "close" and server'
stop_trace
"$sockstate" --json --replay "$work/recording" >"$work/again" 2>>"$work/err"
is "$?" 0 "--replay ends cleanly"
ok "$(cmp -s <(tail -n +2 "$out") <(tail -n +2 "$work/again"); echo $?)" "  and says word for word what was said live ($(wc -l <"$out") lines)"
"$sockstate" --json --raw --replay "$work/recording" >"$work/again" 2>"$work/refused"
is "$? $(wc -l <"$work/again") $(cat "$work/refused")" \
	"2 0 sockstate: --raw: '$work/recording' was recorded without it and lacks what only --raw shows: record with --raw, or leave it out here" \
	"  but not what was not recorded: --raw"
end "$server"

# ---- every way to end ----

kinds()
{
	printf '%s ' "$?" "$(grep -vc '^sockstate: no listener on port [0-9]* yet; waiting$' "$work/err")"
	sed 's/.*"type":"\([a-z]*\)".*/\1/' "$out" | sed -n '1p; $p' | paste -sd' '
}
launch --netns self --port "$port" --duration 1
wait "$tracer"
is "$(kinds)" "0 0 meta summary" "--duration: ends by itself, with the summary"
launch --netns self --port "$port" --count 3
serve --quiet
ready
call
wait "$tracer"
is "$(kinds)" "0 0 meta summary" "--count: so does it"
is "$(grep -cE '"type":"(state|accept)"' "$out")" 3 "after that many lines"

# ---- a time namespace moves the clocks of the tracer, not those of BPF ----

if [ -e /proc/self/ns/time ] && unshare -T true 2>/dev/null; then
	monotonic() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e 'printf "%.0f\n", clock_gettime(CLOCK_MONOTONIC) * 1e9'; }
	call_until_gone() { call; gone "$tracer"; }
	before=$(monotonic)
	unshare -T --monotonic 864000 --fork "$sockstate" --json --netns self --port "$port" --count 1 >"$out" 2>"$work/err" </dev/null &
	tracer=$!
	pids+=("$tracer")
	until_true has_line "$out" '"type":"meta"'
	until_true call_until_gone
	wait "$tracer"
	ordered "in a time namespace t_ns is still the kernel's own" "$before" "$(q 'first.t_ns')" "$(q 'map(select(.type == "state"))[0].t_ns')" \
		"$(q 'last.t_ns')" "$(monotonic)"
else
	skip 1 "no time namespaces here"
fi

# ---- a closed pipe ----

timeout "$patience" bash -c '"$0" --json --netns self --port "$1" | head -n 1; echo "${PIPESTATUS[0]}"' "$sockstate" "$port" \
	>"$work/head" 2>"$work/err" </dev/null
is "$(grep -c '"type":"meta"' "$work/head") $(tail -n 1 "$work/head") $(grep -vc '^sockstate: no listener on port [0-9]* yet; waiting$' "$work/err")" "1 0 0" "| head -n 1: one line, a quiet end"
done_testing
