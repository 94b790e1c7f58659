-- What types are made of. In: 1 an array of oids. Out: those types and all inside them.
--   kind: b boolean, n number, d timestamp, z timestamptz, j json, J jsonb, h hstore, a array,
--         v vector, c composite, k with a cast to json of the application's own, t everything else
--   inner_type: of an array its element, of a domain its base
WITH RECURSIVE wanted (oid) AS (
  SELECT DISTINCT w.oid FROM pg_catalog.unnest(?::pg_catalog.oid[]) AS w(oid)
  UNION
  SELECT inner_type.oid
  FROM wanted w
    JOIN pg_catalog.pg_type t ON t.oid = w.oid
    CROSS JOIN LATERAL (
      SELECT t.typbasetype AS oid WHERE t.typtype = 'd'
      UNION ALL
      SELECT t.typelem WHERE t.typtype <> 'd' AND t.typelem <> 0 AND t.typlen = -1
      UNION ALL
      SELECT f.atttypid FROM pg_catalog.pg_attribute f
      WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
    ) inner_type
)
SELECT
  t.oid::pg_catalog.int8 AS oid,
  CASE
    WHEN t.typtype = 'd' THEN 'D'
    WHEN t.oid = 16 THEN 'b'
    WHEN t.oid IN (20, 21, 23, 700, 701, 1700) THEN 'n'
    WHEN t.oid = 1114 THEN 'd'
    WHEN t.oid = 1184 THEN 'z'
    WHEN t.oid = 114 THEN 'j'
    WHEN t.oid = 3802 THEN 'J'
    WHEN t.oid IN (22, 30) THEN 'v'
    WHEN t.typelem <> 0 AND t.typlen = -1 THEN 'a'
    WHEN t.typtype = 'c' THEN 'c'
    WHEN t.typname = 'hstore' AND EXISTS (
      SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid
        AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND e.extname = 'hstore')
      THEN 'h'
    WHEN t.oid >= 16384 AND EXISTS (
      SELECT FROM pg_catalog.pg_cast k
      WHERE k.castsource = t.oid AND k.casttarget = 114 AND k.castmethod = 'f') THEN 'k'
    ELSE 't'
  END AS kind,
  CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END::pg_catalog.int8 AS inner_type,
  COALESCE((SELECT e.typdelim FROM pg_catalog.pg_type e WHERE e.oid = t.typelem), ',') AS delimiter,
  pg_catalog.format('%I.%I', n.nspname, t.typname) AS name,
  ARRAY(SELECT f.attname::pg_catalog.text FROM pg_catalog.pg_attribute f
        WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
        ORDER BY f.attnum) AS field_names,
  ARRAY(SELECT f.atttypid::pg_catalog.int8 FROM pg_catalog.pg_attribute f
        WHERE t.typtype = 'c' AND f.attrelid = t.typrelid AND f.attnum > 0 AND NOT f.attisdropped
        ORDER BY f.attnum) AS field_types
FROM wanted w
  JOIN pg_catalog.pg_type t ON t.oid = w.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
