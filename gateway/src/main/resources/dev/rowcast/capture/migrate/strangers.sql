-- What is in schema rowcast and not ours. In: 1 names of our functions by regular expression.
-- Out: one row per object.
SELECT pg_catalog.concat(
    CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
                   WHEN 'c' THEN 'type ' ELSE 'table ' END, 'rowcast.', c.relname) AS object
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'rowcast' AND c.relkind NOT IN ('i', 'I', 't')
  AND c.relname NOT IN ('outbox_seq', 'state', 'source', 'outbox', 'wal', 'message', 'delivered')
UNION ALL
SELECT pg_catalog.concat('function rowcast.', p.proname)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'rowcast' AND p.proname !~ ?
ORDER BY 1
