INSERT INTO rowcast.outbox (op, source, payload, truncated, channel)
SELECT 'D', {{source}}, '[' OPERATOR(pg_catalog.||) s.payload OPERATOR(pg_catalog.||) ']',
  {{truncated}}, {{wake}}
FROM (
  SELECT q.chunk, pg_catalog.string_agg({{element}}, ', ') AS payload, {{larges}} AS larges
  FROM (
    SELECT {{json}} AS x{{carried}},
      (pg_catalog.row_number() OVER () OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog./) {{most}}
        AS chunk
    FROM <the partition> r
    OFFSET 0) q
  GROUP BY q.chunk
) s
ORDER BY s.chunk
