#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make static`: one file that needs no library. The witnesses are file, ldd and readelf; it runs in a root directory that
# holds nothing else.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="file ldd readelf"
. "$(dirname "$0")/fleet.sh"

ends 0 "it is made" make -C "$root" --no-print-directory static
is "$(file -b "$static" | grep -o 'static-pie linked')" "static-pie linked" "file: static, at a random address"
is "$(LC_ALL=C ldd "$static" 2>&1 | grep -oE 'statically linked|not a dynamic executable')" "statically linked" "ldd: needs no library"
is "$(readelf -Wl "$static" | grep -c INTERP)" 0 "readelf: no loader"
is "$(readelf -Wl "$static" | grep -c GNU_RELRO)" 1 "readelf: what is relocated becomes read-only"
is "$(readelf -Wl "$static" | awk '$1 == "GNU_STACK" { print $(NF - 1) }')" RW "readelf: the stack cannot be executed"
is "$("$static" fields | cksum)" "$("$sockstate" fields | cksum)" "it says what the other one says"
record=$(find "$root/tests/replay" -name 'textbook.rec')
is "$("$static" --replay "$record" | cksum)" "$("$sockstate" --replay "$record" | cksum)" "and replays what the other one replays"

if [ "$(id -u)" = 0 ]; then
	mkdir "$work/empty"
	cp "$static" "$work/empty/sockstate"
	is "$(chroot "$work/empty" /sockstate --version)" "sockstate $version" "it runs where nothing else is"
else
	skip "it runs where nothing else is" "chroot needs root"
fi
done_testing
