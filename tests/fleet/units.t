#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The systemd units: systemd's own judgement of them, then the exporter as the unit starts it. tests/fleet/vm.t has them under
# a real systemd.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="systemd-analyze"
. "$(dirname "$0")/fleet.sh"

# As installed, for systemd-analyze looks for what is started.
make -C "$root" --no-print-directory install install-exporter DESTDIR="$work/root" PREFIX=/usr >/dev/null
units=$work/root/usr/lib/systemd/system
service=$units/sockstate-exporter.service
mkdir "$work/here"
sed "s,/usr/bin/sockstate,$work/root/usr/bin/sockstate," "$service" >"$work/here/sockstate-exporter.service"
cp "$units/sockstate-exporter.socket" "$work/here"
ends 0 "systemd-analyze verify accepts them" systemd-analyze verify --man=no "$work/here/sockstate-exporter.socket" "$work/here/sockstate-exporter.service"
is "$(grep -v '^$' "$work/said")" "" "and has nothing to say"
ends 0 "systemd-analyze security: an exposure of 2.0 at most" systemd-analyze security --offline=yes --threshold=20 "$service"
exposure=$(sed -n 's/.*exposure level[^:]*: \([0-9.]*\).*/\1/p' "$work/said")
ok "$(awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 2.0) }'; echo $?)" "in its own words: $exposure"
setting() { sed -n "s/^$1=//p" "$service"; }
is "$(setting AmbientCapabilities), $(setting CapabilityBoundingSet)" "CAP_BPF CAP_PERFMON, CAP_BPF CAP_PERFMON" "two capabilities and no other"
is "$(setting DynamicUser) $(setting User)" "yes " "a user that exists while it runs"
make -C "$root" --no-print-directory install-exporter DESTDIR="$work/local" PREFIX=/usr/local >/dev/null
is "$(sed -n 's/^ExecStart=//p' "$work/local/usr/local/lib/systemd/system/sockstate-exporter.service" | cut -d' ' -f1)" /usr/local/bin/sockstate \
	"the unit starts what was installed beside it"

taken_away()
{
	make -C "$root" --no-print-directory uninstall DESTDIR="$work/root" PREFIX=/usr >/dev/null
	is "$(find "$work/root" ! -type d)" "" "make uninstall takes all away"
}

# ---- the system calls of the unit are enough ----

if ! command -v strace >/dev/null || ! traces; then
	skip "its list of system calls is enough" "strace is missing or tracing is not possible here"
	taken_away
	done_testing
	exit
fi
# What the unit allows, name by name: the groups as systemd has them; a later line may take away and give again.
expand() # names and groups...
{
	local name
	for name; do
		case $name in
		@*) systemd-analyze syscall-filter "$name" | awk '/^ +[@a-z]/ { print $1 }' | while read -r n; do expand "$n"; done ;;
		*) echo "$name" ;;
		esac
	done
}
: >"$work/allowed"
while read -r line; do
	# shellcheck disable=SC2086 # words
	if [[ $line == ~* ]]; then
		expand ${line#\~} | sort -u >"$work/taken"
		sort -u "$work/allowed" | comm -23 - "$work/taken" >"$work/left"
		mv "$work/left" "$work/allowed"
	else
		expand $line >>"$work/allowed"
	fi
done < <(setting SystemCallFilter)
ok "$([ "$(wc -l <"$work/allowed")" -gt 100 ]; echo $?)" "the groups of systemd are known"
export LC_ALL=C
chmod 711 "$work"
cp "$sockstate" "$work/sockstate"
strace -f -qq -o "$work/calls" -e trace=all -I 2 setpriv --reuid 61000 --regid 61000 --clear-groups \
	--inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon --bounding-set=-all,+bpf,+perfmon --no-new-privs \
	"$work/sockstate" export --once --duration 0.5 >"$work/page" 2>"$work/err" </dev/null
is "$?" 0 "it counts with two capabilities, as a user of its own"
ok "$(grep -c '^sockstate_build_info' "$work/page" | grep -qx 1; echo $?)" "and has metrics to show"
# From its own start on, what the kernel granted: fsopen() for one, libbpf tries and does without.
is "$(sed -n '/execve("[^"]*\/sockstate"/,$p' "$work/calls" | grep -v ' = -1 E' | awk '{ print $2 }' |
	sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' | sort -u | comm -23 - <(sort -u "$work/allowed"))" "" "its list of system calls is enough"
taken_away
done_testing
