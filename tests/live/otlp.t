#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate export --otlp: what a receiver gets, against /metrics of the same process, ss, nstat and the lab; and what
# happens when the receiver is slow, away, or refuses. otlp_receiver checks each request against the protocol's messages.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs="curl python3 openssl"
. "$(dirname "$0")/live.sh"

home=$((port - 1)) there=$((port - 2))
"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"
"$sockstate" export --otlp "http://127.0.0.1:1" --duration 0.1 >/dev/null 2>"$work/err"
! grep -q 'built without libcurl' "$work/err" || skip_all "$(cat "$work/err")"
rec=$root/tests/live/otlp_receiver
got=$work/got
chmod 711 "$work"
receive_bg() # more words
{
	"$rec" serve "$got" "$there" "$@" >"$work/serving" 2>&1 </dev/null &
	receiver=$!
	pids+=("$receiver")
	until_true grep -q serving "$work/serving"
}
mode() { echo "$*" >"$got/mode.new" && mv "$got/mode.new" "$got/mode"; }
afresh() { rm -rf "$got" && mkdir "$got" && mode ok && : >"$got/log" && : >"$got/faults"; }
push_bg() # options...; metrics every second
{
	: >"$work/err" # what the one before said
	"$sockstate" export --netns self --interval 1s --otlp "http://127.0.0.1:$there" "$@" 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true grep -q 'sending OTLP' "$work/err"
}
sender_of() { pgrep -P "$(pgrep -P "$1")"; } # behind the one that starts it again
stop() { kill -INT "$exporter"; wait "$exporter"; }
requests() { find "$got" -name "*.$1.json" | sort; }
all() { find "$got" -name "*.$1.json" -print0 | sort -z | xargs -0r cat; }
newest() { requests "$1" | tail -n 1; }
there_are() { [ "$(requests "$1" | wc -l)" -ge "$2" ]; }
one_more() { local n; n=$(requests "$1" | wc -l); until_true there_are "$1" $((n + 1)); }
# Of the listener at $port in the newest request; further attributes as a pattern
value() { "$rec" points "$1" "$(newest metrics)" | grep -F "network.local.port=$port," | grep -- "${2:-}" | awk '{ print $NF }'; }
says() { [ "$(value "$1" "${3:-}")" = "$2" ]; }
page() { curl -sS "http://127.0.0.1:$home/metrics"; }
lost() { page | sed -n "s/^sockstate_otlp_undelivered_total{signal=\"$1\",reason=\"$2\"} //p"; }
loses() { [ "$(lost "$1" "$2")" -gt 0 ]; }
nstat_of() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }
statuses() { awk -v s="$1" '$1 == s { print $2 }' "$got/log"; }
asked() { [ "$(statuses metrics | grep -c "$1")" -ge "$2" ]; }

# ---- metrics ----

afresh
receive_bg
serve --backlog 2 --never-accept
before=$(nstat_of TcpExtListenDrops)
push_bg --listen "127.0.0.1:$home" --otlp-header x-api-key=secret
on_one_cpu=$one_cpu call_bg --count 6 --timeout 1500 --keep-going --hold 60000
until_true in_state established 3 "sport = :$port"
until_true has_line "$work/client" EINPROGRESS 3
# One whose final ACK was refused goes on to send what it has.
refused_as_counted()
{
	refused=$(($(nstat_of TcpExtListenDrops) - before))
	says sockstate.refused "$refused" accept_queue_full
}
until_true refused_as_counted
is "$(value sockstate.refused 'accept_queue_full') $((refused > 0))" "$refused 1" "refusals, as nstat counts them"
read -r _ queue backlog _ < <(ss -Htln "sport = :$port")
is "$(value sockstate.accept_queue_connections) $(value sockstate.accept_queue_limit_connections)" "$queue $((backlog + 1))" "the queue, as ss has it"
is "$(value sockstate.connections) $(value sockstate.accepted)" "3 0" "three are complete, none was accepted"
end "$client" # or what it still sends comes to the next server
end "$server"
serve
call --count 5
until_true says sockstate.accepted 5
is "$(value sockstate.accepted) $(value sockstate.accept_wait) $(value sockstate.connections)" "5 5 8" "5 accepted and measured, as many as the lab made"
# Between two rounds of a second nothing happens: page and request tell the same.
compare()
{
	one_more metrics
	page >"$work/page"
	"$rec" same "$work/page" "$(newest metrics)" >"$work/same"
	grep -q 'are the same' "$work/same"
}
until_true compare
is "$(grep -vc 'are the same' "$work/same")" 0 "every sample of /metrics is a data point, and nothing else" || sed 's/^/# /' "$work/same" | head -n 5
ordered "and these are many" 60 "$(awk '{ print $1; exit }' "$work/same")" 100000
is "$(jq -r '.resourceMetrics[0].resource.attributes | map({(.key): .value.stringValue}) | add | "\(.["service.name"]) \(.["host.name"]) \(.["sockstate.boot_id"])"' "$(newest metrics)")" \
	"sockstate $(uname -n) $(cat /proc/sys/kernel/random/boot_id)" "who sends"
