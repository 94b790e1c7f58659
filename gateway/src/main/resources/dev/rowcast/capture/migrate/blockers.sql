-- Who holds locks on a table, longest transaction first. In: 1 the table's oid. Out: sessions.
SELECT a.pid, a.usename, a.application_name, a.state,
  pg_catalog.left(a.query, 200) AS query,
  pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start) AS age
FROM pg_catalog.pg_stat_activity a
WHERE a.pid <> pg_catalog.pg_backend_pid()
  AND EXISTS (
    SELECT FROM pg_catalog.pg_locks l
    WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation = ?::pg_catalog.oid)
ORDER BY a.xact_start NULLS LAST
LIMIT 3
