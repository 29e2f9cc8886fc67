#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All C has the form of .clang-format. Another version breaks lines otherwise, so it is 14 or none.
cd "$(dirname "$0")/../.." || exit 1
for tool in clang-format-14 clang-format; do
	case $("$tool" --version 2>/dev/null) in
	*'version 14.'*) break ;;
	esac
	tool=
done
if [ -z "$tool" ]; then
	echo "1..0 # SKIP clang-format 14 is not installed: the form of the C code is NOT checked (make deps)"
	exit 0
fi

# The pinned kernel types have a form of their own.
mapfile -t files < <(find bpf user tests packaging -name '*.[ch]' | sort)
bad=$("$tool" --dry-run -Werror "${files[@]}" 2>&1 | grep -oE '^[^ :]+:[0-9]+' | sort -u)
echo 1..1
if [ -z "$bad" ]; then
	echo "ok 1 - ${#files[@]} files have the form of .clang-format"
	exit 0
fi
echo "not ok 1 - ${#files[@]} files have the form of .clang-format"
awk '{ print "# " $0 ": clang-format -i mends it" }' <<<"$bad" | head -n 40
exit 1
