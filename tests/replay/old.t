#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Recordings of every earlier format still replay. old/ holds one of each, as the sockstate of its day wrote it, and one
# whose looks are from before records of theirs grew; they are never made again. run.t compares what they print; here is tested that they are what their names say.
cd "$(dirname "$0")" || exit 1

number() # file, offset, type: one number of the head (user/fact/recording_format.h)
{
	od -An -j"$2" -N"${3:1}" -t"$3" "$1" | tr -d ' '
}

says() # number, name, wanted, found
{
	if [ "$3" = "$4" ]; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		printf '# wanted %s, found %s\n' "$3" "$4"
	fi
}

echo 1..13
says 1 'old/ is as it was written' "$(cat old/SHA256SUMS)" "$(cd old && sha256sum -- *.rec)"
if [ "$(printf '\001\000' | od -An -tu2 | tr -d ' ')" != 1 ]; then
	for n in {2..13}; do echo "ok $n # SKIP this machine has another byte order than the recordings"; done
	exit 0
fi
says 2 'format1a is of format 1' 1 "$(number old/format1a.rec 12 u4)"
says 3 'format1a knows no namespace' 0 "$(number old/format1a.rec 176 u4)"
says 4 'format1a does not know --raw' 0 "$(number old/format1a.rec 175 u1)"
says 5 'format1b is of format 1' 1 "$(number old/format1b.rec 12 u4)"
says 6 'format1b knows its namespace' yes "$([ "$(number old/format1b.rec 176 u4)" -gt 0 ] && echo yes)"
says 7 'format1b does not know --raw' 0 "$(number old/format1b.rec 175 u1)"
says 8 'format1c is of format 1' 1 "$(number old/format1c.rec 12 u4)"
says 9 'format1c knows its namespace' yes "$([ "$(number old/format1c.rec 176 u4)" -gt 0 ] && echo yes)"
says 10 'format1c was recorded with --raw' 2 "$(number old/format1c.rec 175 u1)"
says 11 'format2 is of format 2' 2 "$(number old/format2.rec 12 u4)"
says 12 'format2 has its run as text' 'host=web1 label=env=prod lport=9502-9502 laddr=127.0.0.0/8' \
	"$(tr '\0' '\n' <old/format2.rec | grep -aoE '(host=web1|label=env.*|lport=.*|laddr=.*)$' | paste -sd ' ')"
says 13 'format2_looks has threads without the CPUs that they may run on: 928 bytes, kind 4' a0030400 "$(
	od -An -v -tx1 old/format2_looks.rec | tr -d ' \n' | grep -o a0030400 | head -n 1
)"
