-- Which rows take.sql takes: the head of the outbox.
-- In:  1 how many rows at most; 2 how many bytes must lie before a row for it to be left behind
--      (the first row is always taken).
-- A row is found again by where it lies: nobody but the leader touches it once it is there.
ctid = ANY (ARRAY(
  SELECT place
  FROM (
    SELECT place, sum(size) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - size AS bytes_before
    FROM (
      SELECT ctid AS place, seq, octet_length(payload) + coalesce(octet_length(before), 0) AS size
      FROM rowcast.outbox
      ORDER BY seq
      LIMIT ?
    ) AS first
  ) AS head
  WHERE bytes_before < ?))
