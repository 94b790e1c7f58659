-- The functions of one schema. In: 1 schema name. Out: one row per function.
SELECT
  p.proname                                       AS name,
  pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
  p.prosrc                                        AS body,
  p.prosecdef                                     AS definer,
  pg_catalog.pg_has_role(p.proowner, 'USAGE')     AS owned,
  COALESCE(p.proconfig, '{}')                     AS settings
FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ?
ORDER BY p.proname
