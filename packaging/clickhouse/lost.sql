-- SPDX-License-Identifier: BSD-2-Clause
-- What is missing, by host and run, of each run that has a line of the last day. facts_lost: the kernel side could not send them, and said so.
-- lines_missing: gaps in seq, which begins at 0, so lines were lost between sockstate and this table. What is missing
-- behind the last line that is here cannot be seen here: the last line of `sockstate ship` on standard error tells how many
-- lines it dropped and how many it has left. lines_twice: inserted again.
SELECT node, run, count() AS lines, sumIf(ifNull(`count`, 0), type = 'lost') AS facts_lost,
    groupUniqArrayIf(ifNull(lost_at, ''), type = 'lost') AS at,
    max(seq) + 1 - uniqExact(seq) AS lines_missing, count() - uniqExact(seq) AS lines_twice
FROM sockstate
WHERE run IN (SELECT run FROM sockstate WHERE time >= now() - 86400)
GROUP BY node, run
ORDER BY facts_lost + lines_missing + lines_twice DESC, node, run
