-- The table of the drain benchmark: five columns of the usual types, its publication for Debezium.
CREATE TABLE item (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  amount numeric(12, 2) NOT NULL,
  flag boolean NOT NULL,
  at timestamptz NOT NULL
);
CREATE PUBLICATION debezium FOR TABLE item;
