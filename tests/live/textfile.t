#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sockstate export --textfile: what node_exporter's textfile collector finds, and with what rights it is written.
# shellcheck source-path=SCRIPTDIR source=live.sh
. "$(dirname "$0")/live.sh"

"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"
mkdir "$work/dir"
file=$work/dir/sockstate.prom
export_bg() # options...
{
	"$sockstate" export --netns self --textfile "$file" --interval 1s "$@" 2>"$work/err" </dev/null &
	exporter=$!
	pids+=("$exporter")
	until_true grep -q "writing '$file'" "$work/err"
}
inode() { stat -c %i "$file"; }
inode_changes() { [ "$(inode)" != "$before" ]; }
# Its first and its last family are there, and promtool takes all between.
complete()
{
	[[ $(head -n 1 "$1") == "# TYPE sockstate_listeners gauge" && $(tail -n 1 "$1") == "sockstate_listeners_shared "* ]] || return
	! command -v promtool >/dev/null || promtool check metrics <"$1"
}

serve
echo of a run that was killed >"$file.tmp"
export_bg
wrong=0
for ((i = 0; i < 4; i++)); do
	before=$(inode)
	cat "$file" >"$work/read"
	complete "$work/read" || wrong=$((wrong + 1))
	until_true inode_changes || wrong=$((wrong + 1))
done
is $wrong 0 "a new file each time, and each is complete"
call --count 5
has_them() { grep -q "^sockstate_connections_total{[^}]*port=\"$port\"[^}]*} 5$" "$file"; }
until_true has_them
ok $? "it follows what happens"
is "$(ls "$work/dir")" sockstate.prom "nothing is left beside it"
is "$(stat -c %a "$file")" 644 "others may read it"
is "$(ss -Hxltnp | grep -c "pid=$exporter,")" 0 "without --listen nothing is served"
is "$(awk '$1 ~ /^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):/ { printf "%s%s ", $1, $2 }' "/proc/$exporter/status")" \
	"CapPrm:$(printf %016d 0) CapEff:$(printf %016d 0) CapBnd:$(printf %016d 0) NoNewPrivs:1 Seccomp:2 " "no capability, and a list of system calls"
if command -v strace >/dev/null; then
	strace -y -e trace=file,write -o "$work/calls" -p "$exporter" 2>"$work/strace" &
	tracing=$!
	pids+=("$tracing")
	until_true has_line "$work/calls" '^rename' 3
	end "$tracing"
	# From the first renaming to the last: strace may come and go in between.
	awk '/^rename/ { if (seen++) printf "%s", held; held = ""; print; next } seen { held = held $0 "\n" }' "$work/calls" >"$work/whole"
	is "$(grep -c '^openat.*O_EXCL.*sockstate.prom.tmp>$' "$work/whole") $(grep '^open' "$work/whole" | grep -cv 'O_EXCL')" \
		"$(($(grep -c '^rename' "$work/whole") - 1)) 0" "only the new one is opened, then it is renamed"
else
	skip 1 "strace is not installed"
fi

# ---- it cannot be written for a while ----

chown 65534 "$work/dir" && chmod 755 "$work/dir"
until_true grep -q 'trying again' "$work/err"
is "$(grep -c . "$work/err") $(tail -n 1 "$work/err")" "2 sockstate: cannot write '$file': Permission denied; trying again" "said once"
before=$(inode)
chown 0 "$work/dir"
until_true inode_changes
ok $? "and written again when it can be"
kill -INT "$exporter"
wait "$exporter"
is "$? $(ls "$work/dir")" "0 " "at the end it is removed"

# ---- what cannot work ----

fails() # file
{
	"$sockstate" export --textfile "$1" --duration 1 2>"$work/err" </dev/null
	echo "$? $(cat "$work/err")"
}
chown 65534 "$work/dir"
is "$(fails "$file")" "1 sockstate: cannot write '$file': Permission denied" "a directory of somebody else's"
is "$(fails "$work/none/x.prom")" "1 sockstate: cannot write '$work/none/x.prom': No such file or directory" "one that is not there"
is "$(fails "$work/dir/")" "1 sockstate: cannot write '$work/dir/': Is a directory" "no file"
"$sockstate" export --interval 2s 2>"$work/err"
is "$? $(head -n 1 "$work/err")" "2 sockstate: --interval: only with --textfile or --otlp" "an interval of nothing"
chown 0 "$work/dir"
"$sockstate" export --textfile "$file" --no-sandbox --duration 1 2>"$work/err" </dev/null
is "$(grep -c "^sockstate: Landlock is not there: this run keeps root's user" "$work/err")" 1 "root's user without a sandbox is told"
export_bg --listen "unix:$work/socket"
is "$(grep -c . "$work/err")" 2 "with --listen both"
kill -KILL "$exporter"
wait "$exporter" 2>/dev/null
ok "$(complete "$file"; echo $?)" "killed: the file is complete"
done_testing
