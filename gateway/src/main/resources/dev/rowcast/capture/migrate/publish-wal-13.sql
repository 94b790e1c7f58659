-- A message of the application's own, sent if and when its transaction commits.
DECLARE
  told uuid := gen_random_uuid();
BEGIN
  IF channel IS NULL OR payload IS NULL THEN
    RAISE EXCEPTION 'rowcast.publish needs a channel and a payload; one of them is null'
      USING ERRCODE = 'null_value_not_allowed';
  END IF;
  INSERT INTO rowcast.message VALUES (told, channel, payload::text);
  DELETE FROM rowcast.message m WHERE m.id = told;
END
