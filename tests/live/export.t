#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate export: what it says of a listener, against ss, nstat and the lab; over HTTP as scrapers and others use it.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=curl
. "$(dirname "$0")/live.sh"

home=$((port + 1))
"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"

export_bg() # options...
{
	"$sockstate" export --netns self --listen "127.0.0.1:$home" "$@" 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true grep -q serving "$work/err"
}
scrape() { curl -sS --max-time 20 "$@" "http://127.0.0.1:$home/metrics"; }
# Of the listener at $port; further labels as a regular expression
value() { sed -nE "s/^$1\{[^}]*port=\"$port\"[^}]*${2:-}\} //p" "$work/page"; }
# Scrapes until a value is what it should be.
says() # name, value, label
{
	scrape >"$work/page"
	[ "$(value "$1" "${3:-}")" = "$2" ]
}
nstat_of() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }

# ---- without the library that serves ----

library=$(ldconfig -p | awk '$1 == "libmicrohttpd.so.12" { print $NF; exit }')
if ldd "$sockstate" | grep -q microhttpd || [ -z "$library" ]; then
	skip 3 "libmicrohttpd is linked, or not where it is loaded from"
else
	is "$(ldd "$sockstate" | grep -cE 'gnutls|curl')" 0 "who only traces has no library for TLS in the process"
	unshare --mount --propagation private sh -c '
		mount --bind /dev/null "$(readlink -f "$1")" && shift && exec "$@"' - \
		"$library" "$sockstate" export --netns self --listen "127.0.0.1:$home" >"$work/out" 2>"$work/err" </dev/null
	is "$? $(cat "$work/err")" "1 sockstate: libmicrohttpd is needed to serve: libmicrohttpd.so.12 cannot be loaded" "one line says what is needed"
	unshare --mount --propagation private sh -c '
		mount --bind /dev/null "$(readlink -f "$1")" && shift && exec "$@"' - \
		"$library" "$sockstate" export --once --duration 0.1 >"$work/out" 2>"$work/err" </dev/null
	is "$? $(grep -c "^# TYPE sockstate_build_info" "$work/out")" "0 1" "and what is not served needs nothing"
fi

# ---- a queue that overflows ----

export_bg
before=$(nstat_of TcpExtListenDrops)
serve --backlog 2 --never-accept
call_bg --count 6 --timeout 1500 --keep-going --hold 60000
# Each has connected, believes so, or has given up. Of two final ACKs at once, on two CPUs, both can find the last place free.
until_true has_line "$work/client" 'connect\([0-9]+\) = ' 6
# One whose final ACK was refused goes on to send what it has.
refused_as_counted()
{
	refused=$(($(nstat_of TcpExtListenDrops) - before))
	says sockstate_refused_total "$refused" 'reason="accept_queue_full"'
}
until_true refused_as_counted
ok "$([ "$refused" -gt 0 ]; echo $?)" "clients are refused"
read -r _ queue backlog _ < <(ss -Htln "sport = :$port")
is "$(value sockstate_accept_queue_connections) $(value sockstate_accept_queue_limit_connections)" "$queue $((backlog + 1))" "the queue and what it holds, as ss has them"
is "$(value sockstate_refused_total 'reason="accept_queue_full"')" "$refused" "refusals, as nstat counts them"
is "$(value sockstate_connections_total) $(value sockstate_accepted_total)" "$queue 0" "those that wait are complete, none was accepted"
is "$(sed -nE "s/^sockstate_listeners\{address=\"([^\"]*)\",port=\"$port\",family=\"([^\"]*)\",comm=\"([^\"]*)\",netns=\"([^\"]*)\"[^}]*\} /\1 \2 \3 \4 /p" "$work/page")" \
	"127.0.0.1 ipv4 $(cat "/proc/$server/comm") $ns 1" "the labels"
