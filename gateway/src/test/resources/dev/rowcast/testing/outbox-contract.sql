-- The tables and functions that the reader of the outbox relies on, with the plainest triggers that
-- keep the contract. A statement gives one outbox row, and a NOTIFY only while the leader sleeps.
CREATE SCHEMA rowcast;

CREATE SEQUENCE rowcast.outbox_seq INCREMENT BY 1024 MINVALUE 1024 START WITH 1024 CACHE 1;

CREATE TABLE rowcast.source (
  id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  key text[] NOT NULL,
  columns text[]
);

CREATE TABLE rowcast.outbox (
  seq bigint PRIMARY KEY DEFAULT nextval('rowcast.outbox_seq'),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT transaction_timestamp(),
  op "char" NOT NULL,
  source int,
  channel text,
  payload text NOT NULL,
  before text,
  truncated int[]
);

CREATE TABLE rowcast.state (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  version int NOT NULL DEFAULT 1,
  batch bigint NOT NULL DEFAULT 0,
  nonce uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO rowcast.state DEFAULT VALUES;

CREATE FUNCTION rowcast.wake() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('rowcast.notify', true) IS DISTINCT FROM 'off'
      AND NOT pg_try_advisory_xact_lock_shared(1919907683, 2) THEN
    NOTIFY rowcast;
  END IF;
END $$;

CREATE FUNCTION rowcast.publish(channel text, payload jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rowcast.outbox (op, channel, payload) VALUES ('M', channel, payload::text);
  PERFORM rowcast.wake();
END $$;

CREATE FUNCTION rowcast.captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rows text;
BEGIN
  CASE TG_OP
    WHEN 'INSERT', 'UPDATE' THEN SELECT json_agg(to_jsonb(n))::text INTO rows FROM news n;
    WHEN 'DELETE' THEN SELECT json_agg(to_jsonb(o))::text INTO rows FROM olds o;
    ELSE rows := '[]';
  END CASE;
  IF rows IS NOT NULL THEN
    INSERT INTO rowcast.outbox (op, source, payload)
    VALUES (left(TG_OP, 1)::"char", TG_ARGV[0]::int, rows);
    PERFORM rowcast.wake();
  END IF;
  RETURN NULL;
END $$;

-- What `rowcast migrate apply` does for one table.
CREATE PROCEDURE rowcast.capture(captured regclass, VARIADIC key text[]) LANGUAGE plpgsql AS $$
DECLARE
  source int;
BEGIN
  INSERT INTO rowcast.source (schema_name, table_name, key)
  SELECT nspname, relname, capture.key
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = captured
  RETURNING id INTO source;
  EXECUTE format('CREATE TRIGGER rowcast_i AFTER INSERT ON %s REFERENCING NEW TABLE AS news
    FOR EACH STATEMENT EXECUTE FUNCTION rowcast.captured(%s)', captured, source);
  EXECUTE format('CREATE TRIGGER rowcast_u AFTER UPDATE ON %s REFERENCING NEW TABLE AS news
    FOR EACH STATEMENT EXECUTE FUNCTION rowcast.captured(%s)', captured, source);
  EXECUTE format('CREATE TRIGGER rowcast_d AFTER DELETE ON %s REFERENCING OLD TABLE AS olds
    FOR EACH STATEMENT EXECUTE FUNCTION rowcast.captured(%s)', captured, source);
  EXECUTE format('CREATE TRIGGER rowcast_t AFTER TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION rowcast.captured(%s)', captured, source);
END $$;
