-- Takes exactly the rows of an earlier attempt and counts the batch, in one statement.
-- In:  1 the numbers of the rows.
-- Out: as take.sql; fewer rows than were asked for when some are not there.
WITH taken AS (
  DELETE FROM rowcast.outbox
  WHERE seq = ANY (?)
  RETURNING seq, xid, at, op, source, channel, payload, before, truncated
), counted AS (
  UPDATE rowcast.state SET batch = batch + 1
  WHERE EXISTS (SELECT FROM taken)
  RETURNING
    batch, nonce, round(date_part('epoch', clock_timestamp()) * 1000000)::bigint AS now_micros
)
SELECT
  counted.batch,
  counted.nonce::text AS nonce,
  taken.seq,
  taken.xid::text AS xid,
  round(date_part('epoch', taken.at) * 1000000)::bigint AS at_micros,
  counted.now_micros,
  taken.op::text AS op,
  taken.source,
  source.schema_name,
  source.table_name,
  source.key,
  taken.channel,
  taken.payload,
  taken.before,
  taken.truncated
FROM taken
CROSS JOIN counted
LEFT JOIN rowcast.source AS source ON source.id = taken.source
ORDER BY taken.seq
