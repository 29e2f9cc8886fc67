#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The loader, when one program attaches to something that this kernel does not have: that program's
# hook is refused, by name, and all others are attached as before.
root=$(cd "$(dirname "$0")/../.." && pwd)
try=$root/build/tests/live/loader_try
object=$root/build/summary.bpf.o
tests=0 failed=0

is() # got, want, name
{
	tests=$((tests + 1))
	if [ "$1" = "$2" ]; then echo "ok $tests - $3"; return; fi
	failed=$((failed + 1))
	echo "not ok $tests - $3"
	printf 'got:\n%s\nwant:\n%s\n' "$1" "$2" | sed 's/^/# /'
}
hook() # name, in what is on standard input
{
	sed -n "s/^$1 //p"
}

if ! [ -x "$try" ] || ! [ -f "$object" ]; then
	echo "1..0 # SKIP not built"
	exit 0
fi
if ! whole=$("$try" "$object"); then
	echo "1..0 # SKIP tracing is not possible here: $(head -n 1 <<<"$whole")"
	exit 0
fi
is "$(hook state <<<"$whole")" 'chosen ' 'the object as it is: the transitions are hooked'
is "$(hook retransmit <<<"$whole")" 'chosen ' 'and SYN-ACKs that are sent again'

# A hook that another one does not stand in for.
torn=$("$try" "$object" tcp_retransmit_synack)
is "$?" 0 'a tracepoint that the kernel does not have does not end it'
is "$(hook retransmit <<<"$torn" | sed 's/: E.*//')" 'refused synack_again refused' 'its hook is refused, and says by what'
is "$(grep -v '^retransmit\|^passes' <<<"$torn")" "$(grep -v '^retransmit\|^passes' <<<"$whole")" 'every other hook is as before'
is "$(hook passes <<<"$torn")" "$(($(hook passes <<<"$whole") + 1))" 'one more pass found it'

# The one that nothing can do without.
torn=$("$try" "$object" inet_sock_set_state)
is "$?" 1 'without the transitions nothing is loaded'
is "$(grep -c 'set_state' <<<"$torn")" 1 'and one line says which program it was'
echo "1..$tests"
[ "$failed" = 0 ]
