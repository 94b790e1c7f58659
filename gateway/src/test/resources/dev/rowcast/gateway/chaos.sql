-- Two tables under load. Every write carries a token of its own, so that what was published can be
-- held against what was committed, write by write.
CREATE TABLE item (id bigint PRIMARY KEY, version integer NOT NULL, token text NOT NULL);
CREATE TABLE part (id bigint PRIMARY KEY, version integer NOT NULL, token text NOT NULL);
INSERT INTO item SELECT n, 0, 'seed-item-' || n FROM generate_series(1, 300) AS n;
INSERT INTO part SELECT n, 0, 'seed-part-' || n FROM generate_series(1, 300) AS n;
