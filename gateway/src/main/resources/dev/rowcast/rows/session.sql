-- Settings of a connection that reads for /live: what is written, as an event of the log would have
-- it, and nothing of the application's own that could stand in for an operator.
SET search_path = pg_catalog, pg_temp;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET xmloption = 'content';
SET default_transaction_read_only = on
