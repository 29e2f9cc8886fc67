-- SPDX-License-Identifier: BSD-2-Clause
-- How long connections waited for accept(), by service and minute of the last day: median, p90 and p99 in milliseconds.
SELECT service, port, minute, sum(accepts) AS accepted,
    arrayMap(q -> round(q / 1e6, 3), quantilesTDigestIfMerge(0.5, 0.9, 0.99)(waits)) AS p50_p90_p99_ms
FROM sockstate_minutes
WHERE minute >= now() - 86400
GROUP BY service, port, minute
HAVING accepted > 0
ORDER BY minute DESC, service, port
