-- Begins a lineage whose slot is still to be made, with the publication as it is now.
-- In: slot and publication as literals.
INSERT INTO rowcast.wal (slot, publication, publication_oid)
SELECT {{slot}}, {{publication}},
  (SELECT p.oid FROM pg_catalog.pg_publication p WHERE p.pubname = {{publication}})
ON CONFLICT (id) DO UPDATE
SET epoch = pg_catalog.gen_random_uuid(), established = false, slot = excluded.slot,
  publication = excluded.publication, publication_oid = excluded.publication_oid
