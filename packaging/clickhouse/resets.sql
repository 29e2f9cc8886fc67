-- SPDX-License-Identifier: BSD-2-Clause
-- Resets of the last hour: who sent them, and why.
SELECT node, service, comm, role, dir, reset_reason, kernel_reason, count() AS resets, max(time) AS latest
FROM sockstate
WHERE type = 'reset' AND time >= now() - 3600
GROUP BY node, service, comm, role, dir, reset_reason, kernel_reason
ORDER BY resets DESC, role, dir
LIMIT 100
