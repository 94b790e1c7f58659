-- The last place with which a change can come that a snapshot sees: the batch that is counted now, if
-- nothing waits in the outbox any more that the snapshot sees.
-- In: 1 the snapshot. Out: one row.
SELECT s.batch::pg_catalog.text AS until,
  NOT EXISTS (SELECT FROM rowcast.outbox o
              WHERE pg_catalog.pg_visible_in_snapshot(o.xid, wanted.snapshot)) AS settled
FROM rowcast.state s,
  (VALUES (?::pg_catalog.pg_snapshot)) AS wanted (snapshot)
