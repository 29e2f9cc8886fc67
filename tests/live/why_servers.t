#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Why nobody accepts, of real servers that are stalled for real. The witnesses are /proc/PID/stack, wchan, syscall and
# status, ss (the queue, and who has which end) and the server's own word. Beside each is a decoy: a second listener of
# the same process or of another, or threads that are asleep elsewhere. A server that is not installed is skipped.
#
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

answer=$work/answer
other=$((port + 1))  # the decoy's port
back=$((port + 2))   # the database's
cd "$work" || exit

why() # options...; the lines go to $answer, the exit code to $code
{
	"$sockstate" why --netns self --json "$@" >"$answer" 2>"$work/err"
	code=$?
}

of() # jq filter; of the line of the port
{
	jq -r --argjson port "$port" 'select(.lport == $port and .family == "ipv4") | '"$1" "$answer"
}

decoy() # jq filter
{
	jq -r --argjson port "$other" 'select(.lport == $port) | '"$1" "$answer"
}

queue() { ss -H4tln "sport = :$port" | awk '{ print $2 }'; }
listens() { ss -Htln "sport = :${1:-$port}" | grep -q .; }
idle() { ! listens; }
waiting() { [ "$(queue)" -ge "$1" ] 2>/dev/null; } # connections in the accept queue
nr() { local words; read -r -a words <"/proc/$1/syscall" && echo "${words[0]}"; }
wchan_is() { [ "$(cat "/proc/$1/wchan" 2>/dev/null)" = "$2" ]; }
running() { grep -q '^State:.R' "/proc/$1/status"; }
children() { pgrep -P "$1"; }

have() # program, how many checks are skipped without it
{
	command -v "$1" >/dev/null && return
	skip "$2" "$1 is not installed"
	return 1
}

start() # command...; pid in $server
{
	"$@" >"$work/server" 2>&1 </dev/null &
	server=$!
	pids+=("$server")
	until_true listens
}

# Clients that send this and wait.
clients() # how many, text
{
	python3 -c '
import socket, sys, time
keep = []
for i in range(int(sys.argv[2])):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(("127.0.0.1", int(sys.argv[1])))
    keep.append(c)
for c in keep:
    for _ in range(100):
        try:
            c.send(sys.argv[3].encode() or b"x")
            break
        except OSError:
            time.sleep(.01)
time.sleep(1000)' "$port" "$1" "${2-}" </dev/null >/dev/null 2>&1 &
	client=$!
	pids+=("$client")
	until_true waiting "${3:-1}"
	# So long that it is no connection of a moment ago.
	until_true old_enough
}

old_enough() { [ "$SECONDS" -gt "$since" ]; }

finish_server() # pid...; that end as well
{
	local all
	mapfile -t all < <(children "$server")
	kill -KILL "$client" "$server" "${all[@]}" "$@" 2>/dev/null
	wait "$client" "$server" "$@" 2>/dev/null
	until_true idle
}

says() # diagnosis, name
{
	is "$code $(of .diagnosis)" "4 $1" "$2: $1"
	is "$(of .accept_queue)" "$(queue)" "  with the queue that ss shows"
}

in_call() # pid, name of the call: the kernel's number of it is the one that the first thread is in
{
	is "$(of '.threads[0] | "\(.pid) \(.syscall)"')" "$1 $2" "  the first thread is the one that stalls"
	is "$(of '.threads[0].stack[0] | sub("\\+.*"; "")')" "$(sed -n '1s/.*\] //; 1s/+.*//p' "/proc/$1/stack")" "  where /proc/PID/stack says"
}

since=$SECONDS
http=$'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

# ---- a handler that waits for a database ----

cat >web.py <<'X'
import socket, socketserver, sys, threading, time
port, other, back = map(int, sys.argv[1:])
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(("127.0.0.1", back)) as database:
            database.recv(100)
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
decoy = socket.create_server(("127.0.0.1", other))
socketserver.TCPServer.request_queue_size = 8
socketserver.TCPServer(("127.0.0.1", port), Handler).serve_forever()
X
if have python3 7; then
	"$lab" server --port "$back" --never-accept >"$work/database" 2>&1 </dev/null &
	database=$!
	pids+=("$database")
	until_true listens "$back"
	start python3 web.py "$port" "$other" "$back"
	since=$SECONDS
	clients 4
	why --port "$port" --port "$other"
	says blocked_on_peer "a Python socketserver whose handler waits for a database"
	in_call "$server" "$(of '.threads[0].syscall | select(. == "recvfrom" or . == "ppoll" or . == "poll")')"
	is "$(of '.threads[0].on | "\(.rport) \(.state)"')" "$back ESTABLISHED" "  it is the database's port"
	is "$(ss -Htnp state established "dport = :$back" | grep -c "pid=$server,fd=$(of '.threads[0].fd')\b")" 1 "  by that descriptor, says ss"
	is "$(decoy .diagnosis)" keeps_up "  a listener of the same process that nobody uses is no trouble"
	finish_server "$database"
