#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Real servers, each with its own way to hold sockets: nginx (SO_REUSEPORT, reload), redis, a cluster of node, socket
# activation by systemd, haproxy that stops a frontend and starts it again. The witnesses are their own logs, and ss.
# A server that is not installed is skipped.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

nginx_port=$port redis_port=$((port + 1)) node_port=$((port + 2)) unit_port=$((port + 3)) proxy_port=$((port + 4))
trace --port "$port-$proxy_port" --verify --interval 1s

listens() { ss -Htln "sport = :$1" | grep -q .; }
idle() { ! listens "$1"; }
came_closed() { came "${2:-1}" '*"type":"state"*"new":"CLOSE"*"role":"listener"*' "*\"lport\":$1[,}]*"; }
logged() { [ "$(grep -c . "$2" 2>/dev/null)" -ge "$1" ]; }

have() # program, how many checks are skipped without it
{
	command -v "$1" >/dev/null && return
	skip "$2" "$1 is not installed"
	return 1
}

start() # port, command...; pid in $server
{
	"${@:2}" >"$work/server.$1" 2>&1 </dev/null &
	server=$!
	pids+=("$server")
	until_true listens "$1"
}

# One connection after the other: says something, reads the answer to its end.
ask() # port, how many, text
{
	python3 -c '
import socket, sys
for i in range(int(sys.argv[2])):
    c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    c.sendall(sys.argv[3].encode().decode("unicode_escape").encode())
    while c.recv(4096):
        pass
    c.close()' "$@" >/dev/null
}

# "pid port" of each connection that was accepted at that port.
accepted() { q 'map(select(.type == "accept" and .lport == '"$1"') | "\(.pid) \(.rport)") | sort | join("\n")'; }
request='GET / HTTP/1.0\r\n\r\n'

# ---- nginx: two workers with a listener each, all opened by the master; a reload brings two others ----

if have nginx 3; then
	cat >"$work/nginx.conf" <<-CONF
		user root; daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/nginx.error;
		events {}
		http {
		  log_format who '\$pid \$remote_port'; access_log $work/nginx.log who;
		  server { listen 127.0.0.1:$nginx_port reuseport; return 200 "ok\\n"; }
		}
	CONF
	start "$nginx_port" nginx -p "$work" -c "$work/nginx.conf"
	ask "$nginx_port" 20 "$request"
	until_true logged 20 "$work/nginx.log"
	before=$(pgrep -P "$server" | sort | xargs)
	kill -HUP "$server"
	replaced() { local w; for w in $before; do gone "$w" || return; done; }
	until_true replaced
	ask "$nginx_port" 20 "$request"
	until_true logged 40 "$work/nginx.log"
	comes 40 'to("FIN_WAIT1") and server and .lport == '"$nginx_port"
	is "$(accepted "$nginx_port")" "$(sort "$work/nginx.log")" "nginx: each connection was accepted by the worker that logs it, also after a reload"
	is "$(q 'map(select(server and .lport == '"$nginx_port"' and .new == "FIN_WAIT1") | "\(.pid) \(.rport)") | sort | join("\n")')" \
		"$(sort "$work/nginx.log")" "nginx: and closed by it"
	end "$server"
	until_true idle "$nginx_port"
	until_true came_closed "$nginx_port" 2
	is "$(q 'map(select(.role == "listener" and .lport == '"$nginx_port"' and .type == "state") | "\(.old)>\(.new)") | sort | join(" ")')" \
		"CLOSE>LISTEN CLOSE>LISTEN LISTEN>CLOSE LISTEN>CLOSE" "nginx: two listeners, which outlive the reload"
fi

# ---- redis: it names each client ----

if have redis-server 1; then
	start "$redis_port" redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --daemonize no --loglevel verbose --dir "$work"
	ask "$redis_port" 5 'PING\r\nQUIT\r\n'
	comes 5 '.type == "accept" and .lport == '"$redis_port"
	is "$(accepted "$redis_port")" "$(sed -n "s/.*Accepted 127\.0\.0\.1:\([0-9]*\).*/$server \1/p" "$work/server.$redis_port" | sort)" \
		"redis: the connections that it says it accepted"
	end "$server"
fi

# ---- node: the primary accepts, and passes each connection to a worker ----

