-- SPDX-License-Identifier: BSD-2-Clause
-- What programs did instead of accepting, in the last hour, with the latest evidence.
SELECT node, service, comm, pid, lport, diagnosis, count() AS looks, argMax(sentence, t_ns) AS evidence,
    max(accept_queue) AS queued_most, round(max(oldest_wait_ns) / 1e6) AS oldest_wait_ms, max(time) AS latest
FROM sockstate
WHERE type = 'why' AND time >= now() - 3600
GROUP BY node, service, comm, pid, lport, diagnosis
ORDER BY latest DESC, looks DESC
LIMIT 100