fi

# ---- one synchronous worker ----

cat >app.py <<'X'
import time
def app(env, start):
    time.sleep(1000)
X
if have gunicorn 5; then
	start gunicorn -w 1 --backlog 8 --timeout 600 -b "127.0.0.1:$port" app:app
	until_true children "$server" >/dev/null
	since=$SECONDS
	clients 4 "$http"
	worker=$(children "$server")
	until_true wchan_is "$worker" hrtimer_nanosleep
	why --port "$port"
	says sleeping "gunicorn whose only worker sleeps in a request"
	in_call "$worker" clock_nanosleep
	is "$(of .pid)" "$worker" "  the worker is named, not the master"
	finish_server
fi

# ---- stopped ----

if have nginx 6; then
	cat >nginx.conf <<X
daemon off;
worker_processes 2;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 64; }
http { access_log off; server { listen 127.0.0.1:$port backlog=8; return 200 hi; } server { listen 127.0.0.1:$other; return 200 hi; } }
X
	two_children() { [ "$(children "$server" | wc -l)" = 2 ]; }
	start nginx -c "$work/nginx.conf" -p "$work"
	until_true two_children
	for pid in $(children "$server"); do until_true asleep "$pid"; done # in epoll_wait()
	why --port "$port"
	is "$code $(of .diagnosis)" "0 keeps_up" "nginx keeps up"
	is "$(of '[.watchers[].kind] | unique | join(",")')" epoll "  its workers watch it by epoll"
	mapfile -t workers < <(children "$server")
	kill -STOP "$server" "${workers[@]}"
	for pid in "$server" "${workers[@]}"; do until_true stopped "$pid"; done
	since=$SECONDS
	clients 4
	why --port "$port"
	says stopped "nginx, master and workers stopped"
	is "$(of .holders_total)" 3 "  three processes hold it"
	is "$(of '[.threads[].thread_state] | unique | join(",")')" stopped "  all of them are stopped, as /proc/PID/status says"
	finish_server
fi

# ---- busy ----

if have node 4; then
	start node -e "require('http').createServer(() => { require('fs').writeSync(1, 'in the loop\\n'); for (;;); }).listen($port, '127.0.0.1', 8); require('net').createServer().listen($other, '127.0.0.1')"
	until_true listens "$other"
	since=$SECONDS
	clients 1 "$http" 0
	until_true has_line "$work/server" 'in the loop'
	clients 3 "$http" # it may accept several at once, but none from now on
	until_true running "$server"
	why --port "$port"
	# Where other programs want the CPUs as well, it does not get one for most of the time.
	is "$code $(of '.diagnosis | if . == "starved" then "busy" else . end')" "4 busy" "node in an endless loop: busy"
	is "$(of .accept_queue)" "$(queue)" "  with the queue that ss shows"
	is "$(of '.threads[0].tid')" "$server" "  the first thread is the one that runs, and its pool sleeps"
	is "$(of '.watchers[0] | "\(.kind) \(.pid) \(.sleeping)"')" "epoll $server 0" "  nobody is in epoll_wait()"
	finish_server
fi

if have redis-server 8; then
	start redis-server --bind 127.0.0.1 --port "$port" --save '' --enable-debug-command yes --tcp-backlog 8
	redis-cli -p "$port" debug sleep 100 >/dev/null 2>&1 </dev/null &
	pids+=($!)
	cli=$!
	until_true wchan_is "$server" hrtimer_nanosleep
	since=$SECONDS
	clients 3
	why --port "$port"
	says sleeping "redis in DEBUG SLEEP"
	in_call "$server" clock_nanosleep
	finish_server "$cli"
	# With a limit of time redis accepts beside a script that takes longer.
	start redis-server --bind 127.0.0.1 --port "$port" --save '' --tcp-backlog 8 --lua-time-limit 0
	redis-cli -p "$port" eval 'redis.log(redis.LOG_WARNING, "in the loop") while true do end' 0 >/dev/null 2>&1 </dev/null &
	pids+=($!)
	cli=$!
	until_true has_line "$work/server" 'in the loop'
	since=$SECONDS
	clients 3
	why --port "$port"
	is "$code $(of '.diagnosis | if . == "starved" then "busy" else . end')" "4 busy" "redis in a loop of Lua: busy"
	is "$(of .accept_queue)" "$(queue)" "  with the queue that ss shows"
	is "$(of '.threads[0] | .tid')" "$server" "  the first thread is the one that runs"
	is "$(of '.threads[0].cpu_share + .threads[0].run_delay_ns / .look_ns > 0.5')" true "  which it does, or wants to"
	finish_server "$cli"
