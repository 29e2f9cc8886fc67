-- SPDX-License-Identifier: BSD-2-Clause
-- Lines that were inserted more than once: the server had them, and its answer was lost. By run, of the last day.
SELECT node, run, count() AS lines, uniqExact(seq) AS different
FROM sockstate
WHERE time >= now() - 86400
GROUP BY node, run
HAVING lines > different
ORDER BY node, run
