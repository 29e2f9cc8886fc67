#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The units under a real systemd, with the static program, on Linux 6.12 in a virtual machine: tests/fleet/boot.
# shellcheck source-path=SCRIPTDIR source=fleet.sh
needs="systemd-analyze curl python3"
. "$(dirname "$0")/fleet.sh"

[ -x /lib/systemd/systemd ] || skip_all "systemd is not installed"
[ -x "$static" ] || skip_all "build/static/sockstate is not built (make static)"
timeout 550 "$root/tests/vm/run" --timeout 500 6.12 tests/fleet/boot "$static" "$sockstate"
status=$?
[ $status != 77 ] || skip_all "the virtual machine can not be had here"
exit $status
