#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Scripts are free of shellcheck notes; .shellcheckrc has those that are not asked for, and why.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v shellcheck >/dev/null; then
	echo "1..0 # SKIP shellcheck is not installed: the scripts are NOT checked (make deps)"
	exit 0
fi

# What begins like a script, and what scripts source. Busybox runs tests/vm/init.
mapfile -t files < <(
	find .ci tests packaging completions -type f ! -name '*.rec' ! -path tests/vm/init -print0 |
		xargs -0 grep -lIE '^#!/bin/(ba)?sh|^# shellcheck shell=' | sort)
echo 1..1
if found=$(shellcheck -f gcc -x "${files[@]}"); then
	echo "ok 1 - shellcheck: ${#files[@]} scripts"
	exit 0
fi
echo "not ok 1 - shellcheck: ${#files[@]} scripts"
head -n 40 <<<"$found" | sed 's/^/# /'
exit 1
