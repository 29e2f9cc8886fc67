#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# "Cannot connect: network, overload or limit?": SYNs that a packet filter of this host drops, before TCP and the
# listener's counters see them. Witness: the counters of nft's rules.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="nft"
. "$(dirname "$0")/live.sh"

nobody=$((port + 1)) group=$((port + 2))
nft -f - 2>"$work/nft" <<NFT || skip_all "no packet filter here: $(head -n 1 "$work/nft")"
table inet f {
	chain in {
		type filter hook input priority 0
		tcp dport $port counter drop
		tcp dport $nobody counter drop
		tcp dport $group counter reject with tcp reset
	}
}
NFT
dropped() { nft list table inet f | sed -n "s/.*tcp dport $1 counter packets \([0-9]*\).*/\1/p"; } # or rejected
listens() { ss -Htln "( sport = :$1 )" | grep -q .; }
"$lab" server --addr :: --port "$port" --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
until_true listens "$port"
"$lab" server --port "$group" --workers 2 --quiet >/dev/null 2>&1 </dev/null &
pids+=($!)
until_true listens "$group"

launch --netns self --name-syn-drops
"$sockstate" --netns self --name-syn-drops >"$work/table" 2>/dev/null </dev/null &
table=$!
pids+=("$table")
"$sockstate" --json --netns self >"$work/unasked" 2>/dev/null </dev/null &
unasked=$!
pids+=("$unasked")
for pid in "$tracer" "$table" "$unasked"; do ready "$pid"; done
for to in "127.0.0.1 $port" "::1 $port" "127.0.0.1 $nobody" "127.0.0.1 $group"; do
	"$lab" client --quiet --addr "${to% *}" --port "${to#* }" --count 1 --timeout 500 >/dev/null 2>&1 </dev/null &
	pids+=($!)
	wait $!
done
[ "$(dropped "$port")" -ge 2 ] && [ "$(dropped "$nobody")" -ge 1 ] && [ "$(dropped "$group")" = 1 ]
ok $? "nft: SYNs to two ports were dropped, one to a third was rejected"
all=$(($(dropped "$port") + $(dropped "$group")))
comes "$all" '.drop_reason == "netfilter"'
stop_trace
for pid in "$table" "$unasked"; do kill -INT "$pid"; wait "$pid"; done

is "$(q 'map(select(.type == "drop") | [.lport, .segment, .kernel_reason]) | unique')" \
	"[[$port,\"other\",\"NETFILTER_DROP\"],[$group,\"other\",\"NETFILTER_DROP\"]]" \
	"those to a listener are told: what the kernel calls it, and that its queues have no part in it"
for p in "$port" "$group"; do
	is "$(q 'map(select(.drop_reason == "netfilter" and .lport == '"$p"') | .count) | add')" "$(dropped "$p")" "  as many as nft counted"
done
is "$(q 'map(select(.drop_reason == "netfilter" and .lport == '"$port"') | .raddr) | unique')" '["127.0.0.1","::1"]' "  and who sent them"
is "$(q 'map(select(.drop_reason == "netfilter" and .lport == '"$group"') | has("listener"))')" '[false]' "  of two listeners with the port none is said to have lost it"
is "$(q 'map(select(.type == "drop" and .lport == '"$port"') | .drops_total) | unique')" '[0]' "the listener's own counter has none"
is "$(q 'map(select(.type == "summary"))[0].drops_by_reason')" "{\"netfilter\":$all}" "the summary has them by reason"
is "$(q 'map(select(.type == "summary"))[0].listeners | map(.drops) | add')" 0 "  and as nobody's refusals"
is "$(grep -c "^[^ ]* *[0-9]* .*segment discarded: dropped or rejected by a packet filter" "$work/table")" "$all" "the table says it in words"
is "$(jq -cs 'map(select(.type == "drop")) | length' "$work/unasked")" 0 "without --name-syn-drops nothing is hooked for it"
done_testing
