# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A ClickHouse of the test's own, in $work/clickhouse; it sees loopback only, in a network namespace of its own. Sourced.
#
#	start_clickhouse           # or again, with what it has on its disk
#	ask 'SELECT 1'             # its rows, or its complaint
#	clickhouse_client --multiquery < file.sql
#	stop_clickhouse [-KILL]
#
# Debian has 18.16, which is older than Map, Bool, DateTime64 and a LowCardinality that needs no permission. For it alone
# the DDL is brought back (old_ddl), and objects stay out of the lines (old_lines), with labels as members of their own.

# shellcheck disable=SC2154 # work and sockstate are of who sources this
clickhouse= clickhouse_ns=

configure_clickhouse()
{
	mkdir -p "$work/clickhouse/data" "$work/clickhouse/tmp"
	cat >"$work/clickhouse/config.xml" <<-XML
		<yandex>
		<logger><level>warning</level><console>1</console></logger>
		<listen_host>127.0.0.1</listen_host><tcp_port>19000</tcp_port><timezone>UTC</timezone>
		<path>$work/clickhouse/data/</path><tmp_path>$work/clickhouse/tmp/</tmp_path><mark_cache_size>5368709</mark_cache_size>
		<users_config>$work/clickhouse/users.xml</users_config>
		<default_profile>default</default_profile><default_database>default</default_database>
		</yandex>
	XML
	cat >"$work/clickhouse/users.xml" <<-'XML'
		<yandex>
		<profiles><default/></profiles><quotas><default/></quotas>
		<users><default>
		<password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
		</default></users>
		</yandex>
	XML
	# Somebody must hold the namespace while the server is away.
	unshare --net sh -c 'ip link set lo up; echo up; exec sleep infinity' >"$work/clickhouse/ns" &
	clickhouse_ns=$!
	while ! grep -qs up "$work/clickhouse/ns"; do sleep 0.02; done
}

clickhouse_client() { nsenter --net="/proc/$clickhouse_ns/ns/net" clickhouse-client --port 19000 "$@" 2>&1; }
ask() { clickhouse_client --query "$1"; }
answers() { ask 'SELECT 1' 2>/dev/null | grep -qx 1; }

start_clickhouse()
{
	local i
	[ -n "$clickhouse_ns" ] || configure_clickhouse
	nice -n 19 nsenter --net="/proc/$clickhouse_ns/ns/net" clickhouse-server --config-file="$work/clickhouse/config.xml" \
		>>"$work/clickhouse/log" 2>&1 </dev/null &
	clickhouse=$!
	for ((i = 0; i < 600; i++)); do
		answers && return
		kill -0 "$clickhouse" 2>/dev/null || return
		sleep 0.1
	done
	return 1
}

stop_clickhouse() # [signal]
{
	[ -n "$clickhouse" ] || return
	kill "${1:--TERM}" "$clickhouse" 2>/dev/null
	wait "$clickhouse" 2>/dev/null
	clickhouse=
}

end_clickhouse()
{
	stop_clickhouse
	[ -z "$clickhouse_ns" ] || kill "$clickhouse_ns"
}

# Keys with objects or lists of them: Maps, or text.
wide_keys() { "$sockstate" fields --sql clickhouse | sed -n 's/^ *`\(.*\)` \(Map(.*\|String\),$/\1/p'; }
# A column of which 18.16 has no type is left out.
old_ddl()
{
	sed -E '/^--/d; /^ *`.*` Map\(/d; s/LowCardinality\(((Nullable\()?String\)?)\)/\1/; s/Bool/UInt8/; s/DateTime64\([^)]*\)/String/
		s/ MATERIALIZED labels\[.*\]//'
}
old_lines() { perl "$(dirname "${BASH_SOURCE[0]}")/old_lines" "$(wide_keys | grep -vx labels | paste -sd '|')"; }
