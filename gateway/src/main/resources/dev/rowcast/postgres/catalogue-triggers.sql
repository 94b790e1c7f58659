-- The triggers that somebody created (not those of foreign keys, not a partition's copies).
-- In: nothing. Out: one row per trigger; `type` are the bits of pg_trigger.tgtype.
SELECT
  t.tgrelid::pg_catalog.int8                      AS relation,
  t.tgname                                        AS name,
  pg_catalog.quote_ident(t.tgname)                AS quoted,
  t.tgtype::pg_catalog.int4                       AS type,
  t.tgenabled::pg_catalog.text                    AS enabled,
  pg_catalog.format('%s.%s', n.nspname, p.proname) AS function,
  t.tgoldtable                                    AS old_rows,
  t.tgnewtable                                    AS new_rows,
  pg_catalog.encode(t.tgargs, 'escape')           AS arguments,
  t.tgqual IS NOT NULL                            AS conditional,
  ARRAY(SELECT a.attname::pg_catalog.text
        FROM pg_catalog.unnest(t.tgattr::pg_catalog.int2[]) AS k(number)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = k.number
        ORDER BY a.attname)                       AS columns
FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE NOT t.tgisinternal AND t.tgparentid = 0
ORDER BY t.tgrelid, t.tgname
