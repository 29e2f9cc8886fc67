#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every type and field of vmlinux/vmlinux.h against the running kernel's own type information; tests/vm runs it on others.
#
#	tests/live/vmlinux.t [BTF]	another kernel's, from a file
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
check=$root/build/tests/live/vmlinux_check
objects=("$root"/build/sockstate.bpf.o "$root"/build/why.bpf.o "$root"/build/summary.bpf.o)
btf=${1:-/sys/kernel/btf/vmlinux}

for need in "$check" "${objects[@]}" "$btf"; do
	if [ ! -r "$need" ]; then
		echo "1..0 # SKIP $need is not there"
		exit 0
	fi
done
exec "$check" "$root/vmlinux/vmlinux.h" "$btf" "${objects[@]}"
