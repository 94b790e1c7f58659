-- How much waits in the outbox, without counting it.
-- Out: rows, by the numbers between the first and the last: rolled-back work has used some up, and
--      the pieces of one large statement may share one; bytes on disk, including space of rows that
--      are gone and not yet vacuumed.
SELECT
  coalesce((max(seq) - min(seq)) / (
    SELECT seqincrement FROM pg_sequence WHERE seqrelid = 'rowcast.outbox_seq'::regclass
  ) + 1, 0) AS rows,
  pg_table_size('rowcast.outbox') AS bytes
FROM rowcast.outbox
