-- Takes rows out of the outbox and counts the batch, in one statement.
-- In:  what the condition asks for that says which rows (which-head.sql, which-listed.sql).
-- Out: the rows in order of seq, each with the batch's number and nonce and with the table it is
--      about. No line, and nothing written, when none of the rows is there.
WITH taken AS (
  DELETE FROM rowcast.outbox
  WHERE {{which}}
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
