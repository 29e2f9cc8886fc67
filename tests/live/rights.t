#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# With as few rights as the kernel allows; none once it is attached; nothing left behind. The witness is /proc/PID/status
# and bpftool.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=bpftool
. "$(dirname "$0")/live.sh"

programs() # pid
{
	bpftool -j prog 2>/dev/null | jq -c --argjson pid "$1" 'map(select(.pids // [] | any(.pid == $pid)) | .id)'
}
left() # ids; how many still exist
{
	bpftool -j prog 2>/dev/null | jq --argjson ids "$1" 'map(select(.id | IN($ids[]))) | length'
}
none_left()
{
	[ "$(left "$1")" = 0 ]
}
rights() # pid
{
	awk '/^(Uid|Gid):/ { print $1, $2, $3, $4, $5 } /^(CapPrm|CapEff|CapInh|CapAmb|NoNewPrivs|Groups):/ { print $1, $2 }' "/proc/$1/status"
}
nobody="Uid: 65534 65534 65534 65534
Gid: 65534 65534 65534 65534
Groups: 
CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
CapAmb: 0000000000000000
NoNewPrivs: 1"
pinned=$(find /sys/fs/bpf -mindepth 1 2>/dev/null | wc -l)

# ---- as root ----

unset SUDO_UID SUDO_GID
trace --port "$port"
is "$(rights "$tracer")" "$nobody" "started as root: nobody, without any capability, once it runs"
serve --quiet
call --close shutdown
comes 1 '.type == "close" and server'
ok $? "and it goes on telling"
held=$(programs "$tracer")
if [ "$(jq length <<<"${held:-[]}")" -gt 0 ] 2>/dev/null; then
	stop_trace
	until_true none_left "$held"
	is "$(left "$held")" 0 "its $(jq length <<<"$held") programs are gone with it"
else
	stop_trace
	skip 1 "bpftool does not tell whose the programs are"
fi
is "$(find /sys/fs/bpf -mindepth 1 2>/dev/null | wc -l)" "$pinned" "nothing is left in /sys/fs/bpf"

# ---- two capabilities ----

cp "$sockstate" "$work/sockstate"
chmod 755 "$work/sockstate"
with() # capabilities, options...
{
	local caps=+${1//,/,+}
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="-all,$caps" --ambient-caps="-all,$caps" "$work/sockstate" "$@"
}
privileged=$sockstate
cat >"$work/two" <<-E2
	#!/bin/bash
	cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon "$work/sockstate" "\$@"
E2
chmod 755 "$work/two"
sockstate=$work/two
trace --port "$port"
is "$(rights "$tracer")" "$nobody" "CAP_BPF and CAP_PERFMON alone: it starts, and drops them"
call --close shutdown
comes 1 '.type == "close" and server'
comes 1 'to("TIME_WAIT") and client'
stop_trace
judge '(first.facts) as $facts |
	is("the story of a connection without root";
		map(select(server and (begin or established or .type == "accept" or .type == "close")) | .new // .type);
		["SYN_RECV", "ESTABLISHED"] + (if $facts.accept.is == "absent" then [] else ["accept"] end) + ["close"]),
	is("what is less than exact has a reason"; $facts | to_entries | map(select(.value.is != "exact" and (.value.why // "" | length) == 0) | .key); []),
	is("what is exact needs none"; $facts | to_entries | map(select(.value.is == "exact" and .value.why) | .key); []),
	is("accept() is told about where it is seen, and nowhere else";
		[.[] | select(.type != "meta") | paths(scalars) | last | select(. == "accept_wait_ns" or . == "accepted" or . == "accepts" or . == "still_queued" or . == "never_accepted")] | length > 0;
		$facts.accept.is != "absent")'
sockstate=$privileged

# ---- fewer ----

refused() # capabilities, what is missing
{
	(cd / && with "$1" --json --port "$port" --duration 1) >"$work/refused" 2>"$work/err" </dev/null
	is "$? $(wc -l <"$work/err") $(grep -oE 'needs CAP_[A-Z]+( and CAP_[A-Z]+)?' "$work/err") $(wc -c <"$work/refused")" "1 1 needs $2 0" \
		"with $1: one line names $2, exit code 1"
}
refused bpf CAP_PERFMON
refused perfmon CAP_BPF
refused net_admin 'CAP_BPF and CAP_PERFMON'
# Nothing large lies on the stack: what runs ten times a second least of all.
is "$(ulimit -s 64; "$sockstate" --netns self --duration 1 >"$work/small" 2>&1; echo $?)" 0 "a stack of 64 KiB is enough"

# ---- and it ends at once ----

# To take a tracepoint's program down lasts some 70 ms each, for which it need not wait (user/kernel/farewell.h). The
# quickest of five counts: something else may have the CPU.
if [ -n "${SOCKSTATE_VM-}" ]; then
	skip 2 "an emulated machine does nothing at once"
else
	quickest=9999999 remain=none
	for ((i = 0; i < 5; i++)); do
		trace --port "$port"
		ids=[$(sed -n 's/^prog_id:[[:space:]]*//p' "/proc/$tracer/fdinfo"/* 2>/dev/null | sort -u | paste -sd,)]
		begin=${EPOCHREALTIME/[.,]/}
		kill -INT "$tracer"
		wait "$tracer"
		took=$((${EPOCHREALTIME/[.,]/} - begin))
		[ "$took" -ge "$quickest" ] || quickest=$took
		until_true none_left "$ids" || remain=$ids
	done
	ordered "it ends within 100 ms" "$quickest" 100000
	[ "$ids" != '[]' ] && [ "$remain" = none ]
	ok $? "and its programs soon after it, each time: $ids"
fi

done_testing
