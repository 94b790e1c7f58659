-- Settings of the reader's own session; nothing else in the database is changed.
--
-- The first two are the lease: a leader that is stopped (SIGSTOP, a frozen virtual machine) and so
-- neither polls nor ends its batch loses its session, and with it the locks, to the server's clock.
-- idle_session_timeout exists from PostgreSQL 14, hence the join.
-- The planner is told not to trust statistics: a plan made while the outbox was empty would read
-- and sort all of it when it has grown to millions of rows. With that there is one good plan,
-- so it is made once and not before every look.
SELECT pg_catalog.set_config(name, wanted.value, false)
FROM (VALUES
    ('idle_session_timeout', '15s'),
    ('idle_in_transaction_session_timeout', '30s'),
    ('client_connection_check_interval', '5s'),
    ('tcp_user_timeout', '15s'),
    ('statement_timeout', '60s'),
    ('lock_timeout', '10s'),
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off'),
    ('enable_seqscan', 'off'),
    ('enable_bitmapscan', 'off'),
    ('enable_hashjoin', 'off'),
    ('enable_mergejoin', 'off'),
    ('jit', 'off'),
    ('plan_cache_mode', 'force_generic_plan'),
    ('search_path', 'pg_catalog')
  ) AS wanted (name, value)
JOIN pg_catalog.pg_settings USING (name)
