-- The captured tables as the readers know them. In: nothing. Out: one row per source.
SELECT id, schema_name, table_name, key, columns, relation::pg_catalog.int8 AS relation
FROM rowcast.source