until_true says sockstate_listener_verdict 1 'verdict="app_stuck"'
is "$(value sockstate_listener_verdict | grep -c 1)" 1 "one verdict holds"
age=$(value sockstate_oldest_queued_seconds)
ordered "the oldest waits" 100 "$(awk -v a="$age" 'BEGIN { print int(a * 1000) }')" 60000
end "$server"
end "$client"
until_true says sockstate_listeners 0
is "$(value sockstate_listeners)" 0 "a listener that closed with connections in its queue stays for a minute"

# ---- one that works, and two who scrape ----

serve --accept-delay 200
call --count 5 --close shutdown
until_true says sockstate_accepted_total 5
is "$(($(value sockstate_connections_total) - queue))" "$(grep -cE 'accept.* = [0-9]+' "$work/server")" "as many as the server accepted, beside those of before"
is "$(value sockstate_accept_wait_seconds_bucket 'le="\+Inf"') $(value sockstate_accept_wait_seconds_count)" "5 5" "each of them has a wait"
ordered "of 200 ms and more, as the server slept" 1000 "$(awk -v s="$(value sockstate_accept_wait_seconds_sum)" 'BEGIN { print int(s * 1000) }')" 60000
peak=$(value sockstate_accept_queue_peak_connections)
scrape >/dev/null
scrape >"$work/page"
is "$(value sockstate_accept_queue_peak_connections)" "$peak" "a second scraper sees the same peak"
ordered "which was a queue" 1 "$peak" 5
end "$server"

# ---- one full member among others (SO_REUSEPORT) ----

# The second socket is opened once the first one is full, so it is known who gets the connections.
python3 - "$port" "$work/members" <<'P' &
import socket, sys, time
def listen(backlog):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.bind(("127.0.0.1", int(sys.argv[1])))
    s.listen(backlog)
    return s
first = listen(2)
calls = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) for _ in range(3)]
second = listen(96)
open(sys.argv[2], "w").write("there")
time.sleep(300)
P
members=$!
pids+=("$members")
until_true test -s "$work/members"
until_true says sockstate_listeners 2
is "$(value sockstate_accept_queue_connections) $(value sockstate_accept_queue_limit_connections)" \
	"$(ss -Htln "sport = :$port" | awk '{ queue += $2; limit += $3 + 1 } END { print queue, limit }')" "two sockets: queues and limits are summed"
is "$(value sockstate_accept_queue_fullest_ratio)" "$(ss -Htln "sport = :$port" | awk '$2 / ($3 + 1) > most { most = $2 / ($3 + 1) } END { print most }')" \
	"and the fullest of them is seen"
until_true says sockstate_accept_queue_fullest_peak_ratio 1
kill "$members"

# ---- whose they are ----

# A cgroup of our own, named as kubelet and an engine would; the witness is /proc/PID/cgroup.
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
pod=kubepods-sockstate$$-pod8e7f1c2a_1b3d_4e5f_8a9b_$(printf %012x $$).slice
id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
group=$unified/$pod/cri-containerd-$id.scope
leave_group()
{
	local i
	[ -d "$group" ] || return
	for ((i = 0; i < 100; i++)); do
		rmdir "$group" "${group%/*}" 2>/dev/null && return
		sleep 0.1
	done
}
if [ -n "$unified" ] && mkdir -p "$group" 2>/dev/null; then
	trap 'finish; leave_group' EXIT
	# shellcheck disable=SC2016
	port=$((port + 2))
	unshare -u sh -c 'echo $$ >"$1/cgroup.procs" && hostname web-0 && exec "$2" server --port "$3" --quiet' sh "$group" "$lab" "$port" >/dev/null 2>&1 </dev/null &
	owner=$!
	pids+=("$owner")
	until_true says sockstate_listeners 1
	label() { sed -nE "s/^sockstate_listeners\{[^}]*port=\"$port\"[^}]*[,{]$1=\"([^\"]*)\".*/\1/p" "$work/page"; }
	is "$(label hostname)" web-0 "the host's name of the UTS namespace"
	is "$(label container_id)" "$id" "the container"
	is "$(label pod_uid)" "$(sed 's/.*-pod//; s/\.slice//; y/_/-/' <<<"$pod")" "the pod"
	is "$(label unit)" "cri-containerd-$id.scope" "systemd's unit"
	is "$(label cgroup)" "$(sed -n 's/^0:://p' "/proc/$owner/cgroup")" "the cgroup, as /proc has it"
	kill "$owner"
	until_true says sockstate_listeners ''
	is "$(value sockstate_listeners | wc -l)" 0 "a listener that has closed is not there any more"
	leave_group
	ok "$([ ! -d "$group" ]; echo $?)" "which is not held"
