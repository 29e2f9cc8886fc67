# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Cases: each a function case_NAME in a network namespace of its own, all of them watched by one tracer
# (starting it takes seconds on an emulated machine). Sourced, then `run_cases NAME...` as the last line.
#
#	prepare_NAME	optional, runs before the tracer starts
#	case_NAME	does something, waits for the lines that tell of it, compares with a witness
#
# In a case: $port to $port + 3 are its own, `mine` prints the lines of its namespace, `wait_for` waits for some.
# `tests/live/FILE.t --only NAME` runs one; CASES_OPTIONS adds options to the tracer; KEEP keeps all files.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sockstate=${SOCKSTATE:-$root/sockstate}
lab=${SOCKSTATE_LAB:-$root/sockstate-lab}
at_once=${CASES_AT_ONCE:-4}
patience=${CASES_PATIENCE:-30} # seconds until a wait is given up
tracer_options=(--json --interval 1s)
verify=--verify

say_ok() { echo "ok - $1"; }

# ok NAME COMMAND...: it succeeds now
ok()
{
	local name=$1
	shift
	if "$@"; then say_ok "$name"; else complain "$name" "$*"; fi
}

complain() # name, diagnostics...
{
	echo "not ok - $1"
	shift
	printf '# %s\n' "$@"
	[ -z "${case-}" ] || [ -e "$dir/complained" ] || [ -n "${QUIET-}" ] || {
		: >"$dir/complained"
		mine 2>/dev/null | jq -r '[(.t_ns / 1e6 | floor), .type, .role, .old, .new, .state, .lport, .rport, .comm,
			(to_entries[] | select(.key | IN("reason", "drop_reason", "reset_reason", "segment", "count", "close_reason", "accepted", "what", "attempt", "dir",
			"accept_queue", "backlog", "syn_queue", "drops_total", "in_old_ns", "fastopen", "syncookie", "verdict")) |
			"\(.key)=\(.value)")] | map(. // "-" | tostring) | join(" ")' | grep -v ' listener listener ' | tail -n 30 | sed 's/^/#   /'
		for file in "$dir"/server "$dir"/client; do
			[ ! -s "$file" ] || tail -n 12 "$file" | sed "s|^|# ${file##*/}: |"
		done
	}
}

