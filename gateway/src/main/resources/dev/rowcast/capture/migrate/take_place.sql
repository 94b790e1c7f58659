-- AFTER ROW, before every row trigger of the application by its name: the statement takes its
-- number here, once, so that statements which those triggers run come after it. The number waits in
-- a transaction-local setting, which a rollback to a savepoint restores by itself, under the
-- source, the event and the depth of nesting. In: the source's id as the trigger's argument.
DECLARE
  place pg_catalog.text := pg_catalog.concat(
    'rowcast.place_', TG_ARGV[0], '_', TG_OP, '_', pg_catalog.pg_trigger_depth());
BEGIN
  IF COALESCE(pg_catalog.current_setting(place, true), '') OPERATOR(pg_catalog.=) '' THEN
    PERFORM pg_catalog.set_config(
      place, CAST(pg_catalog.nextval('rowcast.outbox_seq') AS pg_catalog.text), true);
  END IF;
  RETURN NULL;
END
