-- {{table}}: the rows of one {{event}} statement, without a look at old rows.
-- Nearly every statement touches one row: it is written at once, as an object and not as an array of
-- one, and a second row is fetched only to learn that there are more. Every operator and function in
-- that INSERT costs each writer, since PostgreSQL prepares them anew for each statement: what only
-- large rows need is in a function that is called for them. Everything is qualified instead of SET search_path, which costs more
-- than the INSERT's execution (docs/decisions/0003-trigger-shape.md).
#variable_conflict use_variable
DECLARE
{{declare}}  written pg_catalog.int8;
  total   pg_catalog.int8;
  bytes   pg_catalog.int8;
  step    pg_catalog.int8;
  done    pg_catalog.int8;
BEGIN
{{try}}  INSERT INTO rowcast.outbox (op, source, payload, channel)
  SELECT '{{op}}', {{source}}, {{first-element}}, {{wake}}
  FROM {{first-rows}};
  GET DIAGNOSTICS written = ROW_COUNT;
{{when-none}}  IF written OPERATOR(pg_catalog.<) 2 THEN
    RETURN NULL;
  END IF;

  SELECT pg_catalog.count(*), {{bytes}} INTO total, bytes FROM {{rows}} r;
  step := {{step}};
  done := 2;
  IF total OPERATOR(pg_catalog.<=) (16 OPERATOR(pg_catalog.*) step) THEN
    WHILE done OPERATOR(pg_catalog.<) total LOOP
      INSERT INTO rowcast.outbox (op, source, payload, truncated, channel)
      SELECT '{{op}}', {{source}}, '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']',
        {{truncated}}, {{wake}}
      FROM (
        SELECT pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
        FROM (
          SELECT {{json}} AS x{{carried}}
          FROM (SELECT * FROM {{rows}} OFFSET done LIMIT step) r
          OFFSET 0) q
      ) s;
      done := done OPERATOR(pg_catalog.+) step;
    END LOOP;
    RETURN NULL;
  END IF;

  INSERT INTO rowcast.outbox (op, source, payload, truncated, channel)
  SELECT '{{op}}', {{source}}, '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']',
    {{truncated}}, {{wake}}
  FROM (
    SELECT q.chunk, pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
    FROM (
      SELECT {{json}} AS x{{carried}},
        (pg_catalog.row_number() OVER () OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step
          AS chunk
      FROM {{rows}} r
      OFFSET 2) q
    GROUP BY q.chunk
  ) s
  ORDER BY s.chunk;
  RETURN NULL;
{{catch}}END
