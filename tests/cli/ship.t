#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Lines go through the spool of `sockstate ship` to a command: each arrives, in order, whatever the command does; or
# it is counted. The witnesses are cmp and wc. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

run 2 ship -- cat
says "ship: say where lines wait: --spool DIR"
run 2 ship --spool "$work/spool"
says "ship: name the command that takes the lines, behind --"
run 2 ship --spool "$work/spool" --keep 1M --batch 512K -- cat
says "--keep and --batch: --keep must hold four batches"
run 2 ship --spool "$work/spool" --never-code 0 -- cat
says "--never-code: '0' is out of range: give a number from 1 to 255"
echo file >"$work/file"
run 1 ship --spool "$work/file" -- cat
says "--spool: cannot use '$work/file': Not a directory"

seq -f '{"seq":%.0f,"comm":"a program that serves something"}' 0 199999 >"$work/lines"
ship() { "$sockstate" ship --spool "$work/spool" "$@" 2>"$work/err"; } # options, --, command
last() { tail -n 1 "$work/err"; }
left() { cat "$work"/spool/*.ndjson 2>/dev/null; }
# Waits until a command succeeds.
until_true()
{
	local i
	for ((i = 0; i < 3000; i++)); do
		! "$@" || return 0
		sleep 0.01
	done
	echo "# gave up waiting: $*"
	return 1
}

# ---- a command that takes what it gets ----

# shellcheck disable=SC2016 # for sh
ship --batch 1M -- sh -c 'echo "$SOCKSTATE_BATCH" >>"$1/names"; cat >>"$1/got"' - "$work" <"$work/lines"
is $? 0 "all arrive"
ok "$(cmp "$work/got" "$work/lines" >&2; echo $?)" "the same bytes, in order"
is "$(last)" "sockstate: ship: 200000 lines came, 200000 arrived, 0 dropped, 0 left in $work/spool" "which it says"
is "$(left | wc -l)" 0 "nothing is left"
size=$(stat -c %s "$work/lines")
ok "$([ "$(sort -u "$work/names" | wc -l)" -ge $((size / 1048576)) ]; echo $?)" "in batches that have names of their own"
: >"$work/got"
mkfifo "$work/fifo"
# shellcheck disable=SC2016
ship --every 50ms -- sh -c 'cat >>"$1"' - "$work/got" <"$work/fifo" &
ship=$!
exec 9>"$work/fifo"
head -n 1 "$work/lines" >&9
until_true [ -s "$work/got" ]
ok $? "a line that is alone arrives without others"
exec 9>&-
wait $ship
is $? 0 "  and then the input ends"

# ---- one that fails, and takes it later ----

rm -f "$work/got" "$work/names"
# shellcheck disable=SC2016
cat >"$work/third" <<-'SH'
	# Reads half of it and fails, twice, then takes it: as a server that goes away.
	echo "$SOCKSTATE_BATCH" >>"$1/names"
	case $(grep -cx "$SOCKSTATE_BATCH" "$1/names") in
	1) head -c 500000 >/dev/null; exit 210 ;;
	2) kill -9 $$ ;;
	*) cat >>"$1/got" ;;
	esac
SH
ship --batch 4M --retry 20ms -- sh "$work/third" "$work" <"$work/lines"
is $? 0 "a command that fails twice for each batch"
ok "$(cmp "$work/got" "$work/lines" >&2; echo $?)" "all lines arrive once, in order"
is "$(sort "$work/names" | uniq -c | awk '{ print $1 }' | sort -u)" 3 "the name of a batch stays the same"
ok "$(grep -q 'ship: sh ended with exit code 210; [1-9][0-9]* lines wait; again in 20 ms' "$work/err"; echo $?)" "what failed is said"
ok "$(grep -q 'ship: sh was ended by signal 9;' "$work/err"; echo $?)" "  also a signal"
ok "$(grep -q 'ship: sh takes lines again' "$work/err"; echo $?)" "  and that it is over"
rm -f "$work/got"
# shellcheck disable=SC2016
(trap '' CHLD; ship --timeout 1s --retry 20ms -- sh -c '[ -e "$1/slow" ] || { touch "$1/slow"; sleep 100; }
	cat >"$1/part" && mv "$1/part" "$1/got.${SOCKSTATE_BATCH##*-}"' - "$work" <"$work/lines")
is $? 0 "a command that hangs is killed, also where SIGCHLD is ignored"
ok "$(cat "$work"/got.* | cmp - "$work/lines" >&2; echo $?)" "  and its lines arrive"

# ---- nobody takes them ----

ship --drain 100ms -- "$work/none" <"$work/lines"
is $? 1 "a command that is not there: exit code 1"
ok "$(left | cmp - "$work/lines" >&2; echo $?)" "all lines are left"
ok "$(grep -q "none does not start: No such file or directory" "$work/err"; echo $?)" "  and why"
is "$(last)" "sockstate: ship: 200000 lines came, 0 arrived, 0 dropped, 200000 left in $work/spool" "  and how many"
rm -f "$work/got"
# shellcheck disable=SC2016
ship -- sh -c 'cat >>"$1"' - "$work/got" </dev/null
is $? 0 "the next start delivers them"
ok "$(cmp "$work/got" "$work/lines" >&2; echo $?)" "  all, in order"
is "$(last)" "sockstate: ship: 0 lines came, 200000 arrived, 0 dropped, 0 left in $work/spool" "  and says so"

# ---- too little room ----

ship --keep 1M --batch 128K --drain 100ms -- false <"$work/lines"
is $? 7 "a spool that is too small: exit code 7"
left=$(left | wc -l)
is "$(last)" "sockstate: ship: 200000 lines came, 0 arrived, $((200000 - left)) dropped, $left left in $work/spool" \
	"dropped lines are counted, to one"
is "$(grep -c 'ship: dropped ' "$work/err")-$(sed -n 's/.*ship: dropped .*, \([0-9]*\) so far/\1/p' "$work/err" | tail -n 1)" \
	"$(grep -c 'ship: dropped ' "$work/err")-$((200000 - left))" "  and told when it happens"
ok "$([ "$(cat "$work"/spool/* | wc -c)" -le 1048576 ]; echo $?)" "the spool stays within its size"
ok "$([ "$left" -gt 10000 ]; echo $?)" "  and uses it"
left | tail -n $((left - 3000)) >"$work/newest"
ok "$(tail -n $((left - 3000)) "$work/lines" | cmp - "$work/newest" >&2; echo $?)" "what is left is the newest, but for the batch on its way"
rm -rf "$work/spool"

# ---- it dies ----

"$sockstate" ship --spool "$work/spool" --batch 1M --retry 50ms -- false <"$work/fifo" 2>"$work/first" &
ship=$!
exec 9>"$work/fifo"
head -n 150000 "$work/lines" >&9
# The last line of them is in a file; then comes the half of one.
until_true sh -c "cat '$work'/spool/* | grep -q '\"seq\":149999,'"
ok $? "lines are in the spool"
ship -- cat <"$work/lines"
is $? 1 "a second one is refused"
is "$(cat "$work/err")" "sockstate: --spool: cannot use '$work/spool': another sockstate ship uses it" "  and why"
kill -9 $ship
{ wait $ship; } 2>/dev/null
exec 9>&-
printf '{"seq":1500' >>"$work/spool/open.ndjson" # as where the machine has crashed
rm -f "$work/got"
# shellcheck disable=SC2016
tail -n 50000 "$work/lines" | ship -- sh -c 'cat >>"$1"' - "$work/got"
is $? 7 "half a line in the spool is a lost one"
ok "$(cmp "$work/got" "$work/lines" >&2; echo $?)" "all others arrive after kill -9, once, in order"
is "$(last)" "sockstate: ship: 50000 lines came, 200000 arrived, 1 dropped, 0 left in $work/spool" "  and are counted"

# ---- it is stopped ----

# shellcheck disable=SC2016
"$sockstate" ship --spool "$work/spool" --drain 30s -- sh -c '[ -e "$1/end" ] && cat >>"$1/rest"' - "$work" <"$work/fifo" 2>"$work/err" &
ship=$!
exec 9>"$work/fifo"
head -n 1000 "$work/lines" >&9
until_true grep -q 'exit code 1' "$work/err"
kill -TERM $ship
sed -n '1001,2000p' "$work/lines" >&9 # the tracer stops too, and tells its last lines
exec 9>&-
touch "$work/end"
wait $ship
is $? 0 "SIGTERM"
ok "$(cmp "$work/rest" <(head -n 2000 "$work/lines") >&2; echo $?)" "the last lines before the end of the input are not lost"
rm -rf "$work/spool"
# shellcheck disable=SC2016
ship --drain 100ms -- sh -c 'trap "cat >>\"$1/late\"; exit 0" TERM; touch "$1/trapped"; while :; do sleep 0.02; done' - "$work" <"$work/fifo" &
ship=$!
exec 9>"$work/fifo"
head -n 1 "$work/lines" >&9
until_true [ -e "$work/trapped" ]
exec 9>&-
wait $ship
is $? 0 "a command that takes its batch when it is told to end"
is "$(last) $(cat "$work/late")" "sockstate: ship: 1 line came, 1 arrived, 0 dropped, 0 left in $work/spool $(head -n 1 "$work/lines")" \
	"  has taken it"
# shellcheck disable=SC2016
"$sockstate" ship --spool "$work/spool" --drain 100ms -- sh -c '
	trap "touch \"$1/stopping\"; while [ ! -e \"$1/go\" ]; do sleep 0.02; done; exit 1" TERM
	touch "$1/up"
	while :; do sleep 0.02; done' - "$work" <"$work/fifo" 2>"$work/err" &
ship=$!
exec 9>"$work/fifo"
head -n 1 "$work/lines" >&9
until_true [ -e "$work/up" ]
kill -TERM $ship
until_true [ -e "$work/stopping" ]
sed -n '2,1000p' "$work/lines" >&9 # while ship waits for its command
printf '{"seq":10' >&9
touch "$work/go"
wait $ship
is $? 7 "SIGTERM to ship alone: half a line is lost"
exec 9>&-
ok "$(left | cmp - <(head -n 1000 "$work/lines") >&2; echo $?)" "  and what was in the pipe is not"
ok "$(grep -qx 'sockstate: ship: the input had not ended' "$work/err"; echo $?)" "  and that the input had not ended is said"
is "$(last)" "sockstate: ship: 1001 lines came, 0 arrived, 1 dropped, 1000 left in $work/spool" "  and how many are left"
rm -rf "$work/spool"

# ---- somebody else is in the spool ----

rm -f "$work/got"
# shellcheck disable=SC2016
"$sockstate" ship --spool "$work/spool" --every 5s -- sh -c 'cat >>"$1"' - "$work/got" <"$work/fifo" 2>"$work/err" &
ship=$!
exec 9>"$work/fifo"
head -n 3 "$work/lines" >&9
until_true [ -s "$work/spool/open.ndjson" ]
rm "$work/spool/open.ndjson"
until_true [ -s "$work/err" ]
sed -n '4,5p' "$work/lines" >&9
exec 9>&-
wait $ship
is $? 7 "the open batch is removed"
ok "$(cmp "$work/got" <(sed -n '4,5p' "$work/lines") >&2; echo $?)" "  what comes later arrives"
is "$(cat "$work/err")" "sockstate: ship: cannot write to $work/spool: No such file or directory
sockstate: ship: dropped 3 lines, 3 so far
sockstate: ship: 5 lines came, 2 arrived, 3 dropped, 0 left in $work/spool" "  and it is told once"
# shellcheck disable=SC2016
ship --drain 100ms -- sh -c 'for f in "$1"/spool/batch-*; do ln -sf /dev/null "$f"; done; exit 1' - "$work" <"$work/fifo" &
ship=$!
exec 9>"$work/fifo"
head -n 1 "$work/lines" >&9
until_true grep -q 'cannot be read' "$work/err"
exec 9>&-
wait $ship
is $? 1 "a batch that cannot be read"
ok "$(grep -q "ship: $work/spool cannot be read: Too many levels of symbolic links; 1 line waits" "$work/err"; echo $?)" \
	"  is told as that, not as a command that does not start"
rm -rf "$work/spool"
mkdir "$work/spool"
: >"$work/spool/batch-00000000000000000001-5.ndjson"
head -n 1 "$work/lines" >"$work/spool/batch-18446744073709551615-1.ndjson"
rm -f "$work/got" "$work/names"
# shellcheck disable=SC2016
sed -n 2p "$work/lines" | ship -- sh -c 'echo "$SOCKSTATE_BATCH" >>"$1/names"; cat >>"$1/got"' - "$work"
is $? 7 "a batch that a crash has emptied"
is "$(last)" "sockstate: ship: 1 line came, 2 arrived, 5 dropped, 0 left in $work/spool" "  is dropped and counted"
ok "$(cmp "$work/got" <(head -n 2 "$work/lines") >&2; echo $?)" "  and one of a clock that was ahead arrives"
ok "$(tail -n 1 "$work/names" | grep -Eq -- '-1[0-9]{18}$'; echo $?)" "  and does not name the next one"
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	head -n 1 "$work/lines" | ship --drain 100ms -- false
	rm -f "$work/got"
	# Where something is mounted cannot be removed.
	# shellcheck disable=SC2016
	sed -n 2p "$work/lines" | unshare -m sh -c 'for f in "$2"/spool/batch-*; do mount --bind "$f" "$f"; done
		"$1" ship --spool "$2/spool" -- sh -c "cat >>\"$2/got\"" 2>"$2/err"; echo $? >"$2/code"' - "$sockstate" "$work"
	is "$(cat "$work/code")" 1 "a batch that was taken and cannot be removed"
	ok "$(cmp "$work/got" <(head -n 2 "$work/lines") >&2; echo $?)" "  is not given again, and others arrive"
	ok "$(grep -q "ship: cannot remove batch .* would give it again: Device or resource busy" "$work/err"; echo $?)" "  and it is told"
else
	skip "a batch that cannot be removed" "needs root"
fi
rm -rf "$work/spool"

# ---- what is no line ----

# One that will never be taken does not hold up the others.
# shellcheck disable=SC2016
never='cat >"$1/batch"; ! grep -q "\"seq\":7," "$1/batch" || exit 65; cat "$1/batch" >>"$1/got"'
rm -f "$work/got"
sed -n 8p "$work/lines" | ship --drain 100ms -- false
ship --drain 100ms -- sh -c "$never" - "$work" </dev/null
is "$? $(left | wc -l)" "1 1" "exit code 65 means nothing by itself: curl and clickhouse-client have it for failures that pass"
head -n 2 "$work/lines" | ship --never-code 65 -- sh -c "$never" - "$work"
is $? 7 "a batch that is never taken: --never-code"
ok "$(cmp "$work/got" <(head -n 2 "$work/lines") >&2; echo $?)" "  those behind it arrive"
ok "$(cat "$work"/spool/rejected-batch-*-1.ndjson | cmp - <(sed -n 8p "$work/lines") >&2; echo $?)" "  it is kept aside"
ok "$(grep -Eq 'ship: sh ended with exit code 65: batch [0-9]+ of 1 line is set aside in ' "$work/err"; echo $?)" "  that is said"
is "$(last)" "sockstate: ship: 2 lines came, 2 arrived, 1 dropped, 0 left in $work/spool" "  and counted"
ship -- false </dev/null
is "$? $(find "$work/spool" -name 'rejected-*' | wc -l)" "0 1" "  it is not given again by the next run"
ship --keep 256K --batch 64K --drain 100ms -- false <"$work/lines"
is "$(find "$work/spool" -name 'rejected-*' | wc -l)" 0 "  and goes first where room is needed"
ok "$([ "$(cat "$work"/spool/* | wc -c)" -le 262144 ]; echo $?)" "  the spool stays within its size"
rm -rf "$work/spool"
reject() { mkdir -p "$work/spool" && head -n 4000 "$work/lines" >"$work/spool/rejected-batch-0000000000000000000$1-4000.ndjson"; }
reject 1
rm -f "$work/got"
# shellcheck disable=SC2016
"$sockstate" ship --spool "$work/spool" --keep 256K --batch 64K --every 50ms -- sh -c 'cat >>"$1"' - "$work/got" <"$work/fifo" 2>"$work/err" &
ship=$!
exec 9>"$work/fifo"
head -n 1 "$work/lines" >&9
until_true [ -s "$work/got" ]
rm "$work"/spool/rejected-*
sed -n '2,1000p' "$work/lines" >&9
exec 9>&-
wait $ship
is "$? $(wc -l <"$work/got")" "0 1000" "one that somebody removes makes room"
reject 2
echo mine >"$work/spool/rejected-2026.sql"
mkdir "$work/spool/rejected-aside"
head -n 1000 "$work/lines" | ship --keep 256K --batch 64K --drain 100ms -- false
is "$? $(left | wc -l)" "1 1000" "the oldest rejected one goes before any that waits"
is "$(cd "$work/spool" && echo rejected-*)" "rejected-2026.sql rejected-aside" "  and what is somebody else's stays"
rm -rf "$work/spool"
# A batch that cannot be sealed.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	rm -f "$work/got"
	export -f until_true
	# Where something is mounted cannot be renamed.
	# shellcheck disable=SC2016
	unshare -m bash -c '
		"$1" ship --spool "$2/spool" --keep 1M --batch 64K --every 1h --drain 30s -- sh -c "wc -c >>\"$2/sizes\"" <"$2/fifo" 2>"$2/err" &
		exec 9>"$2/fifo"
		head -n 1 "$2/lines" >&9
		until_true [ -s "$2/spool/open.ndjson" ]
		mount --bind "$2/spool/open.ndjson" "$2/spool/open.ndjson"
		tail -n +2 "$2/lines" | head -n 20000 >&9
		until_true grep -q "ship: dropped" "$2/err"
		stat -c %s "$2/spool/open.ndjson" >"$2/size"
		umount "$2/spool/open.ndjson"
		exec 9>&-
		wait $!
		echo $? >"$2/code"' - "$sockstate" "$work"
	ok "$([ "$(cat "$work/size")" -le 65536 ]; echo $?)" "a batch that cannot be sealed does not outgrow --batch"
	is "$(cat "$work/code") $(grep -c 'ship: cannot write to' "$work/err")" "7 1" "  which is said once, and lines are dropped"
	is "$(sed -n 's/.*ship: \([0-9]*\) lines* came, \([0-9]*\) arrived, \([0-9]*\) dropped, \([0-9]*\) left.*/\1 \2 \3 \4/p' "$work/err" |
		awk '{ print $1, ($1 == $2 + $3 + $4), ($2 > 0) }')" "20001 1 1" "  and counted; what had been read arrives once it can"
