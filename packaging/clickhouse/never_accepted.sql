-- SPDX-License-Identifier: BSD-2-Clause
-- Which listeners never accepted connections that were complete, in the last hour, and how those ended.
SELECT node, service, comm, lport, close_reason, count() AS connections, round(max(life_ns) / 1e6) AS longest_ms,
    sum(bytes_in) AS bytes_unheard
FROM sockstate
WHERE type = 'close' AND role = 'server' AND accepted = 0 AND time >= now() - 3600
GROUP BY node, service, comm, lport, close_reason
ORDER BY connections DESC, lport
LIMIT 100