else
	skip 7 "no cgroup of the unified hierarchy can be made here"
fi

# ---- HTTP ----

is "$(scrape -o /dev/null -w '%{http_code} %{content_type}')" '200 text/plain; version=0.0.4; charset=utf-8' "the older format, unless"
is "$(scrape -o "$work/open" -w '%{http_code} %{content_type}' -H 'Accept: application/openmetrics-text;version=1.0.0')" \
	'200 application/openmetrics-text; version=1.0.0; charset=utf-8' "the scraper wants OpenMetrics"
is "$(tail -n 1 "$work/open")" '# EOF' "which ends with # EOF"
if command -v promtool >/dev/null; then
	scrape | promtool check metrics >"$work/lint" 2>&1
	is "$? $(cat "$work/lint")" "0 " "promtool finds nothing to say"
else
	skip 1 "promtool is not installed"
fi
is "$(python3 - "$work/open" <<'P'
import re, sys
# OpenMetrics 1.0: families do not interleave, every sample belongs to the family above it, no sample twice.
family, seen, samples, wrong = None, set(), set(), []
for line in open(sys.argv[1], encoding="utf-8"):
    line = line.rstrip("\n")
    if line.startswith("# TYPE "):
        family, kind = line.split()[2:4]
        if family in seen: wrong.append(line)
        seen.add(family)
    elif not line.startswith("#"):
        name = re.match(r"[a-z_]+", line).group()
        suffixes = {"counter": ["_total"], "info": ["_info"], "histogram": ["_bucket", "_sum", "_count"]}.get(kind, [""])
        sample = line.rsplit(" ", 1)[0]
        if name not in [family + s for s in suffixes] or sample in samples: wrong.append(line)
        samples.add(sample)
print(len(samples) > 50, wrong)
P
)" "True []" "families and samples are in order"
url=http://127.0.0.1:$home
is "$(curl -sS "$url/healthz")" ok "/healthz"
is "$(curl -sS "$url/" | python3 -c '
import html.parser, sys
class Page(html.parser.HTMLParser):
    rows = 0
    def handle_starttag(self, tag, attrs): self.rows += tag == "tr"
page = Page(); page.feed(sys.stdin.read()); print(page.rows > 1)')" True "a page for people"
is "$(curl -sS -o /dev/null -w '%{http_code}' "$url/other") $(curl -sS -o /dev/null -w '%{http_code}' -X POST -d x "$url/metrics")" "404 405" "other paths, other methods"
is "$(curl -sS -o /dev/null -w '%{http_code}' -H "X: $(head -c 40000 /dev/zero | tr '\0' x)" "$url/metrics")" 431 "a header that is too large"

# Half a request, again and again: they hold descriptors, and a scrape comes through.
python3 - "$home" "$work/held" <<'P' &
import socket, sys, time
held = []
for i in range(600):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
    s.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
    held.append(s)
    if i == 300: open(sys.argv[2], "w").close()
time.sleep(60)
P
hostile=$!
pids+=("$hostile")
until_true test -e "$work/held"
is "$(scrape -o /dev/null -w '%{http_code}')" 200 "a scrape beside hundreds of half requests"
kill "$hostile"
kill -INT "$exporter"
wait "$exporter"
is "$? $(wc -l <"$work/err")" "0 1" "it ends cleanly, and said one line"

