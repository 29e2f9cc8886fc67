# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What the live tests share. Sourced; goes on in a network namespace of its own, with lo up.
#
#	. "$(dirname "$0")/live.sh"
#	trace --port "$port"            # the tracer runs, and has taken stock
#	serve --reply 18                # the lab's server, narrating to $work/server
#	call --read                     # the lab's client, to its end
#	comes 1 '.type == "close"'      # waits until that many such lines have come
#	stop_trace                      # SIGINT; the last line must be the summary
#	is "$(q '...')" "$witness" name # a filter over the array of our lines
#	done_testing
#
# launch alone sees every namespace of the machine, so only lines of our own count: `mine`.

set -u
shopt -s extglob
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sockstate=${SOCKSTATE:-$root/sockstate}
lab=${SOCKSTATE_LAB:-$root/sockstate-lab}
# Nothing here waits that long; an emulated machine that shares its processors may.
patience=${SOCKSTATE_VM:+150}
patience=${patience:-30}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

for need in "$sockstate" "$lab"; do
	[ -x "$need" ] || skip_all "$need is not built"
done
for need in jq ss ip unshare tcpdump nstat setpriv ${needs:-}; do
	command -v "$need" >/dev/null || skip_all "$need is not installed"
done
[ "$(id -u)" = 0 ] || skip_all "needs root"
if [ "${LIVE_INSIDE:-}" != yes ]; then
	LIVE_INSIDE=yes exec unshare -n bash "$0" "$@"
fi
ip link set lo up || skip_all "cannot bring lo up"

ns=$(stat -Lc %i /proc/self/ns/net)
work=$(mktemp -d)
chmod 755 "$work"
port=$((10000 + RANDOM % 20000))
out=
tracer=
far_pid=
traces=0
pids=()
tests=0
failed=0

finish()
{
	local pid
	for pid in "${pids[@]}"; do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

# ---- TAP ----

diagnose()
{
	[ "$failed" = 1 ] || return # once is enough to read
	[ ! -s "$work/err" ] || sed 's/^/# tracer: /' "$work/err" | head -n 5
	[ -z "$out" ] ||
		jq -c --argjson ns "$ns" 'select(.type != "meta" and (.netns == null or .netns == $ns)) | del(.ts, .netns, .family)' "$out" 2>/dev/null |
		sed 's/^/# line: /' | tail -n 60 | cut -c 1-600
	[ ! -s "$work/wire" ] || tail -n 30 "$work/wire" | sed 's/^/# wire: /'
}

ok() # 0 or not, name
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
		return 0
	fi
	failed=$((failed + 1))
	echo "not ok $tests - $2"
	diagnose
	return 1
}