is "$(all metrics | jq -r '.resourceMetrics[0].scopeMetrics[0].metrics[] | select(.name == "sockstate.accepted") | .sum.dataPoints[0].startTimeUnixNano' | sort -u | wc -l)" 1 \
	"sums begin at one time"
is "$(sed 's/.*x-api-key=//' "$got/log" | sort -u)" secret "with the header"
sender=$(sender_of "$exporter")
is "$(awk '$1 ~ /^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$sender/status")" \
	"CapPrm:$(printf %016d 0) CapEff:$(printf %016d 0) CapBnd:$(printf %016d 0) NoNewPrivs:1 Seccomp:2 " "the process that sends has no capability, and a list of system calls"
keeper=$(pgrep -P "$exporter")
confined() { grep -q '^Seccomp:.2' "/proc/$1/status"; } # pid
until_true confined "$keeper"
is "$(awk '/^Uid:/ { print ($2 == 0) } /^(CapEff|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$keeper/status")" \
	"0
CapEff:$(printf %016d 0) CapBnd:$(printf %016d 0) NoNewPrivs:1 Seccomp:2 " "nor has the one that starts it again"
is "$(find "/proc/$sender/fd" -lname 'anon_inode:bpf*' -printf x; awk '/^Uid:/ { print ($2 == 0) }' "/proc/$sender/status")" 0 "no map or program of the kernel, and another user"
is "$(awk '/^(CapEff|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$exporter/status")" "CapEff:$(printf %016d 0) Seccomp:2 " "nor has the one that counts"

# ---- a receiver that refuses ----

mode partial 3
until_true loses metrics rejected
mode ok
ok $(($(lost metrics rejected) % 3)) "a partial success: three of each request are counted"
is "$(grep -c "metrics are not taken: too many$" "$work/err")" 1 "and what the receiver says is told once"
one_more metrics
rejected=$(lost metrics rejected)
mode warn
one_more metrics
mode status 400
until_true loses metrics refused
asked=$(statuses metrics | grep -c status)
mode ok
one_more metrics
is "$(lost metrics rejected)" "$rejected" "a warning rejects nothing"
ok "$([ $(($(lost metrics refused) / asked)) -gt 30 ]; echo $?)" "after 400 nothing is sent again, and all of it is counted"
is "$(grep -c 'metrics are not taken: HTTP status 400: by request$' "$work/err")" 1 "said"
mode huge
one_lost() { [ "$(lost metrics refused)" -gt "$before" ]; }
before=$(lost metrics refused)
until_true one_lost
ok $? "an answer without end is none"

# ---- a receiver that is slow or away: tried again, in order, and the counting goes on ----

mode status 503 2
: >"$got/log"
until_true asked status 4
mode ok
until_true asked ok 2
# The shortest of three pauses: something else may have the CPU.
ordered "503 with Retry-After: after two to three seconds" 2000 \
	"$(awk '$2 == "status" { if (t) print int(($3 - t) * 1000); t = $3 }' "$got/log" | sort -n | head -n 1)" 3700
in_order() { all metrics | jq -r '.resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].timeUnixNano // empty' | sort -nc; }
in_order
ok $? "what has waited comes first, and in order"
for how in "status 429" close hang; do
	# shellcheck disable=SC2086
	mode $how
	: >"$got/log"
	until_true asked "${how% *}" 1
	is "$(curl -sS --max-time 8 "http://127.0.0.1:$home/healthz")" ok "$how: counting goes on"
	[ "$how" = hang ] || { mode ok && until_true asked ok 1; }
