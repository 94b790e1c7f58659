-- What capture by the log keeps in the database. Its being there says that this mode is installed.
-- In: nothing.
--   epoch: names the unbroken log that the slot stands for; established: its slot was made
--   secret: what rowcast.publish() puts into its messages; pg_logical_emit_message is for everybody
--   publication_oid: one that was dropped and made again has missed something
CREATE TABLE IF NOT EXISTS rowcast.wal (
  id              pg_catalog.bool PRIMARY KEY DEFAULT true CHECK (id),
  epoch           pg_catalog.uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
  established     pg_catalog.bool NOT NULL DEFAULT false,
  secret          pg_catalog.uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
  slot            pg_catalog.text NOT NULL,
  publication     pg_catalog.text NOT NULL,
  publication_oid pg_catalog.oid
);
REVOKE ALL ON rowcast.wal FROM PUBLIC;
