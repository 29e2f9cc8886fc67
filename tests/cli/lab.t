#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# sockstate-lab brings about what it promises. The witness is never the lab itself: ss and nstat
# tell what the kernel did. Runs in a network namespace of its own, which goes away with it.

lab=${SOCKSTATE_LAB:-./sockstate-lab}

skip_all() { echo "1..0 # SKIP $1"; exit 0; }

[ -x "$lab" ] || skip_all "no $lab; build it, or set SOCKSTATE_LAB"
lab=$(realpath "$lab")
for tool in ss nstat ip unshare; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
if [ -z "$LAB_T_INSIDE" ]; then
	export LAB_T_INSIDE=1 SOCKSTATE_LAB="$lab"
	unshare -n true 2>/dev/null && exec unshare -n "$0"
	unshare -rn true 2>/dev/null && exec unshare -rn "$0"
	skip_all "a network namespace needs root or user namespaces"
fi
ip link set lo up || skip_all "cannot bring lo up"

dir=$(mktemp -d) || exit 1
server_pid=
client_pid=
cleanup() {
	[ -n "$server_pid" ] && kill "$server_pid" 2>/dev/null
	[ -n "$client_pid" ] && kill "$client_pid" 2>/dev/null
	wait
	rm -rf "$dir"
}
trap cleanup EXIT

n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() {
	n=$((n + 1)); echo "not ok $n - $1"
	sed 's/^/# server: /' "$dir/server" 2>/dev/null
	sed 's/^/# client: /' "$dir/client" 2>/dev/null
	ss -tanH | sed 's/^/# ss: /'
}
skip() { n=$((n + 1)); echo "ok $n # SKIP $1"; }
# is NAME COMMAND...: the command succeeds now
is() { local name=$1; shift; if "$@"; then ok "$name"; else not_ok "$name"; fi; }
# becomes NAME COMMAND...: it succeeds within thirty seconds
becomes() {
	local name=$1 end=$((SECONDS + 30)); shift
	until "$@"; do
		[ $SECONDS -ge $end ] && { not_ok "$name"; return; }
		sleep 0.02
	done
	ok "$name"
}
# Each server has a port of its own, below those that clients get: where the kernel chooses, an earlier server's TIME_WAIT
# may have the same.
last_port=20000
server() {
	: >"$dir/server"
	rm -f "$dir/ready" && mkfifo "$dir/ready"
	last_port=$((last_port + 1))
	"$lab" server --port $last_port --ready-fd 7 "$@" >"$dir/server" 2>&1 7>"$dir/ready" &
	server_pid=$!
	read -r port <"$dir/ready"
}
stop_server() {
	kill -TERM "$server_pid"; wait "$server_pid"; server_status=$?; server_pid=
}
client() { "$lab" client --port "$port" "$@" >"$dir/client" 2>&1; }
client_bg() {
	: >"$dir/client"
	# bash gives /dev/null to what runs in the background, unless told.
	# shellcheck disable=SC2086 # words
	${on_one_cpu-} "$lab" client --port "$port" "$@" >"$dir/client" 2>&1 <&0 & client_pid=$!
}
end_client() { wait "$client_pid"; client_status=$?; client_pid=; }
stop_client() { kill -TERM "$client_pid"; end_client; }
counter() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }
counted() { [ "$(counter "$1")" -ge "$2" ]; }	# COUNTER AT-LEAST
queue() { [ "$(ss -tlnH "sport = :$port" | awk '{ print $2, $3 }')" = "$1" ]; }
in_state() { [ "$(ss -tanH state "$1" "( sport = :$port or dport = :$port )" | wc -l)" -eq "$2" ]; }
server_said() { grep -q -- "$1" "$dir/server"; }
client_said() { grep -q -- "$1" "$dir/client"; }

# The accept queue. On one CPU: of two final ACKs that come at the same time on two CPUs both may find room for one
# (tcp_v4_syn_recv_sock() asks before inet_csk_reqsk_queue_add() counts).
server --backlog 1 --never-accept
on_one_cpu="taskset -c $(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)"
client_bg --count 4 --timeout 9000 --keep-going --hold forever
becomes 'backlog 1 without accept: ss shows 2 waiting of 1' queue '2 1'
becomes 'and the kernel counts dropped SYNs' counted TcpExtListenDrops 1
becomes 'while two clients keep knocking' in_state syn-sent 2
becomes 'and give up' in_state syn-sent 0
on_one_cpu=
is 'which connect() tells them' client_said 'EINPROGRESS'
stop_client
is 'keep-going ends with status 0' [ $client_status -eq 0 ]
stop_server
is 'the server ends cleanly on SIGTERM' [ $server_status -eq 0 ]

