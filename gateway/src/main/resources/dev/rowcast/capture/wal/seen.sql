-- What a snapshot taken now sees. In: nothing. Out: one row.
SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text AS snapshot
