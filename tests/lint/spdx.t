#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every source file names its license in its first three lines, and it is the license of its folder.
#
# The list is git's where there is a repository, else what lies in the folders (a source archive).
# Stories, recordings and the text that tests expect are data, and bear no line.
cd "$(dirname "$0")/../.." || exit 1

list()
{
	git ls-files --cached --others --exclude-standard 2>/dev/null ||
		find Makefile .ci bpf user tests packaging vmlinux completions docs -type f | sort
}

is_source() # file
{
	case $1 in
	tests/fuzz/corpus/*) return 1 ;;
	*.c | *.h | *.t | *.sh | *.def | Makefile | .ci/*) return 0 ;;
	tests/* | packaging/*) [ "$(head -c 2 "$1")" = '#!' ] ;;
	*) return 1 ;;
	esac
}

# Programs are GPL-2.0-only because the kernel demands it; headers of both sides give the choice.
licenses() # file
{
	case $1 in
	bpf/*.bpf.c | bpf/*.bpf.h | vmlinux/*.h) echo 'GPL-2.0-only' ;;
	bpf/*.h | tests/bench/*.bpf.c) echo 'GPL-2.0-only OR BSD-2-Clause' ;;
	*) echo 'BSD-2-Clause' ;;
	esac
}

files=()
while IFS= read -r file; do
	[ -f "$file" ] && is_source "$file" && files+=("$file")
done < <(list)
missing=() wrong=()
for file in "${files[@]}"; do
	found=$(sed -n '1,3s|.*SPDX-License-Identifier: \(.*\)|\1|p' "$file" | sed 's| *\*/$||')
	if [ -z "$found" ]; then
		missing+=("$file")
	elif [ "$found" != "$(licenses "$file")" ]; then
		wrong+=("$file: $found, expected $(licenses "$file")")
	fi
done

echo 1..3
report() # number, what, offenders
{
	local n=$1 what=$2
	shift 2
	if [ $# = 0 ]; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		printf '# %s\n' "$@"
	fi
}
if [ ${#files[@]} -ge 200 ]; then
	echo "ok 1 - ${#files[@]} source files are looked at"
else
	echo "not ok 1 - only ${#files[@]} source files are looked at"
fi
report 2 'each has an SPDX line at its head' "${missing[@]}"
report 3 'and it is the license of its folder' "${wrong[@]}"
[ ${#missing[@]} = 0 ] && [ ${#wrong[@]} = 0 ]