is() # got, want, name
{
	if [ "$1" = "$2" ] && [ -n "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		# Of two long texts only the lines that differ.
		diff --old-line-format='# got:  %L' --new-line-format='# want: %L' --unchanged-line-format= \
			<(printf '%s\n' "$1") <(printf '%s\n' "$2") | head -n 40
	fi
}

# a <= b <= c ..., integers
ordered() # name, numbers...
{
	local name=$1 before=$2 number
	shift 2
	for number; do
		if ! [ "$before" -le "$number" ] 2>/dev/null; then
			ok 1 "$name"
			echo "# not in order: '$before' <= '$number'"
			return
		fi
		before=$number
	done
	ok 0 "$name"
}

skip() # how many, reason
{
	local i
	for ((i = 0; i < $1; i++)); do
		tests=$((tests + 1))
		echo "ok $tests # SKIP $2"
	done
}

# Every line that a tracer of this test printed.
keeps_to_schema()
{
	local wrong
	[ $traces != 0 ] || return
	if ! command -v python3 >/dev/null; then
		skip 1 "every line keeps to the schema: python3 is not installed"
		return
	fi
	wrong=$(SOCKSTATE=$sockstate "$root/tests/conforms" "$work"/lines.* 2>&1)
	# shellcheck disable=SC2001 # each line
	ok $? "every line keeps to the schema" || sed 's/^/# /' <<<"$wrong"
}

done_testing()
{
	keeps_to_schema
	echo "1..$tests"
	[ "$failed" = 0 ]
	exit
}

# ---- waiting: with what the shell has built in, for starting a program takes long in an emulated machine ----

# Nothing ever comes through it.
exec {never}<> <(:)

until_true() # command...
{
	local end=$((SECONDS + patience))
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			echo "# gave up waiting: $*"
			return 1
		fi
		read -rt 0.03 -u "$never" || true # the time is over
	done
}

# Another network namespace, which lives as long as the process $far_pid: `far COMMAND...` runs there.
another_netns()
{
	unshare -n sleep 1000 &
	far_pid=$!
	pids+=("$far_pid")
	until_true lives_elsewhere "$far_pid"
}

lives_elsewhere() # pid
{
	[ "$(stat -Lc %i "/proc/$1/ns/net")" != "$ns" ]
}

far()
{
	nsenter --net="/proc/$far_pid/ns/net" "$@"
}

gone() # pid
{
	! kill -0 "$1" 2>/dev/null
}

# Sets found to the last, first_found to the first such line.
has_line() # file, extended regular expression[, how many]
{
	local lines line count=0
	mapfile -t lines 2>/dev/null <"$1"
	first_found='' found=''
	for line in "${lines[@]}"; do
		[[ $line =~ $2 ]] || continue
		# shellcheck disable=SC2034 # for the caller
		found=$line
		first_found=${first_found:-$line}
		count=$((count + 1))
	done
	[ $count -ge "${3:-1}" ]
}

# All threads asleep: together with its last word, the call in which it is blocked.
stopped() # pid: all of it
{
	! cat /proc/"$1"/task/*/status | grep '^State:' | grep -qv 'T (stopped)'
}

asleep() # pid
{
	local task key state
	for task in /proc/"$1"/task/*/status; do
		state=
		while read -r key state _; do
			[ "$key" = State: ] && break
		done 2>/dev/null <"$task" # it may have ended
		[ "$state" = S ] || return 1
	done
}

in_state() # state, how many, ss filter...
{
	local state=$1 number=$2 rows
	shift 2
	mapfile -t rows < <(ss -Htan state "$state" "$@")
	[ ${#rows[@]} -eq "$number" ]
}

# ---- the tracer ----

# Rights are dropped when the hooks are attached and what exists has been listed: the kernel tells. (An ordinary user has
# none before exec() gives it those of the file, either; but then it may still gain some.)
harmless() # pid
{
	local key value without=
	while read -r key value; do
		[ "$key" = CapEff: ] && [ "$value" = 0000000000000000 ] && without=yes
		[ "$key" = NoNewPrivs: ] && [ "$value" = 1 ] && [ -n "$without" ] && return 0
	done 2>/dev/null <"/proc/$1/status"
	return 1
}

harmless_or_gone()
{
	harmless "$1" || gone "$1"
}

launch() # options...; lines go to $out, messages to $work/err, pid in $tracer
{
	traces=$((traces + 1))
	out=$work/lines.$traces
	"$sockstate" --json "$@" >"$out" 2>>"$work/err" </dev/null &
	tracer=$!
	pids+=("$tracer")
}

can_trace()
{
	"$sockstate" doctor --quiet >/dev/null 2>&1
}

ready() # [pid]
{
	until_true harmless_or_gone "${1:-$tracer}" || ok 1 "the tracer gets ready"
	if gone "${1:-$tracer}"; then
		# Where other traces start, it is this one that fails: --summary has programs of its own.
		[ $tests != 0 ] || [ -n "${SOCKSTATE_VM:-}" ] || can_trace ||
			skip_all "tracing is not possible here: $(head -n 1 "$work/err")"
		ok 1 "the tracer starts"
		done_testing
	fi
}

trace() # options...; of this namespace only
{
	launch --netns self "$@"
	ready
}

filters='
def mine: .netns == null or .netns == $ns;
def server: .role == "server";
def client: .role == "client";
def to($new): .type == "state" and .new == $new;
def begin: to("SYN_RECV") and server;
def established: to("ESTABLISHED") and server;
def sum: add // 0;
'

# Lines of ours that have these pieces, in $out so far.
came() # how many, patterns...
{
	local want=$1 lines line pattern
	shift
	mapfile -t lines <"$out"
	coming=0
	for line in "${lines[@]}"; do
		# shellcheck disable=SC1083 # the end of an object, or another member
		[[ $line != *'"netns":'* || $line == *"\"netns\":$ns"[,}]* ]] || continue
		for pattern; do
			# shellcheck disable=SC2053 # they are patterns
			[[ $line == $pattern ]] || continue 2
		done
		coming=$((coming + 1))
	done
	[ $coming -ge "$want" ]
}

# Waits until the tracer has written that many lines of ours: terms of jq, joined by " and ".
#	.key == value   .key ^ "prefix   server   client   (server | not)   begin   established   to("STATE")
comes() # how many, filter
{
	local rest="$2 and " term key patterns=()
	while [ -n "$rest" ]; do
		term=${rest%% and *}
		rest=${rest#* and }
		case $term in
		server | client)	patterns+=("*\"role\":\"$term\"*") ;;
		'(server | not)')	patterns+=('!(*"role":"server"*)') ;;
		begin)			patterns+=('*"new":"SYN_RECV"*"role":"server"*') ;;
		established)		patterns+=('*"new":"ESTABLISHED"*"role":"server"*') ;;
		'to('*)			term=${term#to(}
					patterns+=("*\"type\":\"state\"*\"new\":${term%)}*") ;;
		.*' == '*)		key=${term%% == *}
					patterns+=("*\"${key:1}\":${term#* == }[,}]*") ;;
		.*' ^ "'*)		key=${term%% ^ *}
					patterns+=("*\"${key:1}\":${term#* ^ }*") ;;
		*)			ok 1 "comes: $term?"; return 1 ;;
		esac
	done
	until_true came "$1" "${patterns[@]}" >/dev/null && return
	echo "# waited for $1 lines, came $coming: $2"
	return 1
}