done
end "$receiver" # which ends what hangs
mode ok
receive_bg
call --count 2
until_true says sockstate.accepted 7
is "$(value sockstate.accepted) $(lost metrics overflow)" "7 0" "a receiver that comes back gets all of it"
end "$receiver"
kill -STOP "$sender"
call --count 1
says_page() { [ "$(page | sed -nE "s/^sockstate_accepted_total\{[^}]*port=\"$port\"[^}]*\} //p")" = 8 ]; }
until_true says_page
ok $? "the process that sends is stopped: metrics are served and grow"
kill -CONT "$sender"
stop
is $? 0 "nobody takes the last ones: it ends all the same"
is "$(grep -cE "^sockstate: http://127.0.0.1:$there: [1-9][0-9]* data points and 0 log records were not delivered$" "$work/err")" 1 "and says how many were not delivered"
end "$server"
mode ok
receive_bg
push_bg --listen "127.0.0.1:$home"
one_more metrics
restarts() { page | sed -n 's/^sockstate_otlp_restarts_total //p'; }
restarted() { [ "$(restarts)" = "$1" ]; }
mode hang
: >"$got/log"
until_true asked hang 1
kill -KILL "$(sender_of "$exporter")"
until_true grep -q 'process that sends OTLP was ended by signal 9: another starts in 1 s' "$work/err"
ok $? "the process that sends is killed: that is said"
until_true loses metrics left
ok $? "what it had not delivered is counted"
is "$(page | grep -c "^sockstate_listeners{[^}]*port=\"$home\"")" 1 "metrics are served meanwhile"
mode ok
until_true restarted 1
one_more metrics
ok $? "another one sends"
left=$(lost metrics left)
is "$(awk '$1 ~ /^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$(sender_of "$exporter")/status")" \
	"CapPrm:$(printf %016d 0) CapEff:$(printf %016d 0) CapBnd:$(printf %016d 0) NoNewPrivs:1 Seccomp:2 " "with as few rights"
kill -KILL "$(sender_of "$exporter")"
until_true grep -q 'another starts in 2 s' "$work/err"
ok $? "it did not last: after a longer pause"
until_true restarted 2
one_more metrics
[ "$(lost metrics left)" -ge "$left" ]
ok $? "nothing that was counted is forgotten"
kept=$(pgrep -P "$exporter")
kill -KILL "$(sender_of "$exporter")"
until_true grep -q 'another starts in 4 s' "$work/err"
kill -KILL "$kept"
until_true grep -q 'the processes that send OTLP have ended: nothing more is sent' "$work/err"
ok $? "the one that would start another is killed meanwhile: that is said"
stop
push_bg
kept=$(pgrep -P "$exporter")
stop
until_true gone "$kept"
ok $? "at the end both have ended"
ok "$([ ! -s "$got/faults" ]; echo $?)" "no request had a fault" || sort "$got/faults" | uniq -c | sort -rn | head -n 5 | sed 's/^/# /'

touch "$work/secret"
chmod 600 "$work/secret"
OTEL_EXPORTER_OTLP_CERTIFICATE=$work/secret "$sockstate" export --otlp "https://127.0.0.1:$there" --duration 1 >/dev/null 2>"$work/said" </dev/null
is "$? $(grep -c "OTEL_EXPORTER_OTLP_CERTIFICATE='$work/secret' cannot be read by the process that sends" "$work/said")" "1 1" \
	"a certificate that the other user cannot read: it does not start without a limit on files"

# ---- a worker that cannot read on ----

cat >"$work/damage.c" <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
static volatile char *armed;
__attribute__((constructor)) static void begin(void)
{
	armed = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, open(getenv("DAMAGE"), O_RDWR | O_CLOEXEC), 0);
}
ssize_t read(int fd, void *buffer, size_t size)
{
	ssize_t n = syscall(SYS_read, fd, buffer, size);
	if (n == 16 && size == 16 && *armed == '1') { /* a head */
		*armed = '0';
		memset(buffer, 0xff, 16);
	}
	return n;
}
END
printf 0 >"$work/damage"
if cc -shared -fPIC -D_GNU_SOURCE -o "$work/damage.so" "$work/damage.c" 2>/dev/null; then
	afresh
	LD_PRELOAD=$work/damage.so DAMAGE=$work/damage push_bg
	one_more metrics
	printf 1 | dd of="$work/damage" conv=notrunc status=none
	until_true grep -q 'the process that sends OTLP has ended: another starts in 1 s' "$work/err"
	ok $? "a head that is damaged: another process is to send"
	one_more metrics
	ok $? "  which it does"
	stop
else
	skip 2 "there is no compiler"
fi

# ---- log records ----

afresh
port=$((port + 2))
serve --backlog 2 --never-accept
OTEL_RESOURCE_ATTRIBUTES='deployment.environment=test,team=a%20b' OTEL_EXPORTER_OTLP_HEADERS='x-api-key=by%20environment' \
	push_bg --otlp-logs
