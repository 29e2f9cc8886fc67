-- SPDX-License-Identifier: BSD-2-Clause
-- Who waits for accept() now, the longest first: queued in the last day, and since then neither accepted nor gone. Runs
-- that have ended say nothing of now, nor do those that were killed: a run must have a line of the last 10 minutes. With
-- --interval 5m a run has one also where nothing happens.
SELECT node, service, comm, lport, raddr, rport, since, toUInt32(now()) - toUInt32(since) AS waited_s
FROM (
    SELECT node, run, cookie, any(service) AS service, any(comm) AS comm, any(lport) AS lport, any(raddr) AS raddr,
        any(rport) AS rport, min(time) AS since,
        sum(type IN ('accept', 'close')) AS over, sum(ifNull(queued, 0) = 1) AS began
    FROM sockstate
    WHERE type IN ('state', 'socket', 'accept', 'close') AND role = 'server' AND time >= now() - 86400
        AND (type IN ('accept', 'close') OR queued = 1)
        AND run NOT IN (SELECT run FROM sockstate WHERE type = 'summary')
        AND run IN (SELECT run FROM sockstate WHERE time >= now() - 600)
    GROUP BY node, run, cookie
)
WHERE over = 0 AND began > 0
ORDER BY since, lport, rport
LIMIT 100