# A filter over the array of our lines: compact, strings raw.
q() # filter, jq options...
{
	local filter=$1
	shift
	jq -crs --argjson ns "$ns" "$@" "$filters"' map(select(mine)) | '"$filter" "$out"
}

# One jq for many checks: starting a program takes long in an emulated machine. The last word is a program over the
# array of our lines that yields is(name; got; want), ordered(name; numbers), holds(name; boolean).
judge() # jq options..., program
{
	local verdict name detail
	while IFS=$'\t' read -r verdict name detail; do
		[ "$verdict" = true ]
		ok $? "$name" || echo "# $detail"
	done < <(
		jq -rs --argjson ns "$ns" "${@:1:$#-1}" "$filters"'
			def is($name; $got; $want): "\($got == $want)\t\($name)\tgot \($got | tojson), want \($want | tojson)";
			def ordered($name; $list): "\($list == ($list | sort) and all($list[]; type == "number"))\t\($name)\tnot in order: \($list | tojson)";
			def holds($name; $true): "\($true == true)\t\($name)\t\($true | tojson)";
			map(select(mine)) | '"${*: -1}" "$out" 2>"$work/jq" || printf 'false\tthe checks run\t%s\n' "$(head -n 1 "$work/jq")"
	)
}

stop_trace() # [signal]
{
	local status
	kill -"${1:-INT}" "$tracer"
	wait "$tracer"
	status=$?
	is "$status $(tail -n 1 "$out" | grep -o '"type":"[a-z]*"')" '0 "type":"summary"' "SIG${1:-INT}: a clean end, and the summary is last"
}

# ---- witnesses and actors ----

# The wall clock minus CLOCK_MONOTONIC, measured without the tracer.
wall_minus_monotonic()
{
	perl -MTime::HiRes=clock_gettime,CLOCK_REALTIME,CLOCK_MONOTONIC -e '
		my ($best, $offset) = (1);
		for (1 .. 50) {
			my ($a, $w, $b) = (clock_gettime(CLOCK_MONOTONIC), clock_gettime(CLOCK_REALTIME), clock_gettime(CLOCK_MONOTONIC));
			($best, $offset) = ($b - $a, $w - ($a + $b) / 2) if $b - $a < $best;
		}
		printf "%.0f\n", $offset * 1e9;'
}

