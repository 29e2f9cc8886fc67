#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Which room of user/ may use which: what the object files of the build link says whether the code
# keeps to it. An #include alone is no arrow, a call is.
#
# A row: a room, and the rooms that it may call. Adding an arrow here is a decision; no row may
# close a circle, and no two files may need each other.
rules='
base
event		base
fact		base event
listener	base event
listing		base event
report		base event
view		base event listing report
gate		base event listener
cli		base event gate listing otlp
otlp		base event
export		base event listener otlp
top		base event listener listing view
tracker		base event fact listener
stream		base event fact listener view cli tracker why
verify		base event fact listener tracker
why		base event fact listener tracker
kernel		base event fact listener cli tracker stream verify why
run		base event fact listener listing report view gate cli export otlp top tracker stream verify why kernel
main		cli run
lab		base cli
generate	base event fact cli lab
'
cd "$(dirname "$0")/../.." || exit 1
objects=${SOCKSTATE_GENERATE:-$PWD/build/generate}
objects=${objects%/generate}/user
tests=0 failed=0

ok() # 0 or not, name, why not
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then echo "ok $tests - $2"; return; fi
	failed=$((failed + 1))
	echo "not ok $tests - $2"
	awk 'NF { print "# " $0 }' <<<"$3"
}

# "user file, used file, symbol" for each symbol that one object file takes from another.
uses() # the output of nm -A -P
{
	awk -v at="$objects/" '
	{ file = substr($1, length(at) + 1); sub(/\.o:$/, "", file) }
	$3 ~ /^[TDBRVWC]$/ { from[$2] = from[$2] " " file }
	$3 == "U" { use[file " " $2] }
	END {
		for (u in use) {
			split(u, part, " ")
			n = split(from[part[2]], giver, " ")
			for (i = 1; i <= n; i++)
				if (giver[i] != part[1]) print part[1], giver[i], part[2]
		}
	}' | sort
}
# The lines that no rule allows. A room may always use itself.
wrong()
{
	awk -v rules="$rules" '
	BEGIN {
		n = split(rules, row, "\n")
		for (i = 1; i <= n; i++) {
			m = split(row[i], word)
			if (m) may[word[1], word[1]]
			for (j = 2; j <= m; j++) may[word[1], word[j]]
		}
	}
	{
		user = $1; used = $2
		sub(/\/.*/, "", user); sub(/\/.*/, "", used)
		if (!((user, used) in may)) print $1 " uses " $2 ": " $3
	}'
}
# tsort names the members of each loop, and fails.
circles() # pairs
{
	tsort 2>&1 >/dev/null | sed 's/^tsort: //; s/^-: //'
}

# The test itself: what it is to find, it finds.
found=$(printf '%s\n' "${objects}/base/a.o: up U 0 0" "${objects}/run/b.o: up T 0 0" | uses | wrong)
[ "$found" = 'base/a uses run/b: up' ]
ok $? 'a wrong arrow is found' "$found"
[ -n "$(printf 'base/a base/b\nbase/b base/a\n' | circles)" ]
ok $? 'a circle is found'
found=$(awk 'NF { for (i = 2; i <= NF; i++) print $1, $i }' <<<"$rules" | circles)
[ -z "$found" ]
ok $? 'the rules themselves have no circle' "$found"

# Only what has a source: objects of files that were renamed stay in the build.
mapfile -t files < <(find user -name '*.c' | sed "s,^user/\(.*\)\.c\$,$objects/\1.o," | sort)
found=$(for file in "${files[@]}"; do [ -f "$file" ] || echo "$file: not built"; done)
[ -z "$found" ]
ok $? 'every file has been built' "$found"
arrows=$(nm -A -P "${files[@]}" 2>/dev/null | uses)
[ "$(wc -l <<<"$arrows")" -gt 100 ]
ok $? "symbols that ${#files[@]} files take from each other are found" "$(head -n 3 <<<"$arrows")"
found=$(find user -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
	while read -r room; do grep -q "^$room\b" <<<"$rules" || echo "user/$room: no row here"; done)
[ -z "$found" ]
ok $? 'every room has a row' "$found"
found=$(wrong <<<"$arrows")
[ -z "$found" ]
ok $? 'no room uses one that it must not know' "$found"
found=$(awk '{ print $1, $2 }' <<<"$arrows" | sort -u | circles)
[ -z "$found" ]
ok $? 'no files need each other in a circle' "$found"
echo "1..$tests"
[ "$failed" = 0 ]