is() # got, want, name
{
	local got=${1//$'\n'/ | } want=${2//$'\n'/ | }
	if [ "$1" = "$2" ]; then say_ok "$3"; else complain "$3" "got:  ${got:0:800}" "want: ${want:0:800}"; fi
}

skip() { echo "ok - $1 # SKIP $2"; } # name, reason

# ---- waiting ----

becomes() # name, command...: it succeeds within a deadline
{
	local name=$1 end=$((SECONDS + patience))
	shift
	until "$@"; do
		if [ $SECONDS -ge $end ]; then complain "$name" "gave up waiting: $*"; return 1; fi
		sleep 0.05
	done
	say_ok "$name"
}

until_true() # command...; silent if it succeeds in time
{
	local end=$((SECONDS + patience))
	until "$@"; do
		if [ $SECONDS -ge $end ]; then complain "waiting" "gave up: $*"; return 1; fi
		sleep 0.05
	done
}

stopped() # pid: all of it. kill returns earlier, and a thread that still runs takes a connection
{
	! cat /proc/"$1"/task/*/status | grep '^State:' | grep -qv 'T (stopped)'
}

# ---- the stream ----

# Complete lines of this case's namespace.
mine() { [ ! -s "$out" ] || { [ -z "$(tail -c 1 "$out")" ] && cat "$out" || sed '$d' "$out"; } | grep -F "\"netns\":$ns," || true; }

# What tests ask of lines all the time.
words='
def st: select(.type == "state");
def of($type): select(.type == $type);
def server: select(.role == "server");
def client: select(.role == "client");
def to($old; $new): select(.type == "state" and .old == $old and .new == $new);
def path: map(st) | sort_by(.t_ns) | (map(.old)[0:1] + map(.new)) | join(" ");
'

# ask FILTER [OPTION...]: jq over this case's lines as one array
ask()
{
	local filter=$1
	shift
	mine | jq -rsc "$@" "$words $filter"
}

# lines FILTER: how many of this case's lines it lets through
lines() { ask "[.[] | $1] | length"; }

enough() { [ "$(lines "$2")" -ge "$1" ]; }

# wait_for [N] FILTER: until N lines (1) pass it
wait_for()
{
	local n=1
	[ $# -eq 1 ] || { n=$1; shift; }
	until_true enough "$n" "$1"
}

# fact NAME: exact, derived or absent in this run
fact() { [ "$(jq -r --arg f "$1" 'select(.type == "meta") | .facts[$f].is' <(head -n 1 "$out"))" = "$2" ]; }
knows() { ! fact "$1" absent; }

# ---- the tracer ----

# A sandbox may exempt its own agent, process 1, from BPF: transitions in a softirq that interrupts it are hidden from
# every BPF program (docs/explain/verify.md). ftrace sees them, and is the witness. An instance of its own; only
# what ran in that process: transitions, and segments sent again.
witness_begin()
{
	[ -z "${SOCKSTATE_VM-}" ] && [ -n "$verify" ] || return 0
	witness=
	# A directory of its own: a case may have a tracer beside the file's.
	mkdir -p "$work/tracefs.$$" && mount -t tracefs none "$work/tracefs.$$" 2>/dev/null || return 0
	witness=$work/tracefs.$$/instances/sockstate.$$
	if ! mkdir "$witness" 2>/dev/null; then
		umount "$work/tracefs.$$"
		witness=
		return 0
	fi
	(cd /proc/1/task && echo ./*) | tr -d './' >"$witness/set_event_pid"
	echo 1 >"$witness/options/event-fork"
	echo 1 >"$witness/events/sock/inet_sock_set_state/enable"
	echo 1 >"$witness/events/tcp/tcp_retransmit_skb/enable"
	echo "$witness" >"$work/witness.$$"
}
# The ports of both ends of each such transition: [[local, remote], ...]
hidden_transitions()
{
	[ -z "${witness-}" ] || sed -n 's/.* inet_sock_set_state: .* sport=\([0-9]*\) dport=\([0-9]*\) .*/[\1,\2]/p' "$witness/trace" | sort -u
}
# The local ports of clients of $port whose SYN was sent again unseen; of this case's tracer, or of the file's.
hidden_syns()
{
	cat "$work"/witness.* 2>/dev/null | while read -r instance; do
		sed -n "s/.* tcp_retransmit_skb: .* sport=\([0-9]*\) dport=$port .* state=TCP_SYN_SENT.*/\1/p" "$instance/trace"
	done | sort -u
}
# How many such SYNs there were. Two tracers have two witnesses of the same.
hidden_syn_count()
{
	cat "$work"/witness.* 2>/dev/null | while read -r instance; do
		grep -c " tcp_retransmit_skb: .* dport=$port .* state=TCP_SYN_SENT" "$instance/trace"
	done | sort -n | awk '{ most = $1 } END { print most + 0 }'
}
witness_end()
{
	[ -n "${witness-}" ] || return 0
	rm "$work/witness.$$"
	echo 0 >"$witness/events/enable"
	rmdir "$witness"
	umount "$work/tracefs.$$"
	witness=
}

# start_tracer FILE OPTION...: runs until stop_tracer; $out is FILE from now on
start_tracer()
{
	out=$1
	shift
	witness_begin
	# shellcheck disable=SC2086 # words
	"$sockstate" "${tracer_options[@]}" $verify ${CASES_OPTIONS-} "$@" >"$out" 2>"$out.err" </dev/null &
	tracer_pid=$!
	pids+=("$tracer_pid")
	# A second one beside the file's takes minutes on an emulated machine that shares its processors.
	local limit=60
	[ -z "${SOCKSTATE_VM:-}" ] || limit=300
	local end=$((SECONDS + limit))
	until [ "$(head -c 14 "$out" 2>/dev/null)" = '{"type":"meta"' ] && [ "$(wc -l <"$out")" -ge 1 ]; do
		if ! kill -0 "$tracer_pid" 2>/dev/null || [ $SECONDS -ge $end ]; then
			complain 'the tracer starts' "$(cat "$out.err")"
			return 1
		fi
		sleep 0.05
	done
}

keeps_to_schema()
{
	if ! command -v python3 >/dev/null; then
		skip 'every line keeps to the schema' 'python3 is not installed'
	else
		is "$(SOCKSTATE=$sockstate "$root/tests/conforms" "$out" 2>&1)" '' 'every line keeps to the schema'
	fi
}

# What holds for every stream, whatever the case.
stop_tracer()
{
	local status=0 hidden explained
	kill -INT "$tracer_pid"
	wait "$tracer_pid" || status=$?
	hidden=$(hidden_transitions | jq -sc .)
	witness_end
	# In one go: it may be long.
	jq -nc 'reduce inputs as $l ({n: 0, t: 0, gap: 0, disorder: 0, blank: 0, lost: [], differences: []};
		.gap += (if $l.seq == .n then 0 else 1 end) | .n += 1
		| if $l.late then . else .disorder += (if $l.t_ns < .t then 1 else 0 end) | .t = $l.t_ns end
		| .blank += ([$l | to_entries[] | select(.value == "" or .value == -1)] | length)
		| if $l.type == "lost" then .lost += [$l | [.lost_at, .count]] else . end
		| if $l.type == "verify" then .differences += [$l | [.netns, .lport, .rport, .difference]] else . end)
		| if .lost != [] then .differences |= map(select(.[3] | test("^(a transition is missing|corrected after a loss):") | not)) else . end' "$out" >"$out.all"
	explained=$(jq -c --argjson hidden "${hidden:-[]}" '.differences | map(select(.[1:3] | IN($hidden[])))' "$out.all")
	if [ "$explained" != '[]' ]; then
		echo "# ftrace saw these transitions in process 1, where this kernel runs no BPF program: $explained"
		jq -c --argjson explained "$explained" '.differences -= $explained' "$out.all" >"$out.left" && mv "$out.left" "$out.all"
		# That it found nothing else is what its status would have said.
		[ "$status $(jq -c .differences "$out.all")" != '3 []' ] || status=0
	fi
	is "$status" 0 'the tracer ends cleanly'
	keeps_to_schema
	is "$(tail -n 1 "$out" | jq -r .type)" summary 'summary is the last line'
	# A loss is named once, by a place that a line has, too; at the end comes the advice of the summary.
	is "$(jq -r --arg said "$(sed '/ yet; waiting$/d; s/^sockstate: facts are being lost (\([a-z]*\)): .*/\1/' "$out.err" |
		grep -vxF "sockstate: $(tail -n 1 "$out" | jq -r '.advice // empty')")" \
		'if [.lost[][0]] | index($said) then "" else $said end' "$out.all")" '' 'and silently, but for a loss, or a listener that is not there yet'
	# A loss leaves transitions out, and they are told to be missing: each ring begins to lose at another moment. A look at
	# the tables after it corrects what is held, and says so.
	is "$(jq -c .differences "$out.all")" '[]' 'no difference from the kernel'"'"'s tables, no illegal transition'
	is "$(jq .gap "$out.all")" 0 'seq has no gap'
	is "$(jq .disorder "$out.all")" 0 'lines stand in the order of their time'
	is "$(jq .blank "$out.all")" 0 'nothing unknown is told as "" or -1'
	[ -n "${may_lose-}" ] || is "$(jq -c .lost "$out.all")" '[]' 'nothing is lost'
}

