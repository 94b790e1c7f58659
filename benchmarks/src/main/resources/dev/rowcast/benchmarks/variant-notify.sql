-- The naive way: a row trigger that sends the whole row with pg_notify.
CREATE FUNCTION notify_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('changes', json_build_object('op', TG_OP, 'table', TG_TABLE_NAME,
                                                 'row', to_jsonb(NEW))::text);
  RETURN NULL;
END
$$;
CREATE TRIGGER notify_row AFTER INSERT OR UPDATE ON account
  FOR EACH ROW EXECUTE FUNCTION notify_row();
CREATE TRIGGER notify_row AFTER INSERT OR UPDATE ON bulk
  FOR EACH ROW EXECUTE FUNCTION notify_row();
