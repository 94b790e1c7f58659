-- The two tables of the capture benchmark, the same in every variant's database.
-- account: one row per update; bulk: filled by statements of 1,000 rows, emptied between rounds.
CREATE TABLE account (
  id integer PRIMARY KEY,
  owner text NOT NULL,
  balance numeric(12, 2) NOT NULL,
  version integer NOT NULL,
  changed timestamptz NOT NULL
) WITH (fillfactor = 70);
INSERT INTO account
SELECT n, 'owner ' || n, n * 1.25, 0, now() FROM generate_series(1, 20000) AS n;

CREATE TABLE bulk (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  amount numeric(12, 2) NOT NULL,
  flag boolean NOT NULL,
  at timestamptz NOT NULL
);