server --port 0
is 'port 0: the kernel chooses, and the lab says which' [ "$port" -gt 0 ]
client
is 'and it serves there' client_said '1 connected'
stop_server

start=$(sed 's/\..*//' /proc/uptime)
server --stamps ns
end=$(sed 's/\..*//' /proc/uptime)
client
stamp=$(sed -n 's/^ *\([0-9]*\)  listen(.*/\1/p' "$dir/server")
is 'stamps are CLOCK_MONOTONIC in ns' \
	[ $((stamp / 1000000000)) -ge $((start - 2)) -a $((stamp / 1000000000)) -le $((end + 2)) ]
stop_server

# Nothing that the server does after a while is missed: it stands still until its state was looked at.
server --backlog 3 --never-accept --relisten 6000:7
kill -STOP "$server_pid"
is 'listen(.., 3) is what ss shows' queue '0 3'
kill -CONT "$server_pid"
becomes 'listen() again changes Send-Q' queue '0 7'
stop_server

server --fd-room 2
client_bg --count 3 --every 20 --hold forever
becomes 'accept() fails with EMFILE' server_said 'accept(3) = -1 EMFILE'
becomes 'and the third connection stays queued' queue '1 128'
stop_client
stop_server

server --accept-delay 6000
client_bg --hold forever
becomes 'a delayed accept leaves the connection queued' queue '1 128'
becomes 'then takes it' queue '0 128'
stop_client
stop_server

server --never-accept --close-listener-after 6000
kill -STOP "$server_pid"
client_bg --read
becomes 'a connection waits' queue '1 128'
kill -CONT "$server_pid"
end_client
is 'the listener closes with it: the client is reset' client_said 'read(3) = -1 ECONNRESET'
is 'and the port is free' [ -z "$(ss -tlnH "sport = :$port")" ]
stop_server

# Ways to accept
server --read-first --reply 18
client --read
is 'read, reply, close' server_said 'write(.*) = 18'
is 'the client reads it all' client_said 'bytes sent 7, read 18'
stop_server

# shellcheck disable=SC2086 # a way may be two words
for way in '--mode epoll' '--accept4' '--threads 4' '--io-uring single' '--io-uring multishot'; do
	if [ "${way#--io}" != "$way" ] &&
	   "$lab" server $way --accept-max 1 --exit-when-done --addr x 2>&1 | grep -q liburing; then
		skip "$way: this build has no liburing"
		continue
	fi
	server $way --accept-max 3 --exit-when-done
	before=$(counter TcpPassiveOpens)
	client --count 3
	wait "$server_pid"; status=$?; server_pid=
	after=$(counter TcpPassiveOpens)
	is "$way: three accepted, then the end" [ "$status,$((after - before))" = 0,3 ]
done

server --workers 3 --reset
is 'three workers, three listeners' [ "$(ss -tlnH "sport = :$port" | wc -l)" -eq 3 ]
before=$(counter TcpOutRsts)
client --count 6 --close shutdown
is 'every worker closes with RST' counted TcpOutRsts $((before + 6))
stop_server
is 'workers leave with the parent' [ -z "$(ss -tlnH "sport = :$port")" ]

server --pass-listener
becomes 'the passed listener is held by lab-acceptor alone' \
	eval 'case "$(ss -tlnpH "sport = :$port")" in
	      *sockstate-lab*) false;; *lab-acceptor*) true;; *) false;; esac'
client
becomes 'who accepts' server_said 'heir .* accept(.*) = '
stop_server

server --exit-keep 0 --duration 20
wait "$server_pid"; server_pid=
heir=$(sed -n 's/.*process \([0-9]*\) serves on/\1/p' "$dir/server")
is 'a child keeps the listener of a parent that left' \
	eval 'ss -tlnpH "sport = :$port" | grep -q "pid=$heir,"'
client
becomes 'and accepts' server_said 'accept(3) = '
kill "$heir"
becomes 'until it is told to end' eval '[ -z "$(ss -tlnH "sport = :$port")" ]'

# Closing
server --close-after 0
client --send 0 --read-eof
becomes 'who closes first has TIME_WAIT: the server' in_state time-wait 1
stop_server

server
before=$(counter TcpEstabResets)
client --close rst
becomes 'close with SO_LINGER 0 resets' counted TcpEstabResets $((before + 1))
stop_server

