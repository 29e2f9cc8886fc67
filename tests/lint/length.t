#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A source file of more than 500 lines says in its head why it is so long.
set -u
cd "$(dirname "$0")/../.." || exit 1

silent()
{
	local file
	for file in user/*.c user/*/*.[ch] user/*/*/*.[ch] bpf/*; do
		[ "$(wc -l <"$file")" -le 500 ] || head -n 40 "$file" | grep -q 'Longer than 500 lines: ' || echo "$file"
	done
}

echo 1..1
list=$(silent)
if [ -z "$list" ]; then
	echo "ok 1 - files of more than 500 lines give a reason"
else
	echo "not ok 1 - files of more than 500 lines give a reason"
	awk '{ print "# " $0 }' <<<"$list"
	exit 1
fi
