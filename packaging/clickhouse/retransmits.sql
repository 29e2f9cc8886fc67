-- SPDX-License-Identifier: BSD-2-Clause
-- Handshakes that needed another attempt in the last hour: syn, a client knocks again; synack, a server answers again.
SELECT node, what, if(role = 'client', raddr, laddr) AS server, if(role = 'client', rport, lport) AS port,
    count() AS segments, uniqExact(cookie) AS connections, max(attempt) AS attempts
FROM sockstate
WHERE type = 'retransmit' AND time >= now() - 3600
GROUP BY node, what, server, port
ORDER BY segments DESC, what, port
LIMIT 100