server --hold
client_bg --hold forever
becomes 'a held connection is established on both sides' in_state established 2
stop_client
becomes 'the server keeps it in CLOSE-WAIT' in_state close-wait 1
stop_server

client_bg --simultaneous --hold forever
becomes 'a socket connected to itself' \
	eval 'ss -tnH state established | awk "\$3 == \$4 { found = 1 } END { exit !found }"'
stop_client

# Addresses and kinds of TCP
server --addr ::
client --addr 127.0.0.1
is ':: serves IPv4' client_said '1 connected'
stop_server
server --addr :: --v6only
client --addr 127.0.0.1
is 'unless --v6only' client_said 'ECONNREFUSED'
stop_server

if [ -w /proc/sys/net/ipv4/tcp_fastopen ]; then
	echo 3 >/proc/sys/net/ipv4/tcp_fastopen
	server --fastopen 5
	client --fastopen --count 2 --parallel 1
	is 'fast open: data came with the SYN' counted TcpExtTCPFastOpenPassive 1
	stop_server
else
	skip 'net.ipv4.tcp_fastopen cannot be set here'
fi

server --defer-accept 5
client_bg --send 0 --hold forever
becomes 'a deferred accept drops the bare ACK' counted TcpExtTCPDeferAcceptDrop 1
is 'and does not accept' eval '! server_said "accept(3) = "'
stop_client
stop_server

if [ "$(cat /proc/sys/net/mptcp/enabled 2>/dev/null)" = 1 ]; then
	server --mptcp
	client --mptcp
	becomes 'Multipath TCP on both sides' counted MPTcpExtMPCapableACKRX 1
	stop_server
else
	skip 'no Multipath TCP here'
fi

# The TUN peer
if [ ! -w /dev/net/tun ]; then
	skip 'no /dev/net/tun: no TUN peer'
	echo "1..$n"
	exit 0
fi

server --addr 0.0.0.0
client_bg --half-open --count 3 --hold forever --close rst
becomes 'half open: ss shows three SYN-RECV' in_state syn-recv 3
stop_client
becomes 'RST ends them' in_state syn-recv 0
becomes 'and the device is gone' eval '! ip -o link | grep -q lab0'
stop_server

server --addr ::
client_bg --addr 2001:2::1 --half-open --hold forever
becomes 'half open with IPv6' in_state syn-recv 1
stop_client
stop_server

server --addr 198.18.0.1 --freebind
client --raw 'syn; wait-synack; ack; data 7; wait-ack; fin; wait-fin timeout=20000; ack'
is 'a whole connection, segment by segment, to an address made later' [ $? -eq 0 ]
becomes 'the server read it and closed' server_said 'read(.*) = 7'
stop_server

# Not less than was asked for, and not more than the client's own clock saw go by, however busy the machine is.
server --addr 0.0.0.0
client_bg --stamps ns --raw 'syn; wait-synack; delay 50; ack' --hold forever
handshake_in_time() {
	ss -tinH state established "sport = :$port" | awk -v begin="$(sed -n 's/^ *\([0-9]*\)  lab0 is up.*/\1/p' "$dir/client")" \
		-v end="$(sed -n 's/^ *\([0-9]*\)  the peer stays.*/\1/p' "$dir/client")" '
		match($0, / rtt:[0-9.]+/) { rtt = substr($0, RSTART + 5, RLENGTH - 5) }
		END { exit !(begin && end && rtt >= 49.5 && rtt <= (end - begin) / 1e6) }'
}
becomes 'a late ACK: the handshake took 50 ms, says the kernel' handshake_in_time
stop_client
stop_server

server --addr 0.0.0.0
before=$(counter TcpExtTCPSynRetrans)
client --raw 'syn; wait-synack; expect-synack-retransmit timeout=20000; ack; fin; wait-fin timeout=20000; ack'
is 'a lost final ACK: the SYN-ACK came again' [ $? -eq 0 ]
is 'and the kernel counted it' counted TcpExtTCPSynRetrans $((before + 1))
stop_server

server --addr 0.0.0.0
client --raw 'syn; drop-synack; expect-synack-retransmit timeout=20000; ack; fin; wait-fin timeout=20000; ack'
is 'a lost SYN-ACK comes again' [ $? -eq 0 ]
stop_server

server --addr 0.0.0.0 --backlog 2 --never-accept
before=$(counter TcpExtListenOverflows)
client_bg --raw 'use 1; syn; wait-synack; ack; use 2; syn; wait-synack; ack
	use 3; syn; wait-synack; use 4; syn; wait-synack; use 3; ack; use 4; ack' --hold forever
