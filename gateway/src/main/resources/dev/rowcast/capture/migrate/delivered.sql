-- Up to which place of the log of an epoch everything that was delivered can be seen by every
-- snapshot that sees this row. In: nothing.
CREATE TABLE IF NOT EXISTS rowcast.delivered (
  id    pg_catalog.bool PRIMARY KEY DEFAULT true CHECK (id),
  epoch pg_catalog.uuid NOT NULL,
  place pg_catalog.pg_lsn NOT NULL,
  minor pg_catalog.int8 NOT NULL
) WITH (fillfactor = 10);
REVOKE ALL ON rowcast.delivered FROM PUBLIC;
