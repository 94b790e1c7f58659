-- Settings of the replication session, so that values are written in one way whatever the database,
-- the role or the driver prefer. The last one is the lease: a leader that is stopped (SIGSTOP, a
-- frozen virtual machine) loses the slot after so long.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET xmloption = 'content';
SET search_path = 'pg_catalog';
SET statement_timeout = 0;
SET wal_sender_timeout = '3s'
