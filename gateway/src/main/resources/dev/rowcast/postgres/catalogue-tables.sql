-- Every relation an application could mean by a table name, system schemas and our own left out.
-- In: nothing. Out: one row per relation; `quoted` is safe in SQL.
SELECT
  c.oid::pg_catalog.int8                                    AS oid,
  n.nspname                                                 AS schema_name,
  c.relname                                                 AS table_name,
  pg_catalog.format('%I.%I', n.nspname, c.relname)          AS quoted,
  c.relkind::pg_catalog.text                                AS kind,
  c.relpersistence::pg_catalog.text                         AS persistence,
  pg_catalog.pg_get_userbyid(c.relowner)                    AS owner,
  pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS quoted_owner,
  pg_catalog.pg_has_role(c.relowner, 'USAGE')               AS owned,
  CASE WHEN c.relispartition
       THEN pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid::pg_catalog.int8
       ELSE c.oid::pg_catalog.int8 END                      AS root,
  (NOT c.relispartition AND EXISTS (
    SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
   OR c.relkind <> 'p' AND EXISTS (
    SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)) AS inherits,
  (SELECT e.extname
   FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
   WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
     AND d.objsubid = 0 AND d.deptype = 'e' LIMIT 1)        AS extension,
  (SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.place)
   FROM pg_catalog.pg_index x
     CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::pg_catalog.int2[])
       WITH ORDINALITY AS k(number, place)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
   WHERE x.indrelid = c.oid AND x.indisprimary)             AS primary_key,
  EXISTS (
    SELECT FROM pg_catalog.pg_index x
    WHERE x.indrelid = c.oid AND x.indisprimary AND NOT x.indimmediate) AS deferrable_key,
  c.relreplident::pg_catalog.text                           AS identity,
  (SELECT pg_catalog.array_agg(a.attname::pg_catalog.text)
   FROM pg_catalog.pg_index x
     CROSS JOIN LATERAL pg_catalog.unnest(x.indkey::pg_catalog.int2[]) AS k(number)
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
   WHERE x.indrelid = c.oid AND x.indisvalid AND x.indimmediate
     AND (c.relreplident = 'd' AND x.indisprimary
       OR c.relreplident = 'i' AND x.indisreplident))       AS identity_columns
FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND n.nspname NOT IN ('information_schema', 'rowcast')
  AND n.nspname !~ '^pg_'
  AND c.relpersistence <> 't'
ORDER BY n.nspname, c.relname
