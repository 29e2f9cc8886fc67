-- SPDX-License-Identifier: BSD-2-Clause
-- Before and after a deploy, of the last week: is the new one slower to accept, or does it refuse?
-- Not for lines of --notable: those have nearly no handshakes and accepts that went well, so the shares would be nonsense.
SELECT service, deploy, min(minute) AS since, sum(handshakes) AS completed, sum(accepts) AS accepted, sum(refused) AS refusals,
    sum(never_accepted) AS unaccepted, round(sum(refused) / sum(handshakes + refused), 4) AS refused_share,
    arrayMap(q -> round(q / 1e6, 3), quantilesTDigestIfMerge(0.5, 0.9, 0.99)(waits)) AS p50_p90_p99_ms
FROM sockstate_minutes
WHERE minute >= now() - 7 * 86400
GROUP BY service, deploy
ORDER BY service, since, deploy