# ---- where it listens ----

"$sockstate" export --netns self --listen "unix:$work/socket" 2>"$work/err" </dev/null &
exporter=$!
pids+=("$exporter")
until_true grep -q serving "$work/err"
is "$(curl -sS --unix-socket "$work/socket" http://x/healthz)" ok "at a unix socket"
"$sockstate" export --listen "127.0.0.1:$home" --once --duration 0.1 2>&1 >"$work/page" </dev/null
is "$(grep -c '^sockstate_build_info' "$work/page")" 1 "--once prints them"
timeout -s KILL "$patience" "$sockstate" export --once >"$work/page" 2>"$work/err" </dev/null
is "$? $(grep -c '^sockstate_build_info' "$work/page")" "0 1" "  without --duration at once"
kill -INT "$exporter"
wait "$exporter"
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate -l "127.0.0.1:$home" "$sockstate" export --netns self --listen systemd 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true in_state listening 1 "sport = :$home"
	is "$(curl -sS --retry 5 "$url/healthz")" ok "at the socket of a socket unit"
	kill -INT "$exporter"
	wait "$exporter"
else
	skip 1 "systemd-socket-activate is not installed"
fi
python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1]))); print(flush=True); time.sleep(60)' "$home" >"$work/taken" &
taken=$!
pids+=("$taken")
until_true test -s "$work/taken"
"$sockstate" export --listen "127.0.0.1:$home" 2>"$work/err"
is "$? $(cat "$work/err")" "1 sockstate: cannot listen at 127.0.0.1:$home: Address already in use: give another --listen" "a port that is taken"
"$sockstate" export --listen nowhere 2>"$work/err"
is "$? $(cat "$work/err")" "2 sockstate: --listen: 'nowhere' is no address: give 127.0.0.1:9435, [::1]:9435, unix:PATH or systemd" "what is no address"

# ---- a thousand listeners ----

end "$taken"
python3 -c 'import socket, sys, time
held = []
for i in range(1000):
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(16); held.append(s)
print(flush=True); time.sleep(300)' >"$work/thousand" &
pids+=($!)
until_true test -s "$work/thousand"
export_bg --max-listeners 1001
many() { scrape >"$work/page"; [ "$(grep -c '^sockstate_listeners{' "$work/page")" = "$(ss -Htln | wc -l)" ]; }
until_true many
is "$(grep -c '^sockstate_listeners{' "$work/page") $(grep -c '^sockstate_accept_wait_seconds_count{' "$work/page")" "1001 1001" "each has a series"
# Somebody reads slowly, while others are sent pages that are newer.
scrape --limit-rate 4M >"$work/slow" &
slow=$!
for ((i = 0; i < 20; i++)); do
	scrape -o /dev/null -w '%{time_total}\n'
	read -rt 0.25 -u "$never" || true # a page is sent again for 200 ms
done | sort -n >"$work/times"
wait "$slow"
is "$(tail -n 1 "$work/slow" | cut -d ' ' -f 1) $(grep -c '^sockstate_listeners{' "$work/slow")" "sockstate_listeners_shared 1001" "a slow reader gets its page whole"
if [ -z "${SOCKSTATE_VM:-}" ]; then
	# The quickest of twenty or more: how long it takes where nobody else wants the CPU.
	quickest() { awk 'NR == 1 { print int($1 * 1e6) }' "$work/times"; }
	quick()
	{
		[ "$(quickest)" -gt 20000 ] || return 0
		read -rt 0.25 -u "$never" || true
		scrape -o /dev/null -w '%{time_total}\n' >>"$work/times"
		sort -n -o "$work/times" "$work/times"
		[ "$(quickest)" -le 20000 ]
	}
	until_true quick
	ordered "a scrape of them takes 20 ms at most" 0 "$(quickest)" 20000
else
	skip 1 "an emulated machine is slow"
fi
kill -INT "$exporter"
wait "$exporter"

done_testing
