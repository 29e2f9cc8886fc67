-- SPDX-License-Identifier: BSD-2-Clause
-- What a dashboard asks of each listening port and minute, kept as lines come: years of it stay small.
--
-- A view counts what is inserted. A batch that is inserted twice counts twice here; duplicates.sql tells of it.
CREATE TABLE sockstate_minutes (
    minute DateTime('UTC'),
    node LowCardinality(String),
    service LowCardinality(String),
    deploy LowCardinality(String),
    port UInt16,
    handshakes UInt64, -- completed
    accepts UInt64,
    refused UInt64, -- SYNs and ACKs that the listener refused
    refused_believing UInt64, -- of them, those whose client believes to be connected
    never_accepted UInt64, -- connections that ended without accept()
    resets UInt64,
    synack_retransmits UInt64,
    accept_errors UInt64,
    waits AggregateFunction(quantilesTDigestIf(0.5, 0.9, 0.99), UInt64, UInt8) -- for accept(), ns
) ENGINE = SummingMergeTree PARTITION BY toYYYYMM(minute) ORDER BY (service, port, minute, node, deploy);

CREATE MATERIALIZED VIEW sockstate_to_minutes TO sockstate_minutes AS
SELECT
    toStartOfMinute(time) AS minute,
    node,
    service,
    deploy,
    toUInt16(ifNull(lport, 0)) AS port,
    countIf(type = 'state' AND ifNull(`new`, '') = 'ESTABLISHED') AS handshakes,
    countIf(type = 'accept') AS accepts,
    sumIf(ifNull(`count`, 0), is_refusal) AS refused,
    sumIf(ifNull(`count`, 0), is_refusal AND ifNull(client_believes_established, 0) = 1) AS refused_believing,
    countIf(type = 'close' AND ifNull(accepted, 1) = 0) AS never_accepted,
    countIf(type = 'reset') AS resets,
    countIf(type = 'retransmit' AND ifNull(what, '') = 'synack') AS synack_retransmits,
    sumIf(ifNull(`count`, 0), type = 'accept_error') AS accept_errors,
    quantilesTDigestIfState(0.5, 0.9, 0.99)(ifNull(accept_wait_ns, 0), type = 'accept' AND accept_wait_ns IS NOT NULL) AS waits
FROM sockstate
WHERE role IN ('server', 'listener')
GROUP BY minute, node, service, deploy, port;
