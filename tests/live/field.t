#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What servers in the field do, and what was told wrongly of them: owners after fork(), exec() and death, a reset health
# check, TCP_REPAIR. The witnesses are `ss -p`, /proc and the programs' own words.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

# Nobody waits 40 ms before it acknowledges: a timer may interrupt a process in which no BPF program runs (cases.sh).
while read -r kind to rest; do
	# shellcheck disable=SC2086 # words
	[ "$kind" != local ] || ip route change local "$to" $rest table local quickack 1
done < <(ip route show table local)
trace --port "$port" --verify --interval 1s

# ---- a server that forks for each connection, and whose process then dies ----

cat >"$work/forks.py" <<'PY'
import os, socket, sys, time
def name(text):
    with open("/proc/self/comm", "w") as f:
        f.write(text)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(50)
name("acceptor")
c, _ = s.accept()
r, w = os.pipe()
worker = os.fork()
if not worker:
    s.close()
    name("worker")
    os.write(w, b".")
    c.recv(99)          # the client's FIN
    while not os.path.exists(sys.argv[2]):
        time.sleep(0.05)
    c.close()
    os._exit(0)
c.close()
os.read(r, 1)
helper = os.fork()
if not helper:
    name("helper")
    while True:
        time.sleep(60)
print(os.getpid(), worker, helper, flush=True)
while not os.path.exists(sys.argv[3]):
    time.sleep(0.05)
os._exit(0)
PY
python3 "$work/forks.py" "$port" "$work/close" "$work/die" >"$work/forks" &
pids+=($!)
comes 1 'to("LISTEN")'
python3 -c '
import os, socket, sys, time
c = socket.create_connection(("127.0.0.1", int(sys.argv[1])), source_address=("127.0.0.8", 0))
while not os.path.getsize(sys.argv[2]):
    time.sleep(0.05)
c.close()' "$port" "$work/forks" &
pids+=($!)
until_true grep -q . "$work/forks"
read -r parent worker helper <"$work/forks"
pids+=("$worker" "$helper")
until_true in_state CLOSE-WAIT 1 "sport = :$port"
is "$(ss -Htnp state close-wait "sport = :$port" | sed 's/.*"\(.*\)",pid=\([0-9]*\).*/\2 \1/')" "$worker worker" \
	"ss: the child holds it in CLOSE_WAIT"
: >"$work/close"
comes 1 'server and .raddr == "127.0.0.8" and .type == "close"'
is "$(q 'map(select(server and .raddr == "127.0.0.8" and .type == "accept") | .pid) | join(" ")')" "$parent" "the parent accepted it"
is "$(q 'map(select(server and .raddr == "127.0.0.8" and (.new == "CLOSE_WAIT") and .pid == '"$parent"')) | length')" 0 \
	"at the client's FIN the parent, which closed its copy, is not named"
is "$(q 'map(select(server and .raddr == "127.0.0.8" and (.new == "LAST_ACK" or .type == "close")) | "\(.pid) \(.comm)") | unique | join(" ")')" \
	"$worker worker" "the child closes it, and has its name"

: >"$work/die"
until_true gone "$parent"
is "$(ss -Htlnp "sport = :$port" | sed 's/.*"\(.*\)",pid=\([0-9]*\).*/\2 \1/')" "$helper helper" "ss: another process holds the listener now"
# Walks over the open files, one a second, meet the helper alone.
comes 1 '.type == "listener" and .pid == '"$helper"
ok $? "the listener becomes the helper's"
# Nobody accepts: the verdict names who has it, not who has died.
python3 -c '
import socket, sys, time
c = socket.create_connection(("127.0.0.1", int(sys.argv[1])), source_address=("127.0.0.9", 0))
time.sleep(120)' "$port" &
client=$!
pids+=("$client")
comes 1 '.type == "listener" and .verdict == "app_stuck"'
is "$(q 'map(select(.type == "listener" and .verdict == "app_stuck") | "\(.pid) \(.comm)") | unique | join(", ")')" "$helper helper" \
	"stuck: the process that has it is named"
end "$client" "$helper"
comes 1 'to("CLOSE") and .old == "LISTEN"'

# ---- listen() and accept() that fail: on that socket, whatever listens at its port ----

cat >"$work/failing.py" <<'PY'
import errno, socket, sys, time
port = int(sys.argv[1])
def fails(what, call, count=1):
    for i in range(count):
        try: call()
        except OSError as e: told.append(f"{what} {errno.errorcode[e.errno]}")
        time.sleep(0.01)