# ---- witnesses ----

counter() { nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'; }
counted() { [ "$(counter "$1")" -ge "$2" ]; }
queue() { [ "$(ss -tlnH "sport = :${2-$port}" | awk '{ print $2, $3 }')" = "$1" ]; }
sockets() { ss -tanH state "$1" "( sport = :$port or dport = :$port )" | wc -l; }
in_state() { [ "$(sockets "$1")" -eq "$2" ]; }
# The listener's own counter of refusals
sk_drops() { ss -tlnmH "sport = :${1-$port}" | sed -n 's/.*skmem:(.*,d\([0-9]*\)).*/\1/p'; }
cookie_of() { ss -tlneH "sport = :${1-$port}" | sed -n 's/.* sk:\([0-9a-f]*\).*/\1/p' | while read -r hex; do echo $((16#$hex)); done; }

# sniff FILTER: tcpdump from now on, in $dir/wire
sniff()
{
	# Without -s, a packet takes 256 KiB of the ring, which holds eight then.
	tcpdump -i any -n -S -tt --immediate-mode -l -s 256 "$@" >"$dir/wire" 2>"$dir/wire.err" &
	sniffer=$!
	pids+=("$sniffer")
	until_true grep -qs "listening on" "$dir/wire.err"
}

sniffed_all()
{
	kill -INT "$sniffer"
	wait "$sniffer"
	is "$(grep 'dropped by kernel' "$dir/wire.err")" '0 packets dropped by kernel' 'tcpdump lost no packet'
}

# On "any", what passes over lo is printed as it leaves and as it comes: only one of them counts.
wire() { grep -E ' (Out|P) ' "$dir/wire" | grep -cE -- "$1"; }
wire_in() { grep -E ' In ' "$dir/wire" | grep -cE -- "$1"; }

# ---- the lab ----

server()
{
	: >"$dir/server"
	rm -f "$dir/ready" && mkfifo "$dir/ready"
	"$lab" server --port "$port" --duration 400 --ready-fd 7 "$@" >"$dir/server" 2>&1 7>"$dir/ready" </dev/null &
	server_pid=$!
	pids+=("$server_pid")
	read -r _ <"$dir/ready"
}

stop_server() { kill -TERM "$server_pid"; wait "$server_pid"; server_pid=; }
client() { "$lab" client --port "$port" --duration 400 "$@" >"$dir/client" 2>&1 </dev/null; }

# The client's standard input is a FIFO that `tell` writes a line to (step wait-input).
client_bg()
{
	: >"$dir/client"
	[ -p "$dir/input" ] || mkfifo "$dir/input"
	exec 8<>"$dir/input"
	"$lab" client --port "$port" --duration 400 "$@" >"$dir/client" 2>&1 <&8 &
	client_pid=$!
	pids+=("$client_pid")
}
tell() { echo >&8; }
stop_client() { kill -TERM "$client_pid" 2>/dev/null; wait "$client_pid"; client_pid=; }
server_said() { grep -q -- "$1" "$dir/server"; }
client_said() { grep -q -- "$1" "$dir/client"; }
# A virtual machine of ours may load the module; the host stays as it is.
has_tun()
{
	[ -c /dev/net/tun ] || { [ -n "${SOCKSTATE_VM-}" ] && modprobe -q tun; }
	[ -w /dev/net/tun ]
}

# Another host, 10.77.0.2, beside us, 10.77.0.1: `far COMMAND...` runs there. It tells nobody its link address until far_answers.
make_far()
{
	local ends=("here$BASHPID" "there$BASHPID")
	[ -z "${SOCKSTATE_VM-}" ] || modprobe -q veth
	ip link add "${ends[0]}" type veth peer name "${ends[1]}" 2>/dev/null || return
	here=${ends[0]}
	address_there=$(link_address "${ends[1]}")
	unshare -n sleep 400 &
	far_pid=$!
	pids+=("$far_pid")
	until_true lives_elsewhere "$far_pid"
	ip link set "${ends[1]}" netns "$far_pid"
	sysctl -qw "net.ipv4.neigh.$here.mcast_solicit=${1:-300}" # seconds until it is given up
	ip addr add 10.77.0.1/24 dev "$here"
	ip link set "$here" up
	far ip addr add 10.77.0.2/24 dev "${ends[1]}"
	far sysctl -qw net.ipv4.conf.all.arp_ignore=8
	far ip link set "${ends[1]}" up
	far ip neigh add 10.77.0.1 lladdr "$(link_address "$here")" dev "${ends[1]}" nud permanent
}
far() { nsenter --net="/proc/$far_pid/ns/net" "$@"; }
# In the background; its pid is $far_job. (`far COMMAND &` would be a shell that waits for it.)
far_bg()
{
	nsenter --net="/proc/$far_pid/ns/net" "$@" &
	far_job=$!
	pids+=("$far_job")
}
far_answers() { ip neigh replace 10.77.0.2 lladdr "$address_there" dev "$here" nud permanent; }
far_is_silent() { ip neigh del 10.77.0.2 dev "$here"; }
far_is_cut_off() { ip link set "$here" down; }
link_address() { ip -o link show dev "$1" | sed 's/.* link\/ether \([^ ]*\) .*/\1/'; }
lives_elsewhere() { [ "$(stat -Lc %i "/proc/$1/ns/net")" != "$ns" ]; }

# Nobody waits 40 ms before it acknowledges, and no tail loss probe is sent. Such a timer runs in whichever process it
# interrupts, and a kernel may exempt one from BPF: docs/explain/verify.md.
no_timers()
{
	local kind to rest
	while read -r kind to rest; do
		# shellcheck disable=SC2086 # words
		[ "$kind" != local ] || ip route change local "$to" $rest table local quickack 1
	done < <(ip route show table local)
	sysctl -qw net.ipv4.tcp_early_retrans=0
}

# ---- running them ----

end_all()
{
	local pid
	for pid in "${pids[@]}"; do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	witness_end
	[ "$1" = case ] || [ -n "${KEEP-}" ] || rm -rf "$work"
}

inside() # name, number
{
	case=$1
	work=$CASES_WORK out=$CASES_WORK/stream dir=$CASES_WORK/$1
	port=$((CASES_PORT + 4 * $2))
	ns=$(stat -Lc %i /proc/self/ns/net)
	pids=()
	trap 'end_all case' EXIT
	mkdir -p "$dir"
	ip link set lo up
	# A case that wants a request to expire says so; the others may be slow.
	sysctl -qw net.ipv4.tcp_synack_retries=10
	if declare -F "prepare_$case" >/dev/null; then "prepare_$case"; fi
	touch "$dir/prepared"
	until [ -e "$dir/go" ]; do sleep 0.05; done
	"case_$case"
	echo "1..done"
}

running() { jobs -rp | wc -l; }

# The results of one case, numbered on.
report() # name
{
	local line ended=
	while IFS= read -r line; do
		case $line in
		'ok - '*)	tests=$((tests + 1)); echo "ok $tests - $1: ${line#ok - }" ;;
		'not ok - '*)	tests=$((tests + 1)); failed=$((failed + 1)); echo "not ok $tests - $1: ${line#not ok - }" ;;
		'1..done')	ended=yes ;;
		*)		echo "# ${line#\# }" ;;
		esac
	done <"$2"
	if [ -z "$ended" ]; then
		tests=$((tests + 1)) failed=$((failed + 1))
		echo "not ok $tests - $1: came to its end"
	fi
}

