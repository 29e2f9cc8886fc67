-- SPDX-License-Identifier: BSD-2-Clause
-- What refused clients believe: connect() of those whose SYN was dropped still waits; of those whose ACK was dropped it
-- has returned, and they write to a server that has no connection.
SELECT service, lport, if(ifNull(client_believes_established, 0) = 1, 'connected', 'waits') AS believes,
    sum(`count`) AS refusals, uniqExact(raddr, rport) AS clients
FROM sockstate
WHERE is_refusal AND time >= now() - 3600
GROUP BY service, lport, believes
ORDER BY refusals DESC
