-- What `rowcast doctor` says about a database. No input; one row.
SELECT
  pg_catalog.current_setting('server_version') AS version,
  pg_catalog.current_setting('server_version_num')::int AS version_number,
  CURRENT_USER AS role,
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create_schema,
  pg_catalog.pg_is_in_recovery() AS in_recovery,
  (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts
   WHERE database = pg_catalog.current_database()) AS prepared_transactions,
  (SELECT COALESCE(pg_catalog.max(EXTRACT(EPOCH FROM pg_catalog.now() - prepared)), 0)::bigint
   FROM pg_catalog.pg_prepared_xacts
   WHERE database = pg_catalog.current_database()) AS oldest_prepared_seconds,
  pg_catalog.pg_notification_queue_usage() AS notify_queue,
  pg_catalog.current_setting('synchronous_commit') AS synchronous_commit,
  pg_catalog.current_setting('max_slot_wal_keep_size') AS slot_keep_size,
  pg_catalog.pg_backend_pid() AS backend
