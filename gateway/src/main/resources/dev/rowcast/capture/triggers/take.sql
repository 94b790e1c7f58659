-- Takes the head of the outbox and counts the batch, in one statement.
-- In:  1 how many rows at most; 2 how many bytes must lie before a row for it to be left behind
--      (the first row is always taken).
-- A row is found again by where it lies: nobody but the leader touches it once it is there.
-- Out: the rows in order of seq, each with the batch's number and nonce and with the table it is
--      about. No line, and nothing written, when the outbox is empty.
WITH head AS (
  SELECT place, sum(size) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - size AS bytes_before
  FROM (
    SELECT ctid AS place, seq, octet_length(payload) + coalesce(octet_length(before), 0) AS size
    FROM rowcast.outbox
    ORDER BY seq
    LIMIT ?
  ) AS first
), taken AS (
  DELETE FROM rowcast.outbox
  WHERE ctid = ANY (ARRAY(SELECT place FROM head WHERE bytes_before < ?))
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
