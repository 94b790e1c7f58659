-- Begins a new lineage, unless somebody else just did.
-- In: 1 the nonce of the old one.
UPDATE rowcast.state SET nonce = gen_random_uuid() WHERE nonce = ?::uuid
