-- Where a reader of /live goes on that has read rows in this transaction. By the log: the leader
-- writes into rowcast.delivered how far everything in the log can be seen by everybody; so this
-- snapshot, which sees that, has seen it. What is behind may have been seen or not, and the snapshot
-- says which.
BEGIN
  RETURN (
    SELECT concat(w.epoch, '/', coalesce(d.place, '0/0') - '0/0'::pg_lsn, '-',
      coalesce(d.minor, 0), '~', pg_current_snapshot())
    FROM rowcast.wal w LEFT JOIN rowcast.delivered d ON d.epoch = w.epoch);
END