told = []
a, b = socket.socket(), socket.socket()
for s in a, b:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
a.listen(5)
fails("listen_error", lambda: b.listen(7))
fails("accept_error", b.accept, 20)
a.setblocking(False)
try: a.accept() # that is no error
except BlockingIOError: pass
a.shutdown(socket.SHUT_RDWR)
fails("accept_error", a.accept, 3)
for what in sorted(set(told)): print(what, told.count(what))
PY
python3 "$work/failing.py" "$port" >"$work/failed" &
failing=$!
pids+=("$failing")
wait "$failing"
told='map(select(.pid == '"$failing"' and (.type | endswith("_error")))) | group_by(.type + .errno)[] | "\(.[0].type) \(.[0].errno) \(map(.count) | add)"'
# The rest is told a second later.
until_true eval '[ "$(q "$told" | sort)" = "$(cat "$work/failed")" ]'
is "$(q "$told" | sort)" "$(cat "$work/failed")" "listen() and accept() failed as often as the program says: $(paste -sd, "$work/failed")"
is "$(q '(map(select(.pid == '"$failing"' and .old == "LISTEN") | .cookie) | unique | sort) == (map(select(.pid == '"$failing"' and .type == "accept_error") | .cookie) | unique | sort)')" true \
	"each by its own socket: both ceased to listen"
is "$(q 'map(select(.pid == '"$failing"' and .type == "listen_error") | "\(.backlog_asked) \(.state)") | join(", ")')" "7 CLOSE" "  the backlog that was asked for"

# ---- segments that the listener itself discards: its queues have no part in it ----

cat >"$work/discards.py" <<'PY'
import ctypes, socket, struct, sys, time
a, b = (socket.socket() for i in range(2))
for s, host in (a, "127.0.0.20"), (b, "127.0.0.21"):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, int(sys.argv[1])))
    s.listen(5)
# TCP_MD5SIG: who comes from here has to sign
a.setsockopt(socket.IPPROTO_TCP, 14, struct.pack("HH4s120s", socket.AF_INET, 0, socket.inet_aton("127.0.0.22"), b"") +
             struct.pack("BBHI80s", 0, 0, 3, 0, b"key"))
# SO_ATTACH_FILTER: nothing passes
nothing = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
b.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxQ", 1, ctypes.addressof(nothing)))
print("ready", flush=True)
time.sleep(120)
PY
nstat_of() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }
discards() # addresses: from, to. Two SYNs, the second a second later.
{
	python3 -c '
import socket, sys
c = socket.socket()
c.bind((sys.argv[2], 0))
c.settimeout(2)
try: c.connect((sys.argv[3], int(sys.argv[1])))
except OSError as e: print(e)' "$port" "$1" "$2" >>"$work/discarded"
}
python3 "$work/discards.py" "$port" >"$work/discards" &
discarding=$!
pids+=("$discarding")
until_true grep -q ready "$work/discards"
before=$(nstat_of TcpExtTCPMD5NotFound)
discards 127.0.0.22 127.0.0.20
discards 127.0.0.22 127.0.0.21
md5=$(($(nstat_of TcpExtTCPMD5NotFound) - before))
dropped=$(ss -Htlnm "sport = :$port and src 127.0.0.21" | sed -n 's/.*,d\([0-9]*\)).*/\1/p')
end "$discarding"
comes 2 'to("CLOSE") and .old == "LISTEN" and .pid == '"$discarding"
is "$(grep -c timed "$work/discarded")" 2 "neither client was answered"
discarded='map(select(.type == "drop" and .raddr == "127.0.0.22") | ["\(.drop_reason) \(.kernel_reason)", .count, .segment]) | group_by(.[0])[] | "\(.[0][0]) \(map(.[1]) | add) \(map(.[2]) | unique)"'
if [ "$(q 'map(select(.type == "drop" and .raddr == "127.0.0.22")) | length')" -gt 0 ]; then
	is "$(q "$discarded")" "bad_signature TCP_MD5NOTFOUND $md5 [\"other\"]
