-- {{table}}: the rows of one {{event}} statement, under the number that take_place() reserved.
#variable_conflict use_variable
DECLARE
{{declare}}  place pg_catalog.text := pg_catalog.concat(
    'rowcast.place_{{source}}_{{event}}_', pg_catalog.pg_trigger_depth());
  base  pg_catalog.int8;
  total pg_catalog.int8;
  bytes pg_catalog.int8;
  step  pg_catalog.int8;
BEGIN
{{try}}  SELECT pg_catalog.count(*), {{bytes}} INTO total, bytes FROM {{rows}} r;
  IF total OPERATOR(pg_catalog.=) 0 THEN
    RETURN NULL;
  END IF;
  step := GREATEST({{step}}, total OPERATOR(pg_catalog./) 1000 OPERATOR(pg_catalog.+) 1);
{{base}}
  INSERT INTO rowcast.outbox (seq, op, source, payload, truncated, channel)
  SELECT base OPERATOR(pg_catalog.+) s.chunk, '{{op}}', {{source}},
    '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']', {{truncated}}, {{wake}}
  FROM (
    SELECT q.chunk, pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
    FROM (
      SELECT {{json}} AS x{{carried}},
        (pg_catalog.row_number() OVER () OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step
          AS chunk
      FROM {{rows}} r
      OFFSET 0) q
    GROUP BY q.chunk
  ) s;
  RETURN NULL;
{{catch}}END
