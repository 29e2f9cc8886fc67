#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate export --story: recordings of bad moments, against nstat; how large they may be, what a kill leaves.
# shellcheck source-path=SCRIPTDIR source=live.sh
needs=curl
. "$(dirname "$0")/live.sh"

home=$((port - 1))
dir=$work/story
"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"
keep_bg() # options...
{
	"$sockstate" export --netns self --listen "127.0.0.1:$home" --story "$dir" "$@" 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true grep -q "keeping bad moments in '$dir'" "$work/err"
}
recordings() { find "$dir" -name 'sockstate-story-*Z.rec' | sort; }
there_are() { [ "$(recordings | wc -l)" = "$1" ]; }
drops() { nstat -asz TcpExtListenDrops | awk '$1 == "TcpExtListenDrops" { print $2 }'; }
# Clients that a full queue refuses; the first look at what is open has been taken.
overflow() # how many
{
	until_true says_listener
	call --count "$1" --timeout 1500 --keep-going --hold 1000
}
says_listener() { grep -q "^sockstate_listeners{[^}]*port=\"$port\"" <<<"$(curl -sS "http://127.0.0.1:$home/metrics")"; }

# ---- a bad moment ----

serve --backlog 2 --never-accept
keep_bg
until_true says_listener
# Full, one after another: of two final ACKs at once, on two CPUs, one may be refused, and its client goes on to send.
call --count 3 --parallel 1
overflow 6
refused=$(drops)
ok "$([ "$refused" -gt 0 ]; echo $?)" "clients are refused"
is "$(curl -sS "http://127.0.0.1:$home/healthz")" ok "metrics are served beside it"
is "$(awk '$1 ~ /^(CapEff|CapBnd|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$exporter/status")" \
	"CapEff:$(printf %016d 0) CapBnd:$(printf %016d 0) Seccomp:2 " "without rights"
until_true there_are 1
ok $? "some seconds later there is a recording"
rec=$(recordings | head -n 1)
is "$(stat -c %a "$dir") $(stat -c %a "$rec") $(find "$dir" -type f | wc -l)" "700 600 1" "which others cannot read, and nothing beside it"
"$sockstate" --replay "$rec" --json >"$work/replay" 2>"$work/err.replay"
is "$? $(cat "$work/err.replay")" "0 " "it is read to its end"
is "$(jq -s --argjson port "$port" 'map(select(.type == "drop" and .lport == $port and .drop_reason == "accept_queue_full") | .count) | add' "$work/replay")" "$refused" \
	"with all refusals, as nstat counts them"
is "$(jq -s --argjson port "$port" 'map(select(.type == "listener" and .lport == $port) | .verdict) | any(. == "app_slow" or . == "app_stuck")' "$work/replay")" true "and the verdict"
"$sockstate" report "$rec" -o - >"$work/report" 2>&1
is "$? $(grep -cm 1 "$port" "$work/report")" "0 1" "report reads it"
"$sockstate" check --replay "$rec" --max-refused 0 -P "$port" >/dev/null 2>&1
is $? 4 "and so does check"

# ---- killed ----

until_true there_are 1
kill -KILL "$exporter"
wait "$exporter" 2>/dev/null
"$sockstate" --replay "$rec" --json >"$work/replay" 2>&1
is $? 0 "after kill -9 it is still whole"
head -c 5000 "$rec" >"$dir/story.tmp" # one that was being written
: >"$dir/notes.txt"
for year in 2001 2002 2003; do head -c 200000 /dev/zero >"$dir/sockstate-story-${year}0101T000000Z.rec"; done
touch -d 2030-01-01 "$dir/sockstate-story-20010101T000000Z.rec"

# ---- bounded ----

keep_bg --keep 512K
is "$(find "$dir" -type f -printf '%f\n' | sort | tr '\n' ' ')" "notes.txt sockstate-story-20020101T000000Z.rec sockstate-story-20030101T000000Z.rec $(basename "$rec") " \
	"the oldest go, and what was not complete; nothing else"
overflow 4
kill -INT "$exporter"
wait "$exporter"
is "$? $(recordings | wc -l)" "0 4" "the end of a run keeps what has not been kept"
is "$(find "$dir" -name '*.rec' -printf '%s\n' | awk '{ n += $1 } END { print n <= 512 * 1024 }')" 1 "within the size"
last=$(recordings | tail -n 1)
is "$("$sockstate" --replay "$last" --json 2>&1 | jq -s 'last.type')" '"summary"' "and whole"

# ---- what cannot work ----

fails() # options...
{
	"$sockstate" export --duration 1 --listen "127.0.0.1:$home" "$@" 2>"$work/err" </dev/null
	echo "$? $(cat "$work/err")"
}
is "$(fails --story "$dir/notes.txt")" "1 sockstate: --story: cannot use '$dir/notes.txt': Not a directory" "a file"
is "$(fails --story "$work/none/there")" "1 sockstate: --story: cannot use '$work/none/there': No such file or directory" "no directory above it"
is "$(fails --keep 1M)" "2 sockstate: --keep: only with --story" "a size of nothing"
done_testing
