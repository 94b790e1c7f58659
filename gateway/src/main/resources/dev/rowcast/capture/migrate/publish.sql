-- A message of the application's own, sent if and when its transaction commits.
BEGIN
  IF channel IS NULL OR payload IS NULL THEN
    RAISE EXCEPTION 'rowcast.publish needs a channel and a payload; one of them is null'
      USING ERRCODE = 'null_value_not_allowed';
  END IF;
  INSERT INTO rowcast.outbox (op, channel, payload) VALUES ('M', channel, payload::text);
  IF NOT pg_try_advisory_xact_lock_shared(1919907683, 2) THEN
    PERFORM rowcast.wake();
  END IF;
END
