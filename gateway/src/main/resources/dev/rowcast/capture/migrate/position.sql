-- Where a reader of /live goes on that has read rows in this transaction. By triggers: a batch that
-- this snapshot sees to be counted was made of rows that it saw as well; so was whatever is in the
-- log up to there. What is behind may have been seen or not, and the snapshot says which.
BEGIN
  RETURN (
    SELECT concat(s.nonce, '/', s.batch, '-18446744073709551615~', pg_current_snapshot())
    FROM rowcast.state s);
END