else
	skip "a batch that cannot be sealed" "needs root"
fi
rm -rf "$work/spool"

rm -f "$work/got"
# shellcheck disable=SC2016
{ echo '{"seq":0}'; head -c 3000000 /dev/zero | tr '\0' x; echo; echo '{"seq":1}'; printf '{"seq":2'; } |
	ship -- sh -c 'cat >>"$1"' - "$work/got"
is $? 7 "a line that is too long, and one without an end"
is "$(cat "$work/got")" '{"seq":0}
{"seq":1}' "the others arrive"
is "$(last)" "sockstate: ship: 4 lines came, 2 arrived, 2 dropped, 0 left in $work/spool" "both are counted"
if [ -e /dev/full ] && [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# A disk that is full before the spool is.
	mkdir "$work/small"
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs -o size=1m none "$2/small" &&
		"$1" ship --spool "$2/small" --batch 128K --drain 100ms -- false <"$2/lines" 2>"$2/err"; echo $? >"$2/code"
		cat "$2"/small/*.ndjson | wc -l >"$2/left"' - "$sockstate" "$work"
	is "$(cat "$work/code")" 7 "a disk that is full drops the oldest too"
	left=$(cat "$work/left")
	is "$(last)" "sockstate: ship: 200000 lines came, 0 arrived, $((200000 - left)) dropped, $left left in $work/small" "  counted to one"
else
	skip "a full disk" "needs root"
fi
done_testing
