-- Schema rowcast: what the capture functions write and the leader reads. In: nothing.
-- The sequence leaves 1,024 numbers to each statement: a statement whose number was reserved before
-- statements nested in it (function take_place) numbers its pieces without asking again.
CREATE SCHEMA IF NOT EXISTS rowcast;
COMMENT ON SCHEMA rowcast IS
  'Rowcast change capture; installed and removed by "rowcast migrate"';
REVOKE ALL ON SCHEMA rowcast FROM PUBLIC;

CREATE SEQUENCE IF NOT EXISTS rowcast.outbox_seq AS pg_catalog.int8
  INCREMENT BY 1024 MINVALUE 1024 START WITH 1024 CACHE 1;

CREATE TABLE IF NOT EXISTS rowcast.state (
  id      pg_catalog.bool PRIMARY KEY DEFAULT true CHECK (id),
  version pg_catalog.int4 NOT NULL,
  batch   pg_catalog.int8 NOT NULL DEFAULT 0,
  nonce   pg_catalog.uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid()
);

-- One row per captured table. Rows of tables no longer captured stay, so that what waits in the
-- outbox keeps its name and a number is never given to another table.
CREATE TABLE IF NOT EXISTS rowcast.source (
  id          pg_catalog.int4 PRIMARY KEY,
  schema_name pg_catalog.text NOT NULL,
  table_name  pg_catalog.text NOT NULL,
  key         pg_catalog.text[] NOT NULL,
  columns     pg_catalog.text[],
  relation    pg_catalog.oid,
  UNIQUE (schema_name, table_name)
);

CREATE TABLE IF NOT EXISTS rowcast.outbox (
  seq       pg_catalog.int8 PRIMARY KEY DEFAULT pg_catalog.nextval('rowcast.outbox_seq'),
  xid       pg_catalog.xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  at        pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.transaction_timestamp(),
  op        pg_catalog."char" NOT NULL,
  source    pg_catalog.int4,
  channel   pg_catalog.text,
  payload   pg_catalog.text NOT NULL,
  before    pg_catalog.text,
  truncated pg_catalog.int4[]
);
-- Rows live for milliseconds: vacuum by number of dead rows, not by share of a table that is empty.
ALTER TABLE rowcast.outbox SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 100000);

REVOKE ALL ON ALL TABLES IN SCHEMA rowcast FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA rowcast FROM PUBLIC;
INSERT INTO rowcast.state (version) VALUES (1) ON CONFLICT DO NOTHING;
