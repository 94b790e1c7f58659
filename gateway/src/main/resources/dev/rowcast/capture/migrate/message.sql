-- PostgreSQL 13 does not send logical messages: there they are rows of this table, inserted and
-- deleted in one transaction, of which the log keeps the insert. In: nothing.
CREATE TABLE IF NOT EXISTS rowcast.message (
  id      pg_catalog.uuid PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
  channel pg_catalog.text,
  payload pg_catalog.text
);
REVOKE ALL ON rowcast.message FROM PUBLIC;
