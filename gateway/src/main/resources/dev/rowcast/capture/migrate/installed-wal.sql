-- What capture by the log was installed with. In: nothing. Out: one row or none.
SELECT slot, publication, COALESCE(publication_oid, 0)::pg_catalog.int8 AS publication_oid,
  established
FROM rowcast.wal
