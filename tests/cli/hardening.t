#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# How the programs are linked and compiled, as readelf and objdump show it.
. "$(dirname "$0")/tap.sh"

command -v readelf >/dev/null || { echo "1..0 # SKIP readelf is not installed"; exit 0; }
lab=${SOCKSTATE_LAB:-$root/sockstate-lab}
if readelf -Ws "$sockstate" | grep -q __asan_init; then
	echo "1..0 # SKIP built with sanitizers, which bring checks of their own"
	exit 0
fi

for program in "$sockstate" "$lab"; do
	name=${program##*/}
	readelf -Wh "$program" | grep -q 'Type:.*DYN'
	ok $? "$name: position independent"
	readelf -Wl "$program" | grep -q GNU_RELRO && readelf -Wd "$program" | grep -qE 'BIND_NOW|NOW'
	ok $? "$name: full RELRO"
	readelf -Wl "$program" | grep GNU_STACK | grep -qv 'RWE'
	ok $? "$name: the stack cannot be executed"
	readelf -Ws "$program" | grep -q __stack_chk_fail
	ok $? "$name: stack protector"
	readelf -Ws "$program" | grep -qE '__(v?snprintf|memcpy|read|strcpy)_chk'
	ok $? "$name: _FORTIFY_SOURCE"
	if [ "$(uname -m)" = x86_64 ] && cc -fcf-protection=full -x c -c -o /dev/null - <<<'' 2>/dev/null; then
		# The note of the whole program depends on the C library's start files, too.
		objdump -d --disassemble=main "$program" | grep -q endbr64
		ok $? "$name: control flow protection"
	else
		skip "$name: control flow protection" "this compiler or machine has none"
	fi
done
done_testing