skip_all() { echo "1..0 # SKIP $1"; exit 0; }

run_cases()
{
	local name i=0 own own_pids=() end
	if [ "${CASES_INSIDE-}" = yes ]; then inside "$only" "$only_number"; exit; fi
	[ -z "$only" ] || set -- "$only"
	[ -x "$sockstate" ] && [ -x "$lab" ] || skip_all 'not built'
	[ "$(id -u)" = 0 ] || skip_all 'needs root'
	for name in ss nstat ip unshare jq tcpdump; do
		command -v $name >/dev/null || skip_all "no $name"
	done
	"$sockstate" doctor --quiet 2>/dev/null || skip_all 'tracing is not possible here: sockstate doctor tells why'
	tests=0 failed=0 pids=()
	work=$(mktemp -d)
	trap 'end_all file' EXIT
	dir=$work
	export CASES_WORK=$work CASES_PORT=$((2000 + $$ % 60 * 100)) CASES_INSIDE=yes
	for name in "$@"; do
		unshare -n bash "$0" --case "$name" $i >"$work/$name.tap" 2>&1 </dev/null &
		i=$((i + 1))
		own_pids+=($!)
	done
	pids=("${own_pids[@]}")
	for name in "$@"; do
		end=$((SECONDS + 60))
		until [ -e "$work/$name/prepared" ] || [ $SECONDS -ge $end ]; do sleep 0.05; done
	done
	if start_tracer "$work/stream" --port "$CASES_PORT-$((CASES_PORT + 99))" "${file_options[@]}"; then
		i=0
		for name in "$@"; do
			touch "$work/$name/go"
			# No more than a few at once.
			until
				own=0
				for ((j = 0; j <= i; j++)); do
					if kill -0 "${own_pids[j]}" 2>/dev/null; then own=$((own + 1)); fi
				done
				[ "$own" -lt "$at_once" ]
			do sleep 0.1; done
			i=$((i + 1))
		done
		wait "${own_pids[@]}"
		for name in "$@"; do report "$name" "$work/$name.tap"; done
		stop_tracer >"$work/stream.tap"
		echo '1..done' >>"$work/stream.tap"
		report stream "$work/stream.tap"
	else
		tests=1 failed=1
	fi
	echo "1..$tests"
	[ -z "${KEEP-}" ] || echo "# files: $work"
	[ "$failed" = 0 ]
}

file_options=()
only= only_number=0
case ${1-} in
--case|--only) only=$2 only_number=${3-0} ;;
esac
