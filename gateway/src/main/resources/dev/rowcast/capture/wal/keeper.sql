-- Settings of the ordinary sessions beside the replication session.
SET search_path = 'pg_catalog';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET default_transaction_isolation = 'read committed';
SET default_transaction_read_only = off;
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '10s';
SET statement_timeout = '60s'
