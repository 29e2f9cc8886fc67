-- SPDX-License-Identifier: BSD-2-Clause
-- Columns of their own for the labels by which a fleet is asked, for the second, and for what a listener refused.
--
--     sockstate fields --sql clickhouse | clickhouse-client --multiquery
--     clickhouse-client --multiquery < columns.sql
--     clickhouse-client --multiquery < views.sql
--
-- node: the host; run: one run of sockstate, so that (run, seq) names a line; service and deploy: whatever is compared.
--
--     sockstate --json --label node="$(hostname)" --label run="$(cat /proc/sys/kernel/random/uuid)" \
--         --label service=shop --label deploy=v42
--
-- is_refusal: not each drop is one. A request that was given up is none, nor a segment that was discarded before the
-- listener's queues had a part in it.
ALTER TABLE sockstate
    ADD COLUMN node LowCardinality(String) MATERIALIZED labels['node'],
    ADD COLUMN run LowCardinality(String) MATERIALIZED labels['run'],
    ADD COLUMN service LowCardinality(String) MATERIALIZED labels['service'],
    ADD COLUMN deploy LowCardinality(String) MATERIALIZED labels['deploy'],
    ADD COLUMN time DateTime('UTC') MATERIALIZED toDateTime(substring(toString(ts), 1, 19), 'UTC'),
    ADD COLUMN is_refusal UInt8 MATERIALIZED type = 'drop' AND NOT has(['bad_signature', 'socket_filter', 'ipsec_policy',
        'min_ttl', 'netfilter', 'connection_exists', 'request_expired', 'client_unreachable'], ifNull(toString(drop_reason), ''));
