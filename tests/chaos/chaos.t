#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Everything that goes wrong on a server that is in trouble. In each case what is missing is told, what the tracker holds
# is what the kernel has (--verify), and memory stays within its bound. `make chaos` runs it at full size (CHAOS=long);
# without that it is a short form, without the flood.
# shellcheck source-path=SCRIPTDIR/../live source=live.sh
# shellcheck disable=SC2030,SC2031 # out is changed in a subshell, and only there
[ -n "${CHAOS_PLACE-}" ] || CHAOS_PLACE=1 exec unshare --mount --propagation private bash "$0" "$@"
needs="perl nsenter"
. "$(dirname "$0")/../live/live.sh"
# shellcheck source-path=SCRIPTDIR/../live source=pressure.sh
. "$(dirname "$0")/../live/pressure.sh"
# shellcheck source-path=SCRIPTDIR/../live source=ftrace.sh
. "$(dirname "$0")/../live/ftrace.sh"
release()
{
	ftrace_gone
	finish
	groups_gone
}
trap release EXIT

long=
[ "${CHAOS-}" != long ] || long=1
[ -z "$long" ] || patience=300
size() { [ -n "$long" ] && echo "$2" || echo "$1"; } # short, long
# The rings (8 MiB, if --ring-size does not say otherwise), 16 MiB for the program and its tables of names, and 1 KiB for
# each socket that is held.
bound_kb() { echo $((${2:-8192} + 16384 + $1)); }

within() # name, sockets held, KiB of rings
{
	local peak bound
	peak=$(awk '/^VmHWM:/ { print $2 }' "/proc/$tracer/status")
	bound=$(bound_kb "$2" "${3-}")
	[ "${peak:-0}" -gt 0 ] && [ "$peak" -le "$bound" ]
	ok $? "$1: memory stays within $bound KiB" || echo "# $peak KiB"
	echo "# $1: $peak KiB of $bound"
}

