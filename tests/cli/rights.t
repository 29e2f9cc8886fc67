#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Started without the rights: the missing capability is named, exit code 1. As root, the rights are dropped first.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

cp "$sockstate" "$work/sockstate" && chmod 755 "$work" "$work/sockstate"
if [ "$(id -u)" = 0 ]; then
	if ! command -v setpriv >/dev/null; then
		echo "1..0 # SKIP setpriv is not installed"
		exit 0
	fi
	without="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all"
else
	without=
fi

# shellcheck disable=SC2086
(cd / && timeout 20 $without "$work/sockstate" --port 9502 --duration 1 >"$work/out" 2>"$work/err")
is "$?" 1 "no rights: exit code 1"
is "$(wc -l <"$work/err")" 1 "one line"
ok "$(grep -qE '^sockstate: .*CAP_(BPF|PERFMON|SYS_ADMIN)' "$work/err"; echo $?)" "that names the capability"
ok "$(grep -q "sudo.*setcap [a-z_,=]* $work/sockstate)" "$work/err"; echo $?)" "and how to get it, with the program's own path"
ok "$(test -s "$work/out"; echo $((! $?)))" "nothing on standard output"

# shellcheck disable=SC2086
(cd / && timeout 20 $without "$work/sockstate" doctor --quiet >"$work/out" 2>"$work/err")
is "$?" 1 "doctor --quiet: exit code 1"
is "$(cat "$work/out" "$work/err")" "" "and not a word"

# shellcheck disable=SC2086
(cd / && timeout 20 $without "$work/sockstate" doctor >"$work/out" 2>"$work/err")
is "$? $(grep -c '^  release \|^  BTF ' "$work/out") $(wc -l <"$work/err")" "1 2 1" "doctor: what anybody may know, and one line of why"
ok "$(grep -q 'tracing does not work here: .*CAP_BPF' "$work/err"; echo $?)" "that names the capability"
# shellcheck disable=SC2086
(cd / && timeout 20 $without "$work/sockstate" doctor --json >"$work/out" 2>"$work/err")
is "$? $(wc -l <"$work/out") $(grep -c '"works":false,"error":".*CAP_BPF' "$work/out") $(wc -c <"$work/err")" "1 1 1 0" "doctor --json: the same in one object"
done_testing
