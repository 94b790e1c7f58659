-- AFTER UPDATE OF the key's columns, just before the capture function of the same statement: tells
-- it that keys may have changed. In: the source's id as the trigger's argument.
BEGIN
  PERFORM pg_catalog.set_config('rowcast.key_named', TG_ARGV[0], true);
  RETURN NULL;
END