fi

# ---- not accepting on purpose ----

if have haproxy 5; then
	cat >haproxy.cfg <<X
defaults
 mode tcp
 timeout connect 100s
 timeout client 100s
 timeout server 100s
frontend full
 maxconn 2
 bind 127.0.0.1:$port backlog 8
 default_backend silent
frontend decoy
 bind 127.0.0.1:$other
 default_backend silent
backend silent
 server s 127.0.0.1:$back
X
	"$lab" server --port "$back" --never-accept >"$work/database" 2>&1 </dev/null &
	database=$!
	pids+=("$database")
	until_true listens "$back"
	start haproxy -db -f haproxy.cfg
	since=$SECONDS
	clients 6 x 4
	why --port "$port" --port "$other"
	says disarmed "haproxy at its limit of connections"
	is "$(of .watchers_total)" 0 "  it is in no wait queue"
	is "$(ss -Htnp state established "sport = :$port" | grep -c "pid=$server,")" 2 "  and has two connections of it, says ss"
	is "$(decoy '"\(.diagnosis) \(.watchers_total > 0)"')" "keeps_up true" "  its other listener is watched and keeps up"
	finish_server "$database"
fi

# ---- a socket whose service never began ----

if have systemd-socket-activate 5; then
	start systemd-socket-activate -l "127.0.0.1:$port" sleep 1000
	why --port "$port"
	is "$code $(of .diagnosis)" "0 keeps_up" "systemd-socket-activate waits for the first connection"
	since=$SECONDS
	clients 3
	until_true wchan_is "$server" hrtimer_nanosleep
	why --port "$port"
	says sleeping "its service never begins"
	is "$(of '.also | join(",")')" nobody_watches "  nobody watches it, and nobody has a connection of it"
	is "$(ss -Htnp state established "sport = :$port" | grep -c pid=)" 0 "  nor has ss"
	finish_server
fi

# ---- all workers busy ----

modules=/usr/lib/apache2/modules
if have apache2 5 && [ -e $modules/mod_mpm_prefork.so ]; then
	cat >apache.conf <<X
ServerRoot $work
PidFile $work/apache.pid
ErrorLog $work/apache.err
Listen 127.0.0.1:$port
ListenBacklog 8
AcceptFilter http none
ServerName x
LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
LoadModule authz_core_module $modules/mod_authz_core.so
StartServers 2
MinSpareServers 1
MaxSpareServers 2
ServerLimit 2
MaxRequestWorkers 2
Mutex posixsem
Timeout 600
X
	start apache2 -DFOREGROUND -f "$work/apache.conf"
	until_true two_children
	since=$SECONDS
	clients 6 'GET / HT' 4
	why --port "$port"
	says blocked_on_peer "apache2 prefork whose workers wait for slow requests"
	is "$(children "$server" | grep -cx "$(of .pid)")" 1 "  a worker is named, not the master"
	is "$(of '.threads[0].on | "\(.lport) \(.state)"')" "$port ESTABLISHED" "  it waits for a connection of that port"
	is "$(ss -Htnp state established "sport = :$port" | grep -c "pid=$(of .pid),fd=$(of '.threads[0].fd')\b")" 1 "  by that descriptor, says ss"
	finish_server
fi

# ---- a listener that is left to a child ----

if have python3 4; then
	start python3 -c "
import os, socket, time
s = socket.create_server(('127.0.0.1', $port), backlog=8)
if os.fork() == 0:
    time.sleep(1000)
c = s.accept()
s.close()
time.sleep(1000)"
	since=$SECONDS
	clients 4 x 3
	why --port "$port"
	says not_the_acceptor "a child has the listener, and its parent the connections"
	is "$(of '[.holders[].pid] | join(",")')" "$(children "$server")" "  the child holds it"
	is "$(ss -Htnp state established "sport = :$port" | grep -c "pid=$server,")" 1 "  and the parent has a connection, says ss"
	finish_server
fi

done_testing
