#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What each kind of run may still do in its sandbox, tried call by call by a program that is built from the same files;
# a replay gives up root before it reads, and every form of it works inside.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

try=${SOCKSTATE_GENERATE:-$root/build/generate}
try=${try%/generate}/tests/cli/sandbox_try
recording=$root/tests/replay/textbook.rec
[ -x "$try" ] || { echo "1..0 # SKIP $try is not built"; exit 0; }
cd "$work" || exit 1
"$try" replay ordinary_work >out 2>err
if [ $? = 77 ]; then
	echo "1..0 # SKIP $(cat err)"
	exit 0
fi
is "$(cat out)" "ordinary_work: done" "memory, time, sorting and printing"

# ---- call by call ----

# An error of the kernel's is an answer: the call was let through.
verdict() # needs, call
{
	local status=0
	ulimit -c unlimited
	"$try" "$1" "$2" >out 2>err || status=$?
	case $status in
	0)	echo allowed ;;
	159)	echo killed ;; # 128 + SIGSYS
	*)	echo "status $status" ;;
	esac
}
allowed_in() # needs; the calls of the list that get through, in order
{
	local call list=()
	while read -r call; do
		[ "$call" = abort ] && continue
		case $(verdict "$1" "$call" 2>/dev/null) in
		allowed)	list+=("$call") ;;
		killed)		;;
		*)		list+=("$call?") ;;
		esac
	done < <("$try" calls)
	echo "${list[*]}"
}
is "$(allowed_in replay)" "ordinary_work" "a replay opens no file and no socket, starts nothing, loads nothing"
is "$(allowed_in rings,walks,netlink)" "ordinary_work map_lookup iter_create receive send" "a stream reads maps, walks, and asks sock_diag"
is "$(allowed_in counts,walks)" "ordinary_work map_lookup map_batch map_delete iter_create" "--summary also removes counters"
is "$(allowed_in walks)" "ordinary_work iter_create" "why walks"
is "$(allowed_in child)" "ordinary_work wait" "check waits for its command"
is "$(allowed_in netlink,owners)" "ordinary_work receive send open_read open_proc" "a list without the walk over open files reads /proc"
is "$(allowed_in terminal)" "ordinary_work open_read open_proc thread find_file" "a full screen reads its terminal's description and has a thread"
: >sandbox_victim
is "$(allowed_in replace)" "ordinary_work remove_file remove_above" "a page is put in the place of an older one"
is "$(allowed_in create)" "ordinary_work new_file new_elsewhere" "top writes a recording, into a file that is new"
is "$(verdict replay abort 2>/dev/null)" "status 134" "abort() still ends with its own signal"
is "$(verdict replay socket 2>&1) $(find . -name 'core*' | wc -l)" "killed 0" "the end by SIGSYS leaves no core"
is "$(allowed_in cgroups 2>/dev/null)" "ordinary_work open_read open_proc" "--cgroup opens for reading"

# ---- files ----

: >sandbox_victim
reach() # what may be read below, call
{
	"$try" "$1" "$2" 2>err
	[ $? != 77 ] || echo none
}
if [ "$(reach landlock open_read)" = none ]; then
	skip "Landlock" "this kernel has none"
else
	is "$(for call in open_read open_write open_proc create remove_file make_directory execute; do reach landlock $call; done)" \
		"open_read: EACCES
open_write: EACCES
open_proc: EACCES
create: EACCES
remove_file: EACCES
make_directory: EACCES
execute: EACCES" "Landlock alone: no file is opened, made, removed or executed"
	mkdir below
	: >below/sandbox_victim
	is "$(cd below && for call in remove_above remove_file; do reach replace $call; done)" "remove_above: EACCES
remove_file: done" "a file is removed in the one directory, and in no other"
	is "$(cd below && for call in new_file new_elsewhere open_write; do reach create $call; done)" "new_file: done
new_elsewhere: EACCES" "a new file is made in the one directory, none in another, and no old one is written"
	is "$(for call in open_read open_proc create; do reach landlock=/proc $call; done)" "open_read: EACCES
open_proc: done
create: EACCES" "but read below /proc, where a cgroup is asked for"
	is "$("$try" cgroups open_read 2>err)" "open_read: EACCES" "so it is with both"
fi

# ---- replay ----

forms()
{
	local options
	for options in "" "-o ladder" "--json" "-o summary" "--wide --color always" "--notable" "--only accept,close" "--comm sh" "--label a=b --json"; do
		# shellcheck disable=SC2086 # words
		"$sockstate" $options --replay "$recording" "$@" || echo "$options: $?"
	done
}
forms >out 2>err
forms --no-sandbox >out2 2>err2
ok "$(cmp -s <(sed 's/"--no-sandbox",*//; s/,]/]/; /"argv"/d' out) <(sed '/"argv"/d' out2); echo $?)" "every form of a replay says the same in the sandbox and without"
is "$(wc -c <err)" 0 "and nothing on standard error"
is "$("$sockstate" check --all-listeners --max-refused 0 --replay "$recording" --junit junit.xml >out 2>err; echo $?) $(grep -c '</testsuites>' junit.xml)" "0 1" \
	"check --replay, with a JUnit file"
"$sockstate" -v --replay "$recording" 2>&1 >/dev/null | grep '^sockstate: sandbox: ' >out
ok "$(grep -q 'seccomp, [0-9]* rules' out; echo $?)" "-v tells: $(cut -c 12- out)"
is "$("$sockstate" -v --no-sandbox --replay "$recording" 2>&1 >/dev/null | grep -c sandbox)" 0 "--no-sandbox: there is none"
yes | head -c 100000 >noise
run 1 --replay noise
run 1 --replay nothing
if [ "$(id -u)" = 0 ]; then
	mkfifo slow
	"$sockstate" --replay slow >out 2>err &
	replay=$!
	exec 8>slow
	head -c 2000 "$recording" >&8
	for ((i = 0; i < 200; i++)); do
		grep -q '^Seccomp:	2' /proc/$replay/status && break
		read -rt 0.05 <> <(:)
	done
	is "$(awk '/^(Uid|CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s %s ", $1, $2 }' /proc/$replay/status)" \
		"Uid: ${SUDO_UID:-65534} CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 " \
		"as root: another user without any right reads the recording"
	exec 8>&-
	wait $replay
	unshare -r true 2>/dev/null && is "$(unshare -r "$sockstate" --replay "$recording" 2>&1 | wc -l)" "$("$sockstate" --replay "$recording" | wc -l)" \
		"root of a user namespace with one id replays as well"
else
	skip "replay as root" "needs root"
fi
done_testing
