-- {{table}}: TRUNCATE of the table or of some of its partitions, BEFORE and AFTER STATEMENT.
-- PostgreSQL fires the triggers of the table named and of everything below it, all BEFORE ones
-- first. The topmost one reports: the whole table as one TRUNCATE, a partition as deletes of its
-- rows, because the others' rows stay.
DECLARE
  under_way pg_catalog.text := COALESCE(
    pg_catalog.current_setting('rowcast.truncating_{{source}}', true), '');
BEGIN
  IF TG_WHEN OPERATOR(pg_catalog.=) 'AFTER' THEN
    PERFORM pg_catalog.set_config('rowcast.truncating_{{source}}', '', true);
    RETURN NULL;
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_partition_ancestors(TG_RELID) a
    WHERE pg_catalog.strpos(
      under_way, pg_catalog.concat(' ', CAST(CAST(a.relid AS pg_catalog.oid) AS pg_catalog.text), ' '))
      OPERATOR(pg_catalog.>) 0) THEN
    RETURN NULL;
  END IF;
  PERFORM pg_catalog.set_config(
    'rowcast.truncating_{{source}}',
    pg_catalog.concat(under_way, ' ', CAST(TG_RELID AS pg_catalog.text), ' '), true);
  IF (SELECT NOT c.relispartition FROM pg_catalog.pg_class c
      WHERE c.oid OPERATOR(pg_catalog.=) TG_RELID) THEN
    INSERT INTO rowcast.outbox (op, source, payload, channel)
    SELECT 'T', {{source}}, '[]', {{wake}};
    RETURN NULL;
  END IF;
  EXECUTE pg_catalog.replace({{deletes}}, '<the partition>',
    pg_catalog.format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME));
  RETURN NULL;
END
