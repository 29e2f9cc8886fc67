# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# How the tests begin that trace the lab and store its lines in ClickHouse. Sourced; what live.sh and clickhouse.sh have is
# there, and the server answers. (fleet.sh has the TAP of tests that trace nothing.)
# shellcheck disable=SC2034 # what the tests use

needs="clickhouse-server clickhouse-client perl nsenter"
PATH=$PATH:/usr/sbin
# shellcheck source-path=SCRIPTDIR source=../live/live.sh
. "$(dirname "${BASH_SOURCE[0]}")/../live/live.sh"
fleet=$root/tests/fleet
sql=$root/packaging/clickhouse
# shellcheck source-path=SCRIPTDIR source=clickhouse.sh
. "$fleet/clickhouse.sh"
trap 'end_clickhouse; finish' EXIT

"$sockstate" export --once --duration 0.1 >/dev/null 2>"$work/err" || skip_all "$(cat "$work/err")"
start_clickhouse
ok $? "ClickHouse $(ask 'SELECT version()') answers" || { sed 's/^/# /' "$work/clickhouse/log"; done_testing; }