socket_filter SOCKET_FILTER $dropped [\"other\"]" "each as often as nstat and ss count"
else # older kernels free a segment without its listener
	is "$(q '.[0].facts.ack_drop.by // "" | test("kfree_skb")')" false "without kfree_skb nobody is told"
fi
is "$(q 'map(select(.type == "drop" and .pid == '"$discarding"' and (.drop_reason | test("full|unknown|other")))) | length')" 0 \
	"none is told as refused by a queue"

# ---- a layer-4 health check: SYN, SYN-ACK, RST ----

if command -v haproxy >/dev/null; then
	serve
	cat >"$work/haproxy.cfg" <<-CFG
		defaults
		  mode tcp
		  timeout client 9s
		  timeout server 9s
		  timeout connect 2s
		frontend f
		  bind 127.0.0.1:$((port + 1))
		  default_backend b
		backend b
		  server s 127.0.0.1:$port source 127.0.0.10 check inter 500ms
	CFG
	haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy" 2>&1 &
	checks=$!
	pids+=("$checks")
	comes 3 'server and .raddr == "127.0.0.10" and .type == "close"'
	end "$checks"
	end "$server"
	is "$(q 'map(select(server and .raddr == "127.0.0.10" and .type == "close") | .close_reason) | unique | join(", ")')" \
		"rst_received" "each health check is a request that its client reset"
	is "$(q 'map(select(.raddr == "127.0.0.10")) | group_by(.rport) | map((map(select(.type == "reset")) | .[0].t_ns // 0) as $rst |
		map(select(server and .type == "close" and .t_ns - $rst > 1e9))) | add | length')" 0 \
		"and ends when its RST comes, not by a timer"
else
	skip 2 "haproxy is not installed"
fi

# ---- connect() that sends no SYN: no local port is left, or the one that was asked for is taken ----

serve --addr 0.0.0.0
range=$(cat /proc/sys/net/ipv4/ip_local_port_range)
echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range
python3 - "$port" >"$work/ports" <<'PY'
import errno, socket, sys
def connect(local):
    c = socket.socket()
    c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if local:
        c.bind(("127.0.0.12", local))
    try:
        c.connect(("127.0.0.12", int(sys.argv[1])))
    except OSError as e:
        print(errno.errorcode[e.errno], flush=True)
    held.append(c)
held = []
for i in range(6):
    connect(0)
connect(30000)
connect(30000)
PY
echo "$range" >/proc/sys/net/ipv4/ip_local_port_range
end "$server"
failed_calls=$(sort "$work/ports" | uniq -c | sed 's/^ *//' | tr '\n' ' ')
is "$failed_calls" "3 EADDRNOTAVAIL " "three connect() fail, say their callers"
comes 1 '.raddr == "127.0.0.12" and .close_reason == "no_syn_sent"'
is "$(q 'map(select(.raddr == "127.0.0.12" and .type == "close" and .close_reason == ("no_local_port", "no_syn_sent"))
	| "\(.close_reason) \(.errno)") | sort | join(", ")')" \
	"no_local_port EADDRNOTAVAIL, no_local_port EADDRNOTAVAIL, no_syn_sent null" "and that nothing was sent"
is "$(q 'map(select(.raddr == "127.0.0.12" and client and .type == "state" and .old == "SYN_SENT" and .new == "CLOSE") | .reason) | sort | join(" ")')" \
	"no_local_port no_local_port no_syn_sent" "with the reason on the transition, too"

# ---- TCP_REPAIR: taken away, and restored ----

cat >"$work/repair.py" <<'PY'
import socket, struct, sys, time
TCP = socket.IPPROTO_TCP
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(9)
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), source_address=("127.0.0.11", 0))
c, _ = s.accept()
c.setsockopt(TCP, 19, 1)
queue = {}
for i in (1, 2):
    c.setsockopt(TCP, 20, i)
    queue[i] = c.getsockopt(TCP, 21, 4)
me, you = c.getsockname(), c.getpeername()
c.close()
r = socket.socket()
r.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
r.setsockopt(TCP, 19, 1)
for i in (2, 1):
    r.setsockopt(TCP, 20, i)
    r.setsockopt(TCP, 21, queue[i])
