-- Out: one line for each right that the role lacks, in words. Fails when schema rowcast is missing.
SELECT needed.name
FROM (VALUES
    ('USAGE on schema rowcast', pg_catalog.has_schema_privilege('rowcast', 'USAGE')),
    ('SELECT on rowcast.outbox', pg_catalog.has_table_privilege('rowcast.outbox', 'SELECT')),
    ('DELETE on rowcast.outbox', pg_catalog.has_table_privilege('rowcast.outbox', 'DELETE')),
    ('SELECT on rowcast.source', pg_catalog.has_table_privilege('rowcast.source', 'SELECT')),
    ('SELECT on rowcast.state', pg_catalog.has_table_privilege('rowcast.state', 'SELECT')),
    ('UPDATE on rowcast.state', pg_catalog.has_table_privilege('rowcast.state', 'UPDATE'))
  ) AS needed (name, granted)
WHERE NOT needed.granted