before=$(nstat_of TcpExtListenDrops)
begun=$(date +%s%N)
call --count 6 --timeout 1500 --keep-going --hold 500
records() { all logs | jq -r --argjson port "$port" '.resourceLogs[].scopeLogs[].logRecords[] | (.attributes | map({(.key): (.value | .stringValue // .intValue // .boolValue)}) | add) as $a | select($a["network.local.port"] == "\($port)" or $a["network.peer.port"] == "\($port)") | '"$1"; }
dropped() { [ "$(records 'select(.eventName == "sockstate.drop" and $a["sockstate.drop_reason"] == "accept_queue_full") | $a["sockstate.count"]' | awk '{ n += $1 } END { print n + 0 }')" = "$1" ]; }
dropped_as_counted() { dropped "$(($(nstat_of TcpExtListenDrops) - before))"; }
until_true dropped_as_counted
ok $? "refusals are log records, as nstat counts them"
verdict_told() { [ -n "$(records 'select(.eventName == "sockstate.listener" and $a["sockstate.verdict"] != "ok") | 1')" ]; }
until_true verdict_told
end "$server"
until_true there_are logs 1
is "$(records 'select(.eventName == "sockstate.listener" and $a["sockstate.verdict"] != "ok") | .severityNumber' | sort -u)" 13 "a verdict that turns bad is a warning"
is "$(records 'select(.eventName == "sockstate.listener") | $a["sockstate.verdict"]' | uniq -d | wc -l)" 0 "and told when it changes"
# The time of a record is the fact's own.
is "$(records 'select(.eventName == "sockstate.drop") | (.timeUnixNano | tonumber) | . >= '"$begun"' and . <= '"$(date +%s%N)" | sort -u)" true "with the fact's own time"
is "$(jq -r '.resourceLogs[0].resource.attributes | map({(.key): .value.stringValue}) | add | "\(.["deployment.environment"]) \(.team)"' "$(newest logs)")" "test a b" \
	"the resource has the attributes of the environment"
is "$(sed 's/.*x-api-key=//' "$got/log" | sort -u)" "by environment" "and the requests its headers"
mode status 400
serve --backlog 1 --never-accept
call --count 5 --timeout 700 --keep-going --hold 100
asked_logs() { statuses logs | grep -q status; }
until_true asked_logs
stop
is "$(grep -cE " [1-9][0-9]* log records were not delivered$" "$work/err")" 1 "log records that were refused are counted"
end "$server" "$receiver"
ok "$([ ! -s "$got/faults" ]; echo $?)" "no request had a fault" || sort "$got/faults" | uniq -c | sort -rn | head -n 5 | sed 's/^/# /'

# More connections than there is room for wait whether they turn out to be notable: 24,000, both ends of each.
many=()
if [ "$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)" -lt 1500 ] || ! ulimit -n 20000 2>/dev/null; then
	skip 3 "24,000 connections need more memory, or more descriptors, than there are"
else
	afresh
	receive_bg
	port=$((port + 2))
	push_bg --otlp-logs --listen "127.0.0.1:$home"
	forgotten() { page | sed -n 's/^sockstate_otlp_forgotten_total //p'; }
	some_forgotten() { [ "$(forgotten)" -gt 0 ]; }
	is "$(forgotten)" 0 "none is forgotten"
	for p in "$port" $((port + 1)); do
		"$lab" server --quiet --port "$p" --backlog 4096 --duration 500 >/dev/null 2>&1 </dev/null &
		many+=($!)
		until_true in_state listening 1 "sport = :$p"
		for i in 1 2 3; do
			"$lab" client --quiet --port "$p" --count 4000 --every 1 --parallel 4000 --hold 300000 >/dev/null 2>&1 </dev/null &
			many+=($!)
		done
	done
	pids+=("${many[@]}")
	patience=$((4 * patience)) until_true some_forgotten
	ok $? "beyond the bound sockets are forgotten, and counted"
	is "$(grep -c -- '--otlp-logs: more connections are open than 16 MiB hold' "$work/err")" 1 "and that is said once"
	stop
	end "${many[@]}" "$receiver"
fi

# ---- the wall clock is set ----

