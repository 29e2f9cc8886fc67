#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each recording prints exactly the text that stands beside it: those that `record` makes, and those of earlier
# formats in old/. `tests/replay/refresh` renews the text.
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR source=forms.sh
. ./forms.sh

if [ ! -x "$sockstate" ]; then
	echo "1..0 # SKIP $sockstate is not built"
	exit 0
fi
shopt -s nullglob
recordings=(*.rec old/*.rec)
if [ ${#recordings[@]} = 0 ]; then
	echo "1..0 # SKIP there is no recording in tests/replay"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "1..$((${#recordings[@]} * ${#forms[@]}))"
n=0 failed=0
for recording in "${recordings[@]}"; do
	for form in "${forms[@]}"; do
		n=$((n + 1))
		expected=${recording%.rec}.$form
		if print "$recording" "$form" >"$work/got" 2>"$work/err" && diff -u "$expected" "$work/got" >"$work/diff" 2>&1; then
			echo "ok $n - $recording as $form"
		else
			failed=$((failed + 1))
			echo "not ok $n - $recording as $form"
			head -20 "$work/err" "$work/diff" | sed 's/^/# /'
		fi
	done
done
[ $failed = 0 ]
