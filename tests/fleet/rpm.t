#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `make rpm`: rpmbuild accepts the spec, and the packages have what they should. They are installed into a directory with a
# database of its own, not on a system of RPMs.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="rpmbuild rpm2cpio cpio"
. "$(dirname "$0")/fleet.sh"

git -C "$root" rev-parse HEAD >/dev/null 2>&1 || skip_all "no git repository here"
ends 0 "rpmbuild builds them" make -C "$root" --no-print-directory rpm
: >"$work/err"
rpms=$root/build/rpm
package() { find "$rpms/RPMS" -name "$1-$version-*.rpm"; }
for name in sockstate sockstate-exporter sockstate-lab; do
	ok "$([ -f "$(package "$name")" ]; echo $?)" "$name"
done
is "$(find "$rpms/SRPMS" -name '*.src.rpm' | wc -l)" 1 "and the sources"
is "$(rpm -qp --qf '%{VERSION} %{LICENSE}' "$(package sockstate)" 2>/dev/null)" "$version BSD-2-Clause AND GPL-2.0-only" "version and license"
is "$(rpm -qp --requires "$(package sockstate)" 2>/dev/null | sed -nE 's/^(lib(bpf|seccomp|ncursesw))\.so.*/\1/p' | sort -u | paste -sd' ')" \
	"libbpf libncursesw libseccomp" "it needs its libraries"
is "$(rpm -qp --requires "$(package sockstate-exporter)" 2>/dev/null | grep -x libmicrohttpd)" libmicrohttpd "and the exporter what it loads"
is "$(rpm -qlp "$(package sockstate-exporter)" 2>/dev/null | grep -c '/lib/systemd/system/sockstate-exporter\.')" 2 "the exporter has its units"
mkdir "$work/root"
ends 0 "they install into an empty directory" rpm --root "$work/root" --nodeps --noscripts -i "$(package sockstate)" "$(package sockstate-exporter)" "$(package sockstate-lab)"
is "$("$work/root/usr/bin/sockstate" --version)" "sockstate $version" "what is installed runs"
ends 0 "and leave it" rpm --root "$work/root" --nodeps --noscripts -e sockstate sockstate-exporter sockstate-lab
is "$(find "$work/root" -name '*sockstate*' ! -path '*/var/lib/rpm/*')" "" "without leaving anything"
done_testing
