-- A bare outbox: a row trigger that inserts the row as text, and no wake-up for anybody.
CREATE TABLE bare_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  op text NOT NULL,
  relation text NOT NULL,
  payload text NOT NULL
);
CREATE FUNCTION outbox_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bare_outbox (op, relation, payload)
  VALUES (TG_OP, TG_TABLE_NAME, to_jsonb(NEW)::text);
  RETURN NULL;
END
$$;
CREATE TRIGGER outbox_row AFTER INSERT OR UPDATE ON account
  FOR EACH ROW EXECUTE FUNCTION outbox_row();
CREATE TRIGGER outbox_row AFTER INSERT OR UPDATE ON bulk
  FOR EACH ROW EXECUTE FUNCTION outbox_row();
