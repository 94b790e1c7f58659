  SELECT pg_catalog.count(*), {{bytes}} INTO total, bytes FROM new_rows r;
  SELECT pg_catalog.count(*) INTO gone FROM old_rows r;
  IF (total OPERATOR(pg_catalog.+) gone) OPERATOR(pg_catalog.=) 0 THEN
    RETURN NULL;
  END IF;
  step := GREATEST({{step}}, total OPERATOR(pg_catalog./) 300 OPERATOR(pg_catalog.+) 1);
{{base}}
  by_number := total OPERATOR(pg_catalog.=) gone;
  IF by_number AND total OPERATOR(pg_catalog.>) 1 THEN
    by_number := NOT EXISTS (
      SELECT
      FROM (SELECT pg_catalog.row_number() OVER () AS i, {{key-of-row}} AS key FROM old_rows r) o
        JOIN (SELECT pg_catalog.row_number() OVER () AS i, {{key-of-row}} AS key FROM new_rows r) n
          ON n.i OPERATOR(pg_catalog.=) o.i AND n.key OPERATOR(pg_catalog.<>) o.key
        JOIN (SELECT {{key-of-row}} AS key FROM new_rows r) taken
          ON taken.key OPERATOR(pg_catalog.=) o.key);
  END IF;

  IF by_number THEN
    INSERT INTO rowcast.outbox ({{seq}}op, source, payload, before, truncated, channel)
    SELECT {{seq-of-chunk}}'U', {{source}},
      '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']',
      CASE WHEN s.told THEN '[' OPERATOR(pg_catalog.||) s.before OPERATOR(pg_catalog.||) ']' END,
      {{truncated}}, {{wake}}
    FROM (
      SELECT (q.i OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step AS chunk,
        pg_catalog.string_agg({{element}}, ', ') AS payload,
        pg_catalog.string_agg(COALESCE(q.before, 'null'), ', ') AS before,
        pg_catalog.bool_or(q.before IS NOT NULL) AS told,
        {{larges}} AS larges
      FROM (
        SELECT n.*, {{before-by-number}} AS before
        FROM (SELECT pg_catalog.row_number() OVER () AS i, {{json}} AS x{{carried}}
              FROM new_rows r) n
          JOIN (SELECT pg_catalog.row_number() OVER () AS i, {{old-json}} AS x{{carried}}
                FROM old_rows r) o
            ON n.i OPERATOR(pg_catalog.=) o.i
        OFFSET 0) q
      GROUP BY 1
    ) s
    ORDER BY s.chunk;
    RETURN NULL;
  END IF;

  INSERT INTO rowcast.outbox ({{seq}}op, source, payload, truncated, channel)
  SELECT {{seq-of-chunk}}'D', {{source}},
    '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']', {{truncated}}, {{wake}}
  FROM (
    SELECT (q.i OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step AS chunk,
      pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
    FROM (
      SELECT pg_catalog.row_number() OVER () AS i, o.*
      FROM (SELECT {{json}} AS x, {{key-of-row}} AS key{{carried}} FROM old_rows r) o
      WHERE NOT EXISTS (
        SELECT FROM (SELECT {{key-of-row}} AS key FROM new_rows r) n
        WHERE n.key OPERATOR(pg_catalog.=) o.key)
      OFFSET 0) q
    GROUP BY 1
  ) s
  ORDER BY s.chunk;
  GET DIAGNOSTICS written = ROW_COUNT;
  base := base OPERATOR(pg_catalog.+) written;

  INSERT INTO rowcast.outbox ({{seq}}op, source, payload, before, truncated, channel)
  SELECT {{seq-of-chunk}}'U', {{source}},
    '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']',
    CASE WHEN s.told THEN '[' OPERATOR(pg_catalog.||) s.before OPERATOR(pg_catalog.||) ']' END,
    {{truncated}}, {{wake}}
  FROM (
    SELECT (q.i OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step AS chunk,
      pg_catalog.string_agg({{element}}, ', ') AS payload,
      pg_catalog.string_agg(COALESCE(q.before, 'null'), ', ') AS before,
      pg_catalog.bool_or(q.before IS NOT NULL) AS told,
      {{larges}} AS larges
    FROM (
      SELECT pg_catalog.row_number() OVER () AS i, n.*, {{before-by-key}} AS before
      FROM (SELECT {{json}} AS x, {{key-of-row}} AS key{{carried}} FROM new_rows r) n
        JOIN (SELECT DISTINCT ON (key) *
              FROM (SELECT {{old-json}} AS x, {{key-of-row}} AS key{{carried}}
                    FROM old_rows r) o) o
          ON n.key OPERATOR(pg_catalog.=) o.key
      OFFSET 0) q
    GROUP BY 1
  ) s
  ORDER BY s.chunk;
  GET DIAGNOSTICS written = ROW_COUNT;
  base := base OPERATOR(pg_catalog.+) written;

  INSERT INTO rowcast.outbox ({{seq}}op, source, payload, truncated, channel)
  SELECT {{seq-of-chunk}}'I', {{source}},
    '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']', {{truncated}}, {{wake}}
  FROM (
    SELECT (q.i OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) step AS chunk,
      pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
    FROM (
      SELECT pg_catalog.row_number() OVER () AS i, n.*
      FROM (SELECT {{json}} AS x, {{key-of-row}} AS key{{carried}} FROM new_rows r) n
      WHERE NOT EXISTS (
        SELECT FROM (SELECT {{key-of-row}} AS key FROM old_rows r) o
        WHERE o.key OPERATOR(pg_catalog.=) n.key)
      OFFSET 0) q
    GROUP BY 1
  ) s
  ORDER BY s.chunk;
