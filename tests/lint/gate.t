#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The gate itself: a test that fails once fails the run, and only tests/known-failures forgives.
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 1
# This file may run under another prove.
unset HARNESS_OPTIONS HARNESS_RULESFILE PROVEFLAGS HARNESS_IS_VERBOSE HARNESS_VERBOSE
tests=0 failed=0

ok() # 0 or not, name
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then echo "ok $tests - $2"; else
		failed=$((failed + 1))
		echo "not ok $tests - $2"
		sed 's/^/# /' "$work/out"
	fi
}
gate() # want, tests...
{
	local want=$1 status=0
	shift
	tests/run -j 2 "$@" >"$work/out" 2>&1 || status=$?
	[ "$status" = "$want" ]
}
says() { grep -qE -- "$1" "$work/out"; }
silent_about() { ! says "$1"; }
last_line() { [ "$(tail -n 1 "$work/out")" = "$1" ]; }
test_file() # name; its text on standard input
{
	cat >"$work/$1"
}

test_file good.t <<<'echo "ok 1 - good"; echo 1..1'
test_file broken.t <<<'echo "not ok 1 - never"; echo 1..1; exit 1'
test_file flaky.t <<<'[ -e "$0.ran" ] && s= || s="not "; : >"$0.ran"; echo "${s}ok 1 - sometimes"; echo 1..1; [ -z "$s" ]'
test_file half.t <<<'echo "not ok 1 - known"; echo "not ok 2 - another"; echo 1..2; exit 1'
test_file crash.t <<<'echo "not ok 1 - known"; echo 1..2; exit 1'
test_file late.t <<<'echo "ok 1 - good"; echo 1..1; exit 3'

gate 0 "$work/good.t"
ok $? 'what passes passes'
last_line 'Result: PASS'
ok $? 'and the last line is that of prove'

gate 1 "$work/good.t" "$work/broken.t"
ok $? 'what fails twice fails'
says "^broken: $work/broken.t" && silent_about 'flaky' && silent_about 'good.t failed'
ok $? 'it is called broken'
last_line 'Result: FAIL'
ok $? 'the last line is that of the first run'

gate 1 "$work/good.t" "$work/flaky.t"
ok $? 'what fails once and passes when it runs again fails as well'
says "^flaky: $work/flaky.t" && silent_about 'broken'
ok $? 'it is called flaky'
last_line 'Result: FAIL'
ok $? 'and the last line is not that of the second run'

gate 1 "$work/late.t"
ok $? 'an exit status other than 0 fails'

export KNOWN_FAILURES=$work/known
release=$(uname -r)
echo "$release|half.t|known|a reason" >"$work/known"
gate 1 "$work/half.t"
ok $? 'a known failure does not cover another of the same file'
printf '%s\n' "$release|half.t|known|a reason" "${release%%.*}.*|half.t|another|one more" >"$work/known"
gate 0 "$work/half.t"
ok $? 'known failures are tolerated'
tests/one "$work/half.t" >"$work/out"
says '^not ok 1 - known # TODO known: a reason$' && says '^not ok 2 - another # TODO known: one more$'
ok $? 'and say why'
echo "0.9.*|half.t|known|a reason" >"$work/known"
gate 1 "$work/half.t"
ok $? 'on their kernel only'
echo "$release|crash.t|known|a reason" >"$work/known"
gate 1 "$work/crash.t"
ok $? 'a test that breaks off fails, whatever is known'
echo "$release|good.t|good|a reason" >"$work/known"
gate 0 "$work/good.t" && tests/one "$work/good.t" >"$work/out" && says 'known to fail here, and did not: good'
ok $? 'what is known to fail and passes is said'
echo "$release|half.t|known|" >"$work/known"
gate 1 "$work/half.t"
ok $? 'a known failure without a reason fails'
unset KNOWN_FAILURES
echo "1..$tests"
[ "$failed" = 0 ]