capture() # tcpdump words...; absolute sequence numbers, wall clock, to $work/wire
{
	# Without -s, a packet takes 256 KiB of the ring, which holds eight then: an emulated machine lost one in two.
	tcpdump -n -S -tt --time-stamp-precision=nano --immediate-mode -l -s 256 "$@" >"$work/wire" 2>"$work/wire.err" </dev/null &
	wire=$!
	pids+=("$wire")
	until_true has_line "$work/wire.err" 'listening on' || ok 1 "tcpdump captures: $(cat "$work/wire.err")"
}

captured_all()
{
	kill -INT "$wire"
	wait "$wire"
	is "$(grep -c '^0 packets dropped by kernel' "$work/wire.err")" 1 "tcpdump lost no packet" ||
		sed 's/^/# /' "$work/wire.err"
}

# Sets time_[what] (wall clock, ns), seq_, ack_ of the first packet from one end to the other with these flags.
packet() # what, from, to, flags as tcpdump prints them[, words it must have]
{
	local line flags=$4 pattern
	[[ $flags == *+ ]] || flags=${flags//./\\.}
	pattern=" ${2//./\\.} > ${3//./\\.}: Flags \\[$flags\\].*${5:-}"
	until_true has_line "$work/wire" "$pattern"
	line=$first_found
	[[ $line =~ ^([0-9]+)\.([0-9]+)\  ]]
	printf -v "time_$1" %s "${BASH_REMATCH[1]-}${BASH_REMATCH[2]-}"
	[[ $line =~ \ seq\ ([0-9]+) ]]
	printf -v "seq_$1" %s "${BASH_REMATCH[1]-}"
	[[ $line =~ \ ack\ ([0-9]+) ]]
	printf -v "ack_$1" %s "${BASH_REMATCH[1]-}"
}

serve() # server options...; pid in $server
{
	rm -f "$work/ready" && mkfifo "$work/ready"
	: >"$work/server"
	"$lab" server --port "$port" --stamps ns --duration 500 --ready-fd 7 "$@" >"$work/server" 2>&1 7>"$work/ready" </dev/null &
	server=$!
	pids+=("$server")
	read -r _ <"$work/ready" || ok 1 "the lab serves: $(tail -n 1 "$work/server")"
}

# Of two final ACKs at the same time on two CPUs both may find room for one: on_one_cpu=$one_cpu call ...
# shellcheck disable=SC2034 # for the tests
one_cpu="taskset -c $(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)"
call() # client options...
{
	# shellcheck disable=SC2086 # words
	${on_one_cpu-} "$lab" client --port "$port" --stamps ns "$@" >"$work/client" 2>&1 </dev/null
}

call_bg() # client options...; pid in $client
{
	: >"$work/client"
	# shellcheck disable=SC2086 # words
	${on_one_cpu-} "$lab" client --port "$port" --stamps ns "$@" >"$work/client" 2>&1 </dev/null &
	client=$!
	pids+=("$client")
}

end() # pid...; SIGTERM, and waits
{
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
}

# The time (monotonic, ns) of the first such line of the lab.
stamp() # variable, file, extended regular expression
{
	has_line "$2" "$3" && [[ $first_found =~ ^\ *([0-9]+) ]] && printf -v "$1" %s "${BASH_REMATCH[1]}"
}

# The TUN peer needs its module; in a machine of our own we may load it.
have_tun()
{
	[ -c /dev/net/tun ] || { [ -n "${SOCKSTATE_VM:-}" ] && modprobe -q tun; }
	[ -c /dev/net/tun ]
}

# The cookie of the one socket that ss finds, in decimal.
ss_cookie() # ss words...
{
	local hex
	hex=$(ss -Htane "$@" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p')
	[[ $hex =~ ^[0-9a-f]+$ ]] && echo $((16#$hex))
}
