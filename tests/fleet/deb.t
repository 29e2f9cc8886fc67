#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make deb`: lintian's judgement, then install, upgrade and purge by dpkg itself, in a copy of this system that is thrown
# away (an overlay in a mount namespace of its own). Nothing is installed here.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="dh dpkg-buildpackage lintian unshare"
. "$(dirname "$0")/fleet.sh"

git -C "$root" rev-parse HEAD >/dev/null 2>&1 || skip_all "no git repository here"
export DEB_BUILD_OPTIONS=nocheck
ends 0 "the packages are built" make -C "$root" --no-print-directory deb
: >"$work/err"
debs=$root/build/deb
is "$(find "$debs" -name '*.deb' -printf '%f\n' | sed 's/_.*//' | grep -v dbgsym | LC_ALL=C sort | paste -sd' ')" "sockstate sockstate-exporter sockstate-lab" "three of them"
ends 0 "lintian finds neither errors nor warnings" lintian --allow-root --fail-on error,warning "$debs"/*.changes
is "$(grep '^[EW]:' "$work/said")" "" "none at all"
depends() { dpkg-deb -f "$debs/$1"_*_*.deb Depends; }
is "$(depends sockstate | tr ',' '\n' | sed 's/ (.*//; s/^ //; s/t64$//' | LC_ALL=C sort | paste -sd' ')" \
	"libbpf1 libc6 libncursesw6 libseccomp2 libtinfo6" "sockstate needs its libraries, and neither compiler nor headers"
is "$(depends sockstate-exporter | grep -o 'libmicrohttpd12' | head -n 1)" libmicrohttpd12 "and the exporter what it loads"

[ "$(id -u)" = 0 ] || { skip "install, upgrade, purge" "needs root"; done_testing; exit; }
cat >"$work/inside" <<'S'
# In a mount namespace: an overlay over the whole system, and a root directory in it.
set -u
debs=$1 work=$2
mount -t tmpfs tmpfs "$work/over" && mkdir "$work/over"/{upper,work,new} || exit 77
mount -t overlay -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" overlay "$work/over/new" 2>/dev/null || exit 77
new=$work/over/new
mount -t proc proc "$new/proc" && mount -t tmpfs tmpfs "$new/run" && mkdir "$new/run/debs" && cp "$debs"/* "$new/run/debs" || exit 77
cp "$work/steps" "$new/run/steps"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$new" bash /run/steps
S
cat >"$work/steps" <<'S'
cd /run/debs
names="sockstate sockstate-exporter sockstate-lab"
state() { dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | tr -d ' '; }
states() { for n in $names; do printf '%s ' "$(state "$n")"; done; }
files=$(find . -name '*.deb' ! -name '*dbgsym*')
: >/run/before
say() { printf '%s=%s\n' "$1" "$2"; }
dpkg -i $files >/run/log 2>&1; say install "$?"
say installed "$(states)"
say version "$(/usr/bin/sockstate --version)"
say enabled "$(systemctl is-enabled sockstate-exporter.socket 2>&1)"
bash /run/debs/smoke >/run/smoke 2>&1; say smoke "$?"
dpkg --verify $names >/run/verify 2>&1; say verify "$(cat /run/verify)"
dpkg -i $files >>/run/log 2>&1; say upgrade "$?"
say upgraded "$(states)"
dpkg --purge $names >>/run/log 2>&1; say purge "$?"
say purged "$(states)"
say left "$(find / -xdev \( -name '*sockstate*' -path '/usr/*' -o -name '*sockstate*' -path '/etc/*' -o -name '*sockstate*' -path '/var/*' \) -newer /run/before 2>/dev/null | grep -v '^/var/log' | paste -sd' ')"
sed 's/^/log=/' /run/log /run/smoke
S
mkdir "$work/over"
mkdir "$work/debs"
cp "$debs"/*.deb "$root/packaging/debian/tests/smoke" "$work/debs"
unshare -m --propagation private bash "$work/inside" "$work/debs" "$work" >"$work/said" 2>&1 </dev/null
status=$?
if [ $status = 77 ]; then
	skip "install, upgrade, purge" "no overlay can be mounted here"
	done_testing
	exit
fi
of() { sed -n "s/^$1=//p" "$work/said"; }
is "$(of install) $(of installed)" "0 ii ii ii " "dpkg installs them, and finds all that they depend on"
is "$(of version)" "sockstate $version" "what is installed runs"
is "$(of smoke)" 0 "the autopkgtest passes"
is "$(of enabled)" enabled "the socket of the exporter is enabled"
is "$(of verify)" "" "dpkg --verify finds each file as it was packed"
is "$(of upgrade) $(of upgraded)" "0 ii ii ii " "they are upgraded"
is "$(of purge) $(of purged)" "0    " "and purged"
is "$(of left)" "" "nothing of theirs is left"
[ "$failed" = 0 ] || sed 's/^/# /' "$work/said" | tail -n 40
done_testing
