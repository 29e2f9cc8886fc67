#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every line that a recording prints keeps to the JSON Schema that is made from the catalogue of fields, in every way of
# printing JSON; and the schema tells a wrong line from a right one.
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR source=forms.sh
. ./forms.sh

if [ ! -x "$sockstate" ]; then
	echo "1..0 # SKIP $sockstate is not built"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0

ok() # 0 or not, name
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		failed=$((failed + 1))
		echo "not ok $n - $2"
	fi
}

keeps() # name, file...
{
	local name=$1
	shift
	../conforms "$@" >"$work/wrong" 2>&1
	ok $? "$name"
	sed 's/^/# /' "$work/wrong"
}

refused() # name, what is wrong, jq program that spoils the lines of textbook
{
	jq -c "$3" textbook.json >"$work/spoilt"
	../conforms "$work/spoilt" >"$work/wrong" 2>&1 && : >"$work/wrong"
	grep -qF "$2" "$work/wrong"
	ok $? "$1"
}

for expected in *.json old/*.json; do
	keeps "$expected" "$expected"
done
for options in "--interval 100ms" --raw "--side server" "--label env=prod --label a="; do
	# shellcheck disable=SC2086
	"$sockstate" --json $options --replay old/format1c.rec >"$work/out" 2>"$work/err"
	keeps "format1c with $options" "$work/out"
done

refused 'a key that stands on no such line' 'has backlog_asked' 'select(.type == "close") | .backlog_asked = 1'
refused 'a key that is missing' 'has no close_reason' 'select(.type == "close") | del(.close_reason)'
refused 'a key of schema 1' 'has end' 'select(.type == "close") | .end = .close_reason'
refused 'a word that is not of its list' 'no word of its list' 'select(.type == "close") | .close_reason = "listener_closed"'
refused 'a number as text' 'no integer' 'select(.type == "state") | .cookie |= tostring'
refused 'a number below zero' 'less than 0' 'select(.type == "state") | .netns = -1'
refused 'a state that is none' 'no word of its list' 'select(.type == "close") | .states_ns.OPEN = 1'
refused 'a stamp without nanoseconds' 'not like' '.ts = "2026-11-28T00:00:00Z"'
refused 'a type of line that is none' 'no line has the type' '.type = "other"'
refused 'a stranger inside an object' 'stands on no such line' 'select(.type == "meta") | .filter.colour = 1'

"$sockstate" --json --label 'env=a"b' --label _2=c=d --replay textbook.rec | jq -sc 'map(.labels) | unique' >"$work/labels"
[ "$(cat "$work/labels")" = '[{"env":"a\"b","_2":"c=d"}]' ]
ok $? 'labels stand on every line'

echo "1..$n"
[ $failed = 0 ]