r.bind(me)
r.connect(you)
r.setsockopt(TCP, 20, 0)
r.setsockopt(TCP, 19, 0)
print("restored", flush=True)
PY
if python3 "$work/repair.py" "$port" >"$work/repair" 2>&1; then
	comes 1 '.raddr == "127.0.0.11" and .close_reason == "taken_away"'
	comes 1 'to("ESTABLISHED") and .reason == "tcp_repair"'
	is "$(q 'map(select(.reason == "tcp_repair") | "\(.old)>\(.new)") | join(" ")')" \
		"ESTABLISHED>CLOSE CLOSE>SYN_SENT SYN_SENT>ESTABLISHED" "TCP_REPAIR: no segment made these transitions"
	is "$(q 'map(select(.reason == "tcp_repair" and .new == "ESTABLISHED" and (has("client_isn") or has("connect_ns") or has("role")))) | length')" \
		0 "no handshake: no numbers, no connect time, no role"
else
	skip 2 "TCP_REPAIR: $(tail -n 1 "$work/repair")"
fi

# ---- a RST for the child of a server that forks; ss -K, which holds nothing; a socket that connects to itself ----

cat >"$work/resets.py" <<'PY'
import os, socket, struct, subprocess, sys, time
port = int(sys.argv[1])
def tell(who):
    print(who, subprocess.run(["ss", "-Htnp", "state", "established", f"sport = :{port}"], capture_output=True, text=True)
          .stdout.partition("pid=")[2].partition(",")[0], flush=True)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", port))
s.listen(9)
c = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.13", 0))
a, _ = s.accept()
child = os.fork()
if not child:
    s.close()
    c.close()
    try: a.recv(9)
    except ConnectionResetError: pass
    os._exit(0)
a.close()
tell("forked")
c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
c.close()
os.waitpid(child, 0)
c = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.14", 0))
a, _ = s.accept()
me = socket.socket()
me.bind(("127.0.0.15", port))
me.connect(("127.0.0.15", port))
me.close()
full = socket.socket()
full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
full.bind(("127.0.0.16", port))
full.listen(0)
first = socket.create_connection(("127.0.0.16", port))
late = socket.socket()
late.setblocking(False)
late.connect_ex(("127.0.0.16", port)) # the queue is full: it stays in SYN_SENT
subprocess.run(["ss", "-K", "state", "syn-sent", "dst", "127.0.0.16"], capture_output=True)
print("late", late.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), flush=True)
subprocess.run(["ss", "-K", "state", "established", "dst", "127.0.0.14"], capture_output=True)
try: a.recv(9)
except OSError as e: print("killed", os.getpid(), e.errno, flush=True)
PY
timeout 60 python3 "$work/resets.py" "$port" >"$work/resets"
comes 1 'server and .raddr == "127.0.0.13" and .type == "close"'
forked=$(sed -n 's/^forked //p' "$work/resets")
is "$(q 'map(select(server and .raddr == "127.0.0.13" and (.type == "reset" or .new == "CLOSE" or .type == "close")) | .pid // '"$forked"') | unique | join(" ")')" \
	"$forked" "at a RST the parent, which closed its copy, is not named: ss found the child alone"
if grep -q "^killed .* 103$" "$work/resets"; then # ECONNABORTED: the kernel can do it (CONFIG_INET_DIAG_DESTROY)
	comes 1 'server and .raddr == "127.0.0.14" and .type == "close"'
	is "$(q 'map(select(server and .raddr == "127.0.0.14" and (.new == "CLOSE" or .type == "close")) | "\(.errno) \(.pid // 0)") | unique | join(", ")' |
		sed "s/ 0$/ $(sed -n 's/^killed \([0-9]*\) .*/\1/p' "$work/resets")/")" \
		"ECONNABORTED $(sed -n 's/^killed \([0-9]*\) .*/\1/p' "$work/resets")" "ss -K ended it, and is not its owner"
	comes 1 'client and .raddr == "127.0.0.16" and .close_reason == "aborted"'
	is "$(q 'map(select(client and .raddr == "127.0.0.16" and .type == "close" and (.states_ns.ESTABLISHED | not)) | "\(.close_reason) \(.errno)") | join(", ")') $(grep ^late "$work/resets")" \
		"aborted ECONNABORTED late 103" "so it did one that was still connecting"
else
	skip 2 "ss -K: $(tail -n 1 "$work/resets")"
fi
comes 1 '.raddr == "127.0.0.15" and .type == "close"'
is "$(q 'map(select(.raddr == "127.0.0.15" and has("connect_ns")) | .connect_ns) | "\(length) \(unique | length)"')" "2 1" \
	"connected to itself: after one time, by both lines that have it"

is "$(q 'map(select(.type == "verify")) | length')" 0 "--verify: the tracker and the kernel agree"
stop_trace
done_testing