# Where it is not ours to set, the exporter alone sees it so.
cat >"$work/step.c" <<'END'
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
static const volatile long long *seconds;
static int (*real)(clockid_t, struct timespec *);
int clock_gettime(clockid_t id, struct timespec *t)
{
	int rc;
	if (!seconds) {
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
		seconds = mmap(NULL, sizeof(*seconds), PROT_READ, MAP_SHARED, open(getenv("STEP"), O_RDONLY | O_CLOEXEC), 0);
	}
	rc = real(id, t);
	if (!rc && id == CLOCK_REALTIME)
		t->tv_sec += *seconds;
	return rc;
}
END
set_clock() # seconds from now on
{
	if [ -n "${SOCKSTATE_VM:-}" ]; then
		date -s "@$(($(date +%s) + $1))" >/dev/null
	else
		perl -e 'open my $f, "+<", $ARGV[0]; syswrite $f, pack "q", $ARGV[1]' "$work/step" "$1"
	fi
}
perl -e 'print pack "q", 0' >"$work/step"
if [ -n "${SOCKSTATE_VM:-}" ] || cc -shared -fPIC -D_GNU_SOURCE -o "$work/step.so" "$work/step.c" 2>/dev/null; then
	afresh
	receive_bg
	port=$((port + 2))
	serve --backlog 1 --never-accept
	if [ -n "${SOCKSTATE_VM:-}" ]; then push_bg --otlp-logs; else LD_PRELOAD=$work/step.so STEP=$work/step push_bg --otlp-logs; fi
	one_more metrics
	set_clock 45
	call --count 4 --timeout 700 --keep-going --hold 100
	some_dropped() { [ "$(records 'select(.eventName == "sockstate.drop") | 1' | wc -l)" -gt 0 ]; }
	until_true some_dropped
	is "$(records '(.observedTimeUnixNano | tonumber) - (.timeUnixNano | tonumber) < 40e9' | sort -u)" true "the wall clock is set: log records have the new time"
	set_clock -1000
	one_more metrics
	one_more metrics
	is "$(jq '[.. | objects | select(.startTimeUnixNano) | (.startTimeUnixNano | tonumber) <= (.timeUnixNano | tonumber)] | all' "$(newest metrics)")" true \
		"it is set back: no sum begins after it was taken"
	[ -z "${SOCKSTATE_VM:-}" ] || set_clock 955
	stop
	end "$server" "$receiver"
else
	skip 2 "the clock is not ours to set, and there is no compiler"
fi
ok "$([ ! -s "$got/faults" ]; echo $?)" "no request had a fault" || sort "$got/faults" | uniq -c | sort -rn | head -n 5 | sed 's/^/# /'

# ---- names and TLS, from within the sandbox ----

afresh
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/ca" -days 2 -subj /CN=collector.test \
	-addext subjectAltName=DNS:collector.test >/dev/null 2>&1
receive_bg "$work/ca" "$work/key"
"$rec" dns 53 >"$work/dns" 2>&1 </dev/null &
pids+=($!)
until_true grep -q serving "$work/dns"
echo 'nameserver 127.0.0.1' >"$work/resolv.conf"
named_bg() # command...; that name server alone
{
	: >"$work/err"
	# shellcheck disable=SC2016 # of the inner shell
	unshare -m sh -c 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"' - "$work/resolv.conf" "$@" 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true grep -q 'sending OTLP' "$work/err"
}
OTEL_EXPORTER_OTLP_ENDPOINT="https://collector.test:$there/" OTEL_EXPORTER_OTLP_CERTIFICATE=$work/ca \
	named_bg "$sockstate" export --netns self --otlp env --interval 1s
until_true there_are metrics 2
ok $? "a name by DNS, and TLS with a certificate of its own"
stop
is "$(cat "$work/err")" "sockstate: sending OTLP to https://collector.test:$there/" "nothing else was said"
named_bg "$sockstate" export --netns self --otlp "https://collector.test:$there" --interval 1s
until_true grep -q 'metrics are not taken: SSL' "$work/err"
ok $? "a certificate that nobody vouches for is refused"
stop
ok "$([ ! -s "$got/faults" ]; echo $?)" "no request had a fault"

# ---- what cannot work ----

fails() { "$sockstate" export --duration 1 "$@" 2>"$work/err" </dev/null; echo "$? $(head -n 1 "$work/err")"; }
is "$(fails --otlp file:///etc/passwd)" "2 sockstate: --otlp: 'file:///etc/passwd' is no URL: give http://HOST:4318 or https://HOST, or env" "another protocol"
is "$(fails --otlp env)" "1 sockstate: --otlp env: OTEL_EXPORTER_OTLP_ENDPOINT is not set" "no endpoint"
is "$(OTEL_EXPORTER_OTLP_HEADERS=secret fails --otlp http://127.0.0.1:1)" "1 sockstate: OTEL_EXPORTER_OTLP_HEADERS: not KEY=VALUE,KEY=VALUE" "no headers"
is "$(fails --otlp http://127.0.0.1:1 --otlp-header "a b=c")" "2 sockstate: --otlp-header: 'a b=c' is no NAME=VALUE of a header" "no header"
is "$(fails --otlp-logs)" "2 sockstate: --otlp-logs: only with --otlp" "logs to nowhere"
done_testing
