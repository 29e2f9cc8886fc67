-- SPDX-License-Identifier: BSD-2-Clause
-- Who was refused in the last hour, and by whom. Clients are named where the kernel lets sockstate see them.
SELECT node, service, comm, lport, raddr, segment, drop_reason, sum(`count`) AS refusals, max(time) AS latest
FROM sockstate
WHERE is_refusal AND time >= now() - 3600
GROUP BY node, service, comm, lport, raddr, segment, drop_reason
ORDER BY refusals DESC, raddr
LIMIT 100
