-- {{table}}: TRUNCATE, AFTER STATEMENT.
BEGIN
  INSERT INTO rowcast.outbox (op, source, payload, channel)
  SELECT 'T', {{source}}, '[]', {{wake}};
  RETURN NULL;
END