becomes 'an ACK that finds the queue full is dropped' \
	counted TcpExtListenOverflows $((before + 1))
becomes 'three wait' queue '3 2'
is 'and the fourth stays half open' in_state syn-recv 1
stop_client
stop_server

server --addr 0.0.0.0 --never-accept
before=$(counter TcpEstabResets)
client --raw 'syn; wait-synack; ack; delay 50; rst'
is 'reset while queued' counted TcpEstabResets $((before + 1))
is 'the dead connection is still in the queue' queue '1 128'
stop_server

server --addr 0.0.0.0
before=$(counter TcpOutRsts)
client --raw 'syn; wait-synack; bad-ack; wait-rst'
is 'a bad ACK is answered with RST' [ $? -eq 0 ]
is 'which the kernel counted' counted TcpOutRsts $((before + 1))
stop_server

server --addr 0.0.0.0 --close-after 0
mkfifo "$dir/input"
exec 8<>"$dir/input"
client_bg --raw 'syn; wait-synack; ack; wait-fin timeout=20000; fin; wait-ack; wait-input timeout=10000
	syn; wait-synack; ack' --hold forever <"$dir/input"
becomes 'the tuple is in TIME_WAIT' in_state time-wait 1
echo >&8
becomes 'a new SYN takes it over' client_said 'the peer stays'
is 'TIME_WAIT is gone' in_state time-wait 0
stop_client
stop_server

client_bg --raw 'k-connect; wait-syn; syn; wait-synack; synack' --hold forever
becomes 'opens cross: established' \
	eval '[ "$(ss -tnH state established dst 198.18.0.0/15 | wc -l)" -eq 1 ]'
stop_client

client_bg --raw 'k-connect; wait-syn; synack; wait-ack; k-close; drop-fin; fin' --hold forever
becomes 'closes cross: CLOSING' eval '[ "$(ss -tanH state closing | wc -l)" -eq 1 ]'
stop_client

server --addr 0.0.0.0 --backlog 16
client --flood 300 --rate 10000
becomes 'a flood overruns the SYN queue: cookies' \
	eval 'counted TcpExtSyncookiesSent 1 || counted TcpExtTCPReqQFullDrop 1'
stop_server

if ip link add outside type dummy 2>/dev/null || ip link add outside type veth 2>/dev/null; then
	ip link set outside up
	"$lab" client --half-open >"$dir/client" 2>&1
	is 'no TUN peer beside an outside device' client_said 'outside is up'
	ip link del outside
else
	skip 'no dummy or veth device here'
fi

"$lab" client --raw 'syn; wait-fin timeout=50' >"$dir/client" 2>&1
is 'a step that finds nothing fails with status 1' [ $? -eq 1 ]
is 'and says which' client_said "step 'wait-fin timeout=50'"

# Wrong usage: status 2, one line that names option and value
usage() {
	local want=$1; shift
	"$lab" "$@" >"$dir/out" 2>"$dir/err"
	[ $? -eq 2 ] && [ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" -eq 1 ] &&
		grep -q -- "$want" "$dir/err"
}
is 'a port too high' usage "--port: '70000'" server --port 70000
is 'a number that is none' usage "--backlog: '-1'" server --backlog -1
is 'a choice that is none' usage "--close: 'x'" client --close x
is 'an unknown option' usage '--nonsense' server --nonsense
is 'a stall that is none' usage "'foo' is no way to stall: choose from recv, pipe," server --stall foo
is 'an address that is none' usage "--addr: 'localhost'" client --addr localhost
is 'a relisten without backlog' usage "--relisten: '5'" server --relisten 5
is 'a script with an unknown step' usage "'jump'" client --raw 'syn; jump'
is 'a step without its number' usage "'delay'" client --raw 'delay'
is 'a flood without end' usage '--flood' client --flood 60000 --rate 1
is 'contradicting options' usage '--never-accept' server --never-accept --accept-delay 5
is 'no subcommand' usage 'nothing' nothing
for page in '' server client; do
	"$lab" $page --help >"$dir/out" 2>"$dir/err"
	is "help of '$page'" eval '[ $? -eq 0 ] && [ -s "$dir/out" ] && [ ! -s "$dir/err" ]'
done

is 'no device is left' [ "$(ip -o link | wc -l)" -eq 1 ]
is 'no listener is left' [ -z "$(ss -tlnH)" ]
echo "1..$n"
