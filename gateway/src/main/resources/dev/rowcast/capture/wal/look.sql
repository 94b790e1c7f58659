-- How the slot is and what of WAL capture is installed. In: nothing. Out: one row, or none when
-- WAL capture is not installed.
SELECT
  w.epoch::pg_catalog.text                       AS epoch,
  w.established                                  AS established,
  w.secret::pg_catalog.text                      AS secret,
  w.slot                                         AS slot,
  w.publication                                  AS publication,
  p.oid IS NOT NULL AND p.oid = w.publication_oid AS published,
  s.slot_name IS NOT NULL                        AS slot_exists,
  COALESCE(s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database(), true) AS slot_ours,
  COALESCE(s.active, false)                      AS slot_active,
  s.slot_name IS NOT NULL
    AND (COALESCE(s.wal_status, 'lost') = 'lost' OR s.restart_lsn IS NULL) AS slot_lost,
  pg_catalog.pg_is_in_recovery()                 AS in_recovery,
  pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
  COALESCE(s.confirmed_flush_lsn, '0/0')::pg_catalog.text AS confirmed,
  CASE WHEN pg_catalog.pg_is_in_recovery() THEN '0/0'
  ELSE pg_catalog.pg_current_wal_flush_lsn()::pg_catalog.text END AS log_end,
  CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN COALESCE(
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.restart_lsn), 0)::pg_catalog.int8
  ELSE 0 END                                     AS retained
FROM rowcast.wal w
  LEFT JOIN pg_catalog.pg_publication p ON p.pubname = w.publication
  LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = w.slot
