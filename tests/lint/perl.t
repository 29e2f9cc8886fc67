#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Perl takes every script. What runs seldom, like the benchmarks, is not to break unseen.
cd "$(dirname "$0")/../.." || exit 1
mapfile -t files < <(grep -rlIE '^#!/usr/bin/(env )?perl' .ci tests packaging | sort)
echo 1..1
found=$(for file in "${files[@]}"; do perl -c "$file" 2>&1 | grep -v ' syntax OK$' | sed "s|^|$file: |"; done)
if [ -z "$found" ]; then
	echo "ok 1 - perl -c: ${#files[@]} scripts"
	exit 0
fi
echo "not ok 1 - perl -c: ${#files[@]} scripts"
head -n 40 <<<"$found" | sed 's/^/# /'
exit 1
