#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SYN cookies, of which nothing is left but a number: counted once where the SYN-ACK passes several devices on its way out,
# and by port where several listeners share it. Witness: nstat.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

sysctl -qw net.ipv4.tcp_syncookies=2 # always
another_netns
# Out by a bridge, and by one of its ports.
ip link add here type veth peer name there netns "/proc/$far_pid/ns/net" || skip_all "no veth here"
if ip link add bridge type bridge 2>/dev/null; then
	ip link set here master bridge
	out_by=bridge
else
	out_by=here
fi
ip addr add 10.98.0.1/24 dev "$out_by"
ip link set here up
ip link set "$out_by" up
far ip addr add 10.98.0.2/24 dev there
far ip link set there up
reachable() { far ping -qc 1 -W 1 10.98.0.1 >/dev/null 2>&1 || far bash -c 'exec 3<>/dev/tcp/10.98.0.1/9' 2>&1 | grep -q refused; }
until_true reachable

sent() { nstat -asz TcpExtSyncookiesSent | awk '$1 == "TcpExtSyncookiesSent" { print $2 }'; }
for workers in 1 2; do
	"$lab" server --addr 0.0.0.0 --port $((port + workers - 1)) --workers $workers --quiet >/dev/null 2>&1 </dev/null &
	pids+=($!)
done
listens() { [ "$(ss -Htln "( sport = :$port or sport = :$((port + 1)) )" | wc -l)" = 3 ]; }
until_true listens

trace --port "$port,$((port + 1))" --side server --interval 0.2
before=$(sent)
# Two at a time: what another CPU does falls between a child and its queueing.
far "$lab" client --addr 10.98.0.1 --port "$port" --parallel 2 --count 7 --quiet >/dev/null 2>&1 </dev/null
alone=$(($(sent) - before))
far "$lab" client --addr 10.98.0.1 --port $((port + 1)) --parallel 2 --count 12 --quiet >/dev/null 2>&1 </dev/null
shared=$(($(sent) - before - alone))
is "$alone $shared" "7 12" "nstat: every SYN is answered with a cookie"
comes 1 ".syncookies_sent == $alone" || ok 1 "they are told"
comes 2 ".syncookies_sent == $shared" || ok 1 "by both listeners of the port"
comes 19 'server and .type == "close"' || ok 1 "the connections end"
stop_trace

last='map(select(.type == "listener")) | group_by(.cookie) | map(.[-1])'
is "$(q "$last | map(select(.lport == $port) | .syncookies_sent)")" "[$alone]" "out by a bridge and its port, each is counted once"
is "$(q "$last | map(select(.lport == $((port + 1))) | .syncookies_sent)")" "[$shared,$shared]" \
	"listeners that share a port: each line has what the port has sent"
is "$(q 'map(select(.type == "summary"))[0].listeners | map(select(.lport == '$((port + 1))').completed) | add')" 12 "  whoever of them got the connections"
is "$(q 'map(select(server and .new == "ESTABLISHED") | .syncookie) | unique')" '[true]' "each line says by what it came"
is "$(q 'map(select(.verdict == "syn_flood")) | length')" 0 "and all came back: no flood"
done_testing