if have node 2; then
	cat >"$work/cluster.js" <<-'JS'
		const cluster = require('cluster'), http = require('http'), fs = require('fs');
		if (cluster.isPrimary || cluster.isMaster) {
			cluster.fork(); cluster.fork();
			process.on('SIGTERM', () => { for (const w of Object.values(cluster.workers)) w.process.kill('SIGKILL'); process.exit(0); });
		} else {
			http.createServer((q, r) => {
				fs.appendFileSync(process.argv[3], `${process.pid} ${q.socket.remotePort}\n`);
				r.setHeader('Connection', 'close'); r.end('ok');
			}).listen(+process.argv[2], '127.0.0.1');
		}
	JS
	start "$node_port" node "$work/cluster.js" "$node_port" "$work/node.log"
	ask "$node_port" 8 "$request"
	until_true logged 8 "$work/node.log"
	comes 8 'to("FIN_WAIT1") and server and .lport == '"$node_port"
	is "$(accepted "$node_port")" "$(sed "s/^[0-9]*/$server/" "$work/node.log" | sort)" "node: the primary accepts all"
	is "$(q 'map(select(server and .new == "FIN_WAIT1" and .lport == '"$node_port"') | "\(.pid) \(.rport)") | sort | join("\n")')" \
		"$(sort "$work/node.log")" "node: each is the worker's that answers it"
	end "$server"
fi

# ---- systemd-socket-activate: another program goes on with the listener, and names itself ----

if have systemd-socket-activate 2; then
	cat >"$work/unit.py" <<-'PY'
		import os, socket, sys, time
		open("/proc/self/comm", "w").write("mydaemon")
		s = socket.socket(fileno=3)
		c, _ = s.accept()
		c.recv(9)
		c.close()
		while not os.path.exists(sys.argv[1]):
		    time.sleep(0.05)
	PY
	start "$unit_port" systemd-socket-activate -l "127.0.0.1:$unit_port" python3 "$work/unit.py" "$work/unit.end"
	ask "$unit_port" 1 x
	comes 1 '.type == "accept" and .lport == '"$unit_port"
	is "$(q 'map(select(.type == "accept" and .lport == '"$unit_port"') | "\(.pid) \(.comm)") | join(" ")')" "$server mydaemon" \
		"socket activation: accepted by the program, by its own name"
	comes 1 '.type == "listener" and .comm == "mydaemon" and .lport == '"$unit_port"
	: >"$work/unit.end"
	until_true gone "$server"
	until_true came_closed "$unit_port"
	is "$(q 'map(select(.role == "listener" and .lport == '"$unit_port"' and .new == "CLOSE") | "\(.pid) \(.comm)") | join(" ")')" "$server mydaemon" \
		"socket activation: and the listener is the program's then"
fi

# ---- haproxy: a frontend that is stopped closes its listener, and opens the same socket again ----

if have haproxy 3; then
	cat >"$work/haproxy.cfg" <<-CFG
		global
		  stats socket $work/haproxy.sock level admin
		defaults
		  mode http
		  timeout client 9s
		frontend f
		  bind 127.0.0.1:$proxy_port
		  http-request return status 200
	CFG
	order()
	{
		python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.argv[2].encode() + b"\n")
while s.recv(999):
    pass' "$work/haproxy.sock" "$1"
	}
	start "$proxy_port" haproxy -db -f "$work/haproxy.cfg"
	ask "$proxy_port" 1 "$request"
	order "disable frontend f"
	until_true idle "$proxy_port"
	ok $? "haproxy: ss has no listener while its frontend is disabled"
	order "enable frontend f"
	until_true listens "$proxy_port"
	ask "$proxy_port" 1 "$request"
	comes 2 '.type == "accept" and .lport == '"$proxy_port"
	end "$server"
	comes 4 '.type == "state" and .role == "listener" and .lport == '"$proxy_port"
	is "$(q 'map(select(.role == "listener" and .lport == '"$proxy_port"' and .type == "state") | "\(.old)>\(.new)") | join(" ")')" \
		"CLOSE>LISTEN LISTEN>CLOSE CLOSE>LISTEN LISTEN>CLOSE" "haproxy: its listener closes, listens again, and closes at the end"
	is "$(q 'map(select(.type == "accept" and .lport == '"$proxy_port"') | .pid) | unique | join(" ")')" "$server" "haproxy: before and after, it accepts"
fi

is "$(q 'map(select(.type == "verify")) | length')" 0 "--verify: the tracker and the kernel agree"
stop_trace
is "$(q 'map(select(.type == "summary"))[0].listeners | map("\(.cookie) \(.pid) \(.comm)") | unique | join("\n")')" \
	"$(q 'map(select(.role == "listener" and .old == "LISTEN")) | group_by(.cookie) | map(.[-1] | "\(.cookie) \(.pid) \(.comm)") | sort | join("\n")')" \
	"summary: each listener with who had it at its end"
done_testing
