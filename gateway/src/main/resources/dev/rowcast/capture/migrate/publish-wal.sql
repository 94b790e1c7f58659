-- A message of the application's own, sent if and when its transaction commits.
BEGIN
  IF channel IS NULL OR payload IS NULL THEN
    RAISE EXCEPTION 'rowcast.publish needs a channel and a payload; one of them is null'
      USING ERRCODE = 'null_value_not_allowed';
  END IF;
  PERFORM pg_logical_emit_message(
    true, concat('rowcast.publish:', w.secret),
    concat(char_length(channel), ' ', channel, payload::text))
  FROM rowcast.wal w;
END
