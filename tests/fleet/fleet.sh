# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What the tests of packages share. Sourced; nothing of what they make is installed on this system.
#
#	needs="lintian dpkg-deb"
#	. "$(dirname "$0")/fleet.sh"
#	says 0 "it is accepted" command...
#	done_testing

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}
# shellcheck source-path=SCRIPTDIR source=../cli/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/tap.sh"
for need in ${needs:-}; do
	command -v "$need" >/dev/null || skip_all "$need is not installed (tests/deps fleet)"
done
# shellcheck disable=SC2034 # what the tests use
version=$(sed -n 's/^VERSION[[:space:]]*= //p' "$root/Makefile")
# shellcheck disable=SC2034
static=$root/build/static/sockstate

# A command ends with that exit code; what it said is shown where it does not.
ends() # code, name, command...
{
	local want=$1 name=$2 got=0
	shift 2
	"$@" >"$work/said" 2>&1 </dev/null || got=$?
	is "$got" "$want" "$name"
	[ "$got" = "$want" ] || tail -n 20 "$work/said" | sed 's/^/# /'
}
# Can this kernel be traced at all? Otherwise the rest of a test is skipped, visibly.
traces() { [ "$(id -u)" = 0 ] && "$sockstate" export --once --duration 0.1 >/dev/null 2>&1; }
