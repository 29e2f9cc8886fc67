-- SPDX-License-Identifier: BSD-2-Clause
-- Each line once, also where an answer was lost: the server drops a batch whose name it has seen among the last 100000.
-- The window counts the batches of all hosts: hosts x batches a second (1 / --every, more under load) x the seconds from
-- an answer that is lost to the next attempt, which an outage of the server makes as long as itself. 100000 is 1000 hosts
-- and 100 seconds, or 100 hosts and 16 minutes. After an insert that makes several blocks (more than a million lines) it is
-- as many times less.
-- For ClickHouse of recent years, tested with 26.7; after columns.sql and views.sql. The name comes with the batch:
--
--     sockstate ship --spool DIR -- sh -c 'exec clickhouse-client --insert_deduplication_token "$SOCKSTATE_BATCH" \
--         --deduplicate_blocks_in_dependent_materialized_views 1 \
--         --date_time_input_format best_effort --query "INSERT INTO sockstate FORMAT JSONEachRow"'
ALTER TABLE sockstate MODIFY SETTING non_replicated_deduplication_window = 100000;
ALTER TABLE sockstate_minutes MODIFY SETTING non_replicated_deduplication_window = 100000;
