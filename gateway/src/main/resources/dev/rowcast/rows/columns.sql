-- The columns of one captured table, with what comparing them means.
-- In: 1 schema and name with a dot between. Out: one row per column in the table's order; none when
-- there is no such table, or it is not captured.
--   type: of a domain, the one below it, as a name safe in SQL
--   kind: oid of that type, where it is one of PostgreSQL's own with a meaning of its own; else 0
--   labels: of an enumeration, in its order
--   has_null: whether JSON's null can only mean that there is no value
--   captured: whether events have the column
--   sorted_by, letters: names of the locale; 'C' stands for what is compared byte by byte
WITH RECURSIVE wanted AS (
  SELECT s.key, s.columns, c.oid, n.nspname, c.relname
  FROM rowcast.source s
    JOIN pg_catalog.pg_namespace n ON n.nspname = s.schema_name
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name
  WHERE s.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) s.table_name = ?
), base (number, type) AS (
  SELECT a.attnum, a.atttypid
  FROM wanted w JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT b.number, t.typbasetype
  FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type
  WHERE t.typtype = 'd'
), database AS (
  -- Names of columns differ between versions.
  SELECT
    coalesce(r.d ->> 'datlocprovider', 'c')                     AS provider,
    r.d ->> 'datcollate'                                        AS sorted_by,
    r.d ->> 'datctype'                                          AS letters,
    coalesce(r.d ->> 'datlocale', r.d ->> 'daticulocale')       AS locale
  FROM (SELECT pg_catalog.to_jsonb(d) AS d FROM pg_catalog.pg_database d
        WHERE d.datname = pg_catalog.current_database()) r
), text_order AS (
  SELECT
    r.oid,
    r.c ->> 'collisdeterministic' = 'true'                      AS deterministic,
    CASE WHEN r.c ->> 'collprovider' = 'd' THEN d.provider ELSE r.c ->> 'collprovider' END
      AS provider,
    CASE WHEN r.c ->> 'collprovider' = 'd' THEN d.sorted_by ELSE r.c ->> 'collcollate' END
      AS sorted_by,
    CASE WHEN r.c ->> 'collprovider' = 'd' THEN d.letters ELSE r.c ->> 'collctype' END
      AS letters,
    CASE WHEN r.c ->> 'collprovider' = 'd' THEN d.locale
      ELSE coalesce(r.c ->> 'colllocale', r.c ->> 'colliculocale', r.c ->> 'collcollate') END
      AS locale
  FROM (SELECT c.oid, pg_catalog.to_jsonb(c) AS c FROM pg_catalog.pg_collation c) r
    CROSS JOIN database d
)
SELECT
  pg_catalog.format('%I.%I', w.nspname, w.relname)              AS quoted_table,
  w.key,
  a.attname                                                     AS name,
  pg_catalog.quote_ident(a.attname)                             AS quoted,
  pg_catalog.format('%I.%I', tn.nspname, t.typname)             AS type,
  CASE WHEN t.oid < 16384 THEN t.oid::pg_catalog.int8 ELSE 0 END AS kind,
  CASE WHEN t.typtype = 'e' THEN ARRAY(
    SELECT e.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum e
    WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END     AS labels,
  t.oid NOT IN (114, 3802) AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_cast k
    WHERE t.oid >= 16384 AND k.castsource = t.oid AND k.casttarget = 114
      AND k.castmethod = 'f')                                   AS has_null,
  (w.columns IS NULL OR pg_catalog.cardinality(w.columns) = 0 OR a.attname = ANY (w.columns))
    AND a.attgenerated <> 'v'
    AND (a.attgenerated = '' OR pg_catalog.to_regclass('rowcast.wal') IS NULL
      OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 180000) AS captured,
  coalesce(l.deterministic, true)                               AS deterministic,
  coalesce(l.provider, '')                                      AS provider,
  coalesce(CASE WHEN l.provider = 'c' THEN l.sorted_by ELSE l.locale END, '') AS sorted_by,
  coalesce(CASE WHEN l.provider = 'c' THEN l.letters ELSE l.locale END, '')   AS letters,
  pg_catalog.current_setting('server_encoding') = 'UTF8'        AS utf8
FROM wanted w
  JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid
  JOIN base b ON b.number = a.attnum
  JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN text_order l ON l.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
