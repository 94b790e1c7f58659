-- Who migrates, and what of schema rowcast is there. In: nothing. Out: one row.
SELECT
  current_user                                         AS role,
  pg_catalog.quote_ident(current_user)                 AS quoted_role,
  pg_catalog.quote_ident(pg_catalog.current_database()) AS database,
  COALESCE(
    (SELECT pg_catalog.pg_has_role(n.nspowner, 'USAGE')
     FROM pg_catalog.pg_namespace n WHERE n.nspname = 'rowcast'),
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'))
                                                       AS may_create_schema,
  ARRAY(
    SELECT wanted.name
    FROM (VALUES (1, 'rowcast'), (2, 'outbox_seq'), (3, 'state'), (4, 'source'), (5, 'outbox'))
      AS wanted(place, name)
    WHERE wanted.name = 'rowcast'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = 'rowcast')
       OR wanted.name <> 'rowcast'
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'rowcast' AND c.relname = wanted.name)
    ORDER BY wanted.place)                             AS missing