# Ends the tracer, and judges what it wrote, with two witnesses. The clients know how many connections there were ($made):
# each has two ends here that reach ESTABLISHED; what is on no line is counted as lost, and nothing is told twice. ftrace
# knows which transitions are hidden from all BPF programs (ftrace.sh): so many may be missing without a loss.
sound() # name
{
	local status=0 facts told lost missing gaps drift hidden
	kill -INT "$tracer"
	wait "$tracer" || status=$?
	hidden=$(ftrace_hidden)
	facts=$(jq -sc '
		def verify: .type == "verify";
		def gap: verify and (.difference | startswith("a transition is missing"));
		def corrected: verify and (.difference | startswith("corrected after a loss"));
		{
		last: last.type,
		told: (last.lost // 0),
		lost: (map(select(.type == "lost") | .count) | add // 0),
		gaps: (map(select(gap)) | length),
		drift: (map(select(verify and (gap or corrected | not)) | .difference)
			| group_by(.) | map({(.[0]): length}) | add // {}),
		order: ((map(.type == "lost") | index(true)) as $l
			| (map(corrected) | index(true)) as $c | $c == null or ($l != null and $l < $c)),
		established: (map(select(.type == "state" and .new == "ESTABLISHED")) | length),
		seq: ([.[].seq] == [range(0; length)])}' "$out")
	is "$(jq -c '[.last, .seq]' <<<"$facts")" '["summary",true]' "$1: a summary, and every line"
	told=$(jq .told <<<"$facts") lost=$(jq .lost <<<"$facts") gaps=$(jq .gaps <<<"$facts")
	drift=$(jq '.drift | add // 0' <<<"$facts")
	is "$told" "$lost" "$1: the LOST lines add up to the summary's total"
	[ "$hidden" = 0 ] || echo "# $1: $hidden transitions hidden from BPF"
	[ "$drift" -le "$hidden" ] && [ "$gaps" -le $((lost + hidden)) ]
	ok $? "$1: the tracker has what the kernel has" ||
		echo "# $gaps gaps, $lost lost, $hidden hidden, drift: $(jq -c .drift <<<"$facts")"
	# A gap, and what is corrected after a loss, are none.
	is "$status" "$((drift > 0 ? 3 : 0))" "$1: the exit code says whether the comparison found a difference" ||
		echo "# $gaps gaps, $drift differences, $lost lost"
	is "$(jq .order <<<"$facts")" true "$1: LOST stands before what is corrected because of it"
	[ "$made" != 0 ] || return
	missing=$((2 * made - $(jq .established <<<"$facts")))
	[ "$missing" -ge 0 ] && [ "$missing" -le $((lost + hidden)) ]
	ok $? "$1: of all connections that the clients made, what is on no line is counted" ||
		echo "# $made made, $missing ends of them not told, $lost lost, $hidden hidden"
	made=0
}
lost_something() { grep -q '"type":"lost"' "$out"; }
# It tells of a client that comes now. While it catches up, that may be lost too: then of the next.
reads_again() # name
{
	local i
	for ((i = 100; i < 200; i++)); do
		"$lab" client --quiet --port "$port" --bind-port "$i" --duration 60 >"$work/tally" 2>&1 </dev/null
		connections_made "$work/tally"
		patience=3 until_true has_closed "$i" >/dev/null && break
	done
	has_closed "$i"
	ok $? "$1: it tells of a client that comes now"
}
has_closed() { grep '"type":"close"' "$out" | grep -q "\"rport\":$1[,}]"; }
first_in() { grep -m 1 "$1" "$2" | awk '{ print $2 }'; }

chaos_small_rings()
{
	serve_quietly
	trace --port "$port" --verify --ring-size 64K
	kill -STOP "$tracer"
	until_true stopped "$tracer"
	load "$(size 300 3000)"
	kill -CONT "$tracer"
	until_true lost_something
	ok $? "stopped: the loss is told"
	reads_again stopped
	within stopped 4096 64
	sound stopped
	end "$server"
}

chaos_blocked_reader()
{
	local reader
	serve_quietly
	mkfifo "$work/pipe"
	cat "$work/pipe" >"$work/read" &
	reader=$!
	pids+=("$reader")
	"$sockstate" --json --netns self --port "$port" --verify --ring-size 64K >"$work/pipe" 2>>"$work/err" </dev/null &
	tracer=$!
	pids+=("$tracer")
	out=$work/read
	ready
	until_true test -s "$out"
	kill -STOP "$reader"
	until_true stopped "$reader"
	load "$(size 1000 5000)"
	kill -CONT "$reader"
	reads_again "its reader blocked"
	until_true lost_something
	ok $? "its reader blocked: the loss is told"
	within "its reader blocked" 8192 64
	sound "its reader blocked"
	wait "$reader"
	rm "$work/pipe"
	end "$server"
}

chaos_tracers()
{
	local i n all tracers=() outs=() states
	n=$(size 3 8)
	serve_quietly
	for ((i = 0; i < n; i++)); do
		trace --port "$port"
		tracers+=("$tracer")
		outs+=("$out")
	done
	load "$(size 50 500)"
	reads_again "$n tracers"
	all=$made
	for ((i = 0; i < n; i++)); do
		tracer=${tracers[i]} out=${outs[i]} made=$all
		until_true has_closed 100
		sound "tracer $i of $n"
	done
	states=$(for out in "${outs[@]}"; do echo "$(grep -c '"type":"state"' "$out") $(lost)"; done | sort -u)
	[ "$(wc -l <<<"$states")" = 1 ] || grep -qv ' 0$' <<<"$states"
	ok $? "$n tracers tell the same"
	end "$server"
}

chaos_listeners()
{
	local n holder
	n=$(size 300 3000)
	last_port=$((port + n - 1))
	ftrace_hide
	trace --port "$port-$last_port" --verify
	perl -MSocket -e '
		my ($port, $n) = @ARGV;
		for my $i (0 .. $n - 1) {
			socket($s[$i], PF_INET, SOCK_STREAM, 0) && bind($s[$i], sockaddr_in($port + $i, INADDR_LOOPBACK)) && listen($s[$i], 5) or die "$!";
		}
		$| = 1;
		print "ready\n";
		<STDIN>' "$port" "$n" >"$work/listening" 2>&1 < <(sleep 300) &
	holder=$!
	pids+=("$holder")
	until_true grep -qs . "$work/listening"
	until_true seen "$n" '"new":"LISTEN"'
	ok $? "$n listeners are told"
	within "$n listeners" $((n * 4))
	kill "$holder"
	wait "$holder" 2>/dev/null
	until_true seen "$n" '"old":"LISTEN"'
	ok $? "and that they close"
	sound "$n listeners"
}
seen() { [ "$(grep -c "\"type\":\"state\".*$2" "$out")" -ge "$1" ]; }

chaos_namespaces()
{
	local n i inside=()
	n=$(size 20 300)
	launch --port "$port" --verify
	ready
	for ((i = 0; i < n; i++)); do
		unshare -n sh -c 'ip link set lo up; "$1" server --quiet --port "$2" --backlog 4 & server=$!
			until [ -n "$(ss -Htln "sport = :$2")" ]; do sleep 0.05; done
			"$1" client --quiet --port "$2"; kill $server; wait' sh "$lab" "$port" >/dev/null 2>&1 </dev/null &
		inside+=($!)
		[ $((i % 8)) != 7 ] || wait "${inside[@]}"
	done
	wait "${inside[@]}"
	until_true seen "$n" '"old":"LISTEN"'
	# Their inode numbers are used again, and a server may be gone before it has accepted.
	is "$(grep -c '"type":"state".*"new":"ESTABLISHED"' "$out")" "$((2 * n))" \
		"$n namespaces that come and go: a connection of each"
	within "$n namespaces" $((n * 8))
	sound "$n namespaces"
}

# The namespace goes with its last process, and no transition tells of its sockets.
chaos_namespace_deleted()
{
	local inside
	launch --port "$port" --verify
	ready
	unshare -n sh -c 'ip link set lo up; "$1" server --quiet --never-accept --port "$2" & s=$!
		until [ -n "$(ss -Htln "sport = :$2")" ]; do sleep 0.05; done
		"$1" client --quiet --count 20 --hold forever --port "$2" & echo $s $! >"$3"; wait' sh "$lab" "$port" "$work/inside" >/dev/null 2>&1 </dev/null &
	inside=$!
	pids+=("$inside")
	until_true seen 40 '"new":"ESTABLISHED"'
	# shellcheck disable=SC2046 # two pids
	kill -KILL "$inside" $(cat "$work/inside")
	wait "$inside" 2>/dev/null
	until_true seen 1 '"old":"LISTEN"'
	ok $? "a namespace that is deleted: its listener's end is told"
	serve_quietly
	reads_again "a namespace that is deleted"
	made=0
	sound "a namespace that is deleted"
	end "$server"
}

chaos_killed()
{
	local ids maps id left
	command -v bpftool >/dev/null || { skip 2 "no bpftool"; return; }
	serve_quietly
	trace --port "$port"
	ids=$(sed -n 's/^prog_id:[[:space:]]*//p' /proc/"$tracer"/fdinfo/* 2>/dev/null | sort -u)
	maps=$(sed -n 's/^map_id:[[:space:]]*//p' /proc/"$tracer"/fdinfo/* 2>/dev/null | sort -u)
	[ "$(wc -w <<<"$ids")" -gt 5 ] && [ "$(wc -w <<<"$maps")" -gt 1 ]
	ok $? "it has programs and maps in the kernel"
	load 50
	kill -KILL "$tracer"
	wait "$tracer" 2>/dev/null
	none_left()
	{
		left=$(for id in $ids; do bpftool prog show id "$id" 2>/dev/null; done
			for id in $maps; do bpftool map show id "$id" 2>/dev/null; done)
		[ -z "$left" ]
	}
	until_true none_left
	ok $? "and none of them when it is killed"
	end "$server"
}

# A server, and a client, as many as they may have descriptors: three of both. (The lab's client has a thread for each
# connection, of which there may be 32768 by kernel.pid_max.)
hold() # how many; tells nobody when it has them: the kernel does
{
	perl -MSocket -e '
		my ($port, $n) = @ARGV;
		for my $i (1 .. $n) {
			socket($s[$i], PF_INET, SOCK_STREAM, 0) && connect($s[$i], sockaddr_in($port, INADDR_LOOPBACK)) or die "$i: $!";
		}
		sleep 500' "$port" "$1" >"$work/holds.$port" 2>&1 </dev/null &
	clients+=($!)
}
chaos_held()
{
	local first=$port servers=() clients=() each ends
	ulimit -Sn "$(ulimit -Hn)"
	each=$(size 500 16670)
	[ "$each" -lt $(($(ulimit -n) - 100)) ] || each=$(($(ulimit -n) - 100))
	# All connect at once: with a full queue the kernel gives some requests up, and their clients wait for ever.
	# A client's port stays taken in TIME_WAIT: no server's may be among them.
	sysctl -qw net.ipv4.ip_local_port_range="32768 65535" net.core.somaxconn=32768 net.ipv4.tcp_max_syn_backlog=32768
	last_port=$((first + 2))
	ftrace_hide
	trace --port "$first-$last_port" --verify --max-connections 131072 --ring-size 128M
	for ((port = first; port < first + 3; port++)); do
		serve_quietly --backlog 32768
		servers+=("$server")
	done
	for ((port = first; port < first + 3; port++)); do hold "$each"; done
	pids+=("${clients[@]}")
	made=$((each * ${#clients[@]}))
	ends=$((2 * made))
	until_true established "$ends"
	ok $? "$ends held ends: the kernel has them" || cat "$work"/holds.*
	until_true now_and_then seen "$ends" '"new":"ESTABLISHED"'
	ok $? "$ends held ends: all of them are told"
	within "$ends held ends" "$ends" 131072
	end "${clients[@]}"
	until_true established 0
	port=$first
	sound "$ends held ends"
	end "${servers[@]}"
}
# With so many open files the listeners are walked seldom, and the kernel breaks a walk off after each million of files
# (MAX_ITER_OBJECTS, kernel/bpf/bpf_iter.c). Who waits in the queue of one is known only by that walk, if all that came
# since was lost.
chaos_files()
{
	local i many files=1100000 opens=() client
	ulimit -Sn "$(ulimit -Hn)"
	many=$((files / $(ulimit -n) + 1))
	for ((i = 0; i < many; i++)); do
		perl -MPOSIX -e 'my $n = shift; while ($n-- && defined(dup(0))) {} syswrite(STDOUT, "open\n"); sleep 500' \
			$((files / many + 1)) >>"$work/opens" 2>/dev/null </dev/null &
		opens+=($!)
	done
	pids+=("${opens[@]}")
	until_true has_line "$work/opens" open "$many"
	serve_quietly --never-accept
	trace --port "$port" --verify --interval 1s --ring-size 4096
	kill -STOP "$tracer"
	until_true stopped "$tracer"
	"$lab" client --quiet --port "$port" --count 300 --parallel 300 --hold forever >/dev/null 2>&1 </dev/null &
	client=$!
	pids+=("$client")
	until_true in_state established 600
	kill -CONT "$tracer"
	until_true lost_something
	ok $? "$files open files: the loss is told"
	# Its rounds of --verify, one a second: three that put right what was lost, and those after them.
	comes_to 8 '"accept_queue":300'
	ok $? "$files open files: its listener has 300 who wait"
	sound "$files open files"
	end "$client" "$server" "${opens[@]}"
}
comes_to() { until_true listener_lines "$1" "$2"; } # how many lines of listeners have it
listener_lines() { [ "$(grep '"type":"listener"' "$out" | grep -c "$2")" -ge "$1" ]; }

# By the kernel's own count, of ends in ESTABLISHED or CLOSE_WAIT: to list them all takes a second.
established() { [ "$(awk '/^Tcp: [0-9]/ { print $10 }' /proc/net/snmp)" -eq "$1" ]; }
# What takes long itself leaves the others their time.
now_and_then()
{
	read -rt 1 -u "$never"
	"$@"
}

chaos_flood()
{
	local n status clean=0
	n=$(size 3000 30000)
	[ -n "$long" ] || { skip 4 "the flood is part of make chaos"; return; }
	[ -c /dev/net/tun ] || { skip 4 "no TUN device"; return; }
	sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=65536 net.core.somaxconn=65536
	serve_quietly --addr 0.0.0.0
	trace --port "$port" --verify --max-requests 512 --max-connections 512
	"$lab" client --quiet --port "$port" --flood "$n" --rate 3000 --duration 60 >/dev/null 2>&1 </dev/null
	until_true grep -q '"lost_at":"evicted"' "$out"
	ok $? "a flood of $n SYNs: what is given up is told"
	within "a flood of $n SYNs" 1024
	kill -INT "$tracer"
	wait "$tracer"
	status=$?
	# Where a hook sees each request begin, one that was given up is a difference from the kernel's tables.
	[ "$(jq -r 'select(.type == "meta").facts.syn_recv_begin.is' "$out")" != exact ] || clean=3
	is "$status $(jq -rs 'last.type' "$out")" "$clean summary" "a flood of $n SYNs: it ends cleanly"
	is "$(jq -s 'last.lost' "$out")" "$(lost)" "a flood of $n SYNs: the LOST lines add up to the summary's total"
	end "$server"
}

chaos_memory_group()
{
	make_group memory memory.limit_in_bytes 64M memory.max 64M || { skip 7 "no group for memory can be made here"; return; }
	serve_quietly
	trace --port "$port" --verify
	echo "$tracer" >"$group/cgroup.procs"
	load "$(size 200 4000)"
	reads_again "in 64 MiB"
	grep -qx "$tracer" "$group/cgroup.procs"
	ok $? "in 64 MiB: it was in the group all the time"
	sound "in 64 MiB"
	end "$server"
}

chaos_starved()
{
	two_percent || { skip 8 "no group for CPU time can be made here"; return; }
	serve_quietly
	trace --port "$port" --verify --ring-size 256K
	echo "$tracer" >"$group/cgroup.procs"
	load "$(size 300 2000)"
	reads_again "with 2 % of a CPU"
	[ "$(first_in ^nr_throttled "$group/cpu.stat")" -gt 0 ]
	ok $? "with 2 % of a CPU: the kernel held it back"
	within "with 2 % of a CPU" 8192 256
	echo "$tracer" >"${group%/*}/cgroup.procs"
	sound "with 2 % of a CPU"
	end "$server"
}

# Only where the clock is nobody else's.
chaos_clock()
{
	local now
	[ -n "${SOCKSTATE_VM-}" ] || { skip 8 "the clock is set in a virtual machine only"; return; }
	serve_quietly
	trace --port "$port" --verify
	load 10
	now=$(date +%s)
	date -s "@$((now + 7200))" >/dev/null
	load 10
	date -s "@$((now - 86400))" >/dev/null
	load 10
	reads_again "the clock jumps"
	date -s "@$((now + 60))" >/dev/null
	is "$(jq -s '[.[] | select(.late | not) | .t_ns] | . == sort' "$out")" true "the clock jumps by hours: lines stay in order"
	is "$(jq -s '[.[] | .. | numbers | select(. < 0)] | length' "$out")" 0 "no duration is negative"
	sound "the clock jumps"
	end "$server"
}

for case in killed small_rings blocked_reader starved memory_group tracers listeners namespaces namespace_deleted held files flood clock; do
	[ $# = 0 ] || [[ " $* " == *" $case "* ]] || continue
	port=$((10000 + RANDOM % 20000))
	last_port=$port
	made=0
	ftrace_hide
	"chaos_$case"
done
done_testing
