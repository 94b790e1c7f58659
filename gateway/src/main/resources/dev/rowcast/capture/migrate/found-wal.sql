-- What speaks for and against capture by the log, and what of it is there.
-- In: 1 the slot's name, 2 the publication's. Out: one row.
SELECT
  pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
  pg_catalog.current_setting('wal_level')        AS wal_level,
  (SELECT r.rolsuper OR r.rolreplication FROM pg_catalog.pg_roles r
   WHERE r.rolname = current_user)               AS may_replicate,
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_publish,
  pg_catalog.current_setting('max_replication_slots')::pg_catalog.int4
    - (SELECT pg_catalog.count(*) FROM pg_catalog.pg_replication_slots)::pg_catalog.int4
                                                 AS free_slots,
  pg_catalog.to_regclass('rowcast.wal') IS NOT NULL AS installed,
  pg_catalog.to_regclass('rowcast.message') IS NOT NULL AS messages,
  pg_catalog.to_regclass('rowcast.delivered') IS NOT NULL AS delivered,
  s.slot_name IS NOT NULL                        AS slot_exists,
  s.slot_name IS NULL OR COALESCE(
    s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database(), false) AS slot_ours,
  s.slot_name IS NOT NULL
    AND (COALESCE(s.wal_status, 'lost') = 'lost' OR s.restart_lsn IS NULL) AS slot_lost,
  COALESCE(p.oid, 0)::pg_catalog.int8            AS publication,
  COALESCE(pg_catalog.pg_has_role(p.pubowner, 'USAGE'), true) AS publication_owned,
  COALESCE(p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate AND p.pubviaroot
    AND NOT p.puballtables
    AND COALESCE(pg_catalog.to_jsonb(p) ->> 'pubgencols', 's') = 's', false) AS publication_whole,
  ARRAY(SELECT m.prrelid::pg_catalog.int8 FROM pg_catalog.pg_publication_rel m
        WHERE m.prpubid = p.oid)                 AS members,
  pg_catalog.to_regclass('rowcast.message')::pg_catalog.oid::pg_catalog.int8 AS message_table
FROM (VALUES (?::pg_catalog.text, ?::pg_catalog.text)) AS wanted (slot, publication)
  LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = wanted.slot
  LEFT JOIN pg_catalog.pg_publication p ON p.pubname = wanted.publication
