# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The few lines of TAP that the command-line tests need. Sourced; sets root, sockstate and work.
#
#	. "$(dirname "$0")/tap.sh"
#	run 2 --port 0                  # runs sockstate, expects that exit code
#	says "--port: '0' is not a port" # on standard error, and nothing else
#	done_testing

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sockstate=${SOCKSTATE:-$root/sockstate}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests=0
failed=0

ok() # 0 or not, name
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $2"
		if [ -s "$work/err" ]; then sed 's/^/# stderr: /' "$work/err" | head -5; fi
	fi
}

skip() # name, reason
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

is() # got, want, name
{
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '# got:  %s\n# want: %s\n' "$1" "$2"
	fi
}

run() # exit code, arguments...
{
	local want=$1 got=0
	shift
	timeout 20 "$sockstate" "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
	is "$got" "$want" "sockstate $* ends with $want"
}

says() # text; the whole of standard error, one line
{
	is "$(cat "$work/err")" "sockstate: $1" "  and says so in one line"
}

done_testing()
{
	echo "1..$tests"
	[ "$failed" = 0 ]
}

if [ ! -x "$sockstate" ]; then
	echo "1..0 # SKIP $sockstate is not built"
	exit 0
fi
