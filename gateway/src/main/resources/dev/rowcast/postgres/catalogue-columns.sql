-- The columns of those relations, with how long their JSON can get.
-- In: nothing. Out: one row per column in the table's order.
--   width: at most so many bytes of JSON; null: no bound
--   size_of: how the stored size is asked for without reading the value: 'octets' or 'stored'
--   may_fail: to_jsonb of it may raise an error (json that jsonb refuses, a cast of the
--             application's own)
WITH RECURSIVE part (relation, number, type) AS (
  SELECT a.attrelid, a.attnum, a.atttypid
  FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
    AND n.nspname NOT IN ('information_schema', 'rowcast') AND n.nspname !~ '^pg_'
    AND c.relpersistence <> 't'
  UNION
  SELECT p.relation, p.number, inner_type.oid
  FROM part p
    JOIN pg_catalog.pg_type t ON t.oid = p.type
    CROSS JOIN LATERAL (
      SELECT t.typbasetype AS oid WHERE t.typtype = 'd'
      UNION ALL
      SELECT t.typelem WHERE t.typcategory = 'A' AND t.typelem <> 0
      UNION ALL
      SELECT f.atttypid FROM pg_catalog.pg_attribute f
      WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
    ) inner_type
)
SELECT
  a.attrelid::pg_catalog.int8                     AS relation,
  a.attname                                       AS name,
  pg_catalog.quote_ident(a.attname)               AS quoted,
  pg_catalog.quote_literal(a.attname)             AS literal,
  a.attgenerated <> ''                            AS generated,
  a.attgenerated = 'v'                            AS is_virtual,
  CASE
    WHEN t.typtype = 'e' THEN 400
    WHEN t.oid IN (1042, 1043) AND a.atttypmod BETWEEN 5 AND 10003 THEN (a.atttypmod - 4) * 6 + 2
    WHEN t.oid = 1700 AND a.atttypmod >= 4 THEN 1010
    ELSE (CASE t.oid
      WHEN 16 THEN 5 WHEN 21 THEN 6 WHEN 23 THEN 11 WHEN 20 THEN 20 WHEN 26 THEN 10
      WHEN 700 THEN 400 WHEN 701 THEN 400 WHEN 2950 THEN 38 WHEN 1082 THEN 24 WHEN 1083 THEN 24
      WHEN 1266 THEN 32 WHEN 1114 THEN 40 WHEN 1184 THEN 48 WHEN 1186 THEN 120 WHEN 19 THEN 400
      WHEN 869 THEN 60 WHEN 650 THEN 60 WHEN 829 THEN 30 WHEN 774 THEN 40 WHEN 18 THEN 8
      WHEN 790 THEN 60 END)
  END                                             AS width,
  CASE WHEN t.oid IN (17, 25, 1042, 1043) THEN 'octets' ELSE 'stored' END AS size_of,
  EXISTS (
    SELECT FROM part p
      JOIN pg_catalog.pg_type inner_type ON inner_type.oid = p.type
    WHERE p.relation = a.attrelid AND p.number = a.attnum
      AND (p.type = 114
           OR inner_type.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
              AND EXISTS (SELECT FROM pg_catalog.pg_cast k
                          WHERE k.castsource = p.type AND k.casttarget = 114
                            AND k.castmethod = 'f'))) AS may_fail
FROM pg_catalog.pg_attribute a
  JOIN (SELECT DISTINCT relation FROM part) r ON r.relation = a.attrelid
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
