A row above the limit keeps its key and is listed; the others stay whole.
--- tables
CREATE TABLE t (id int PRIMARY KEY, v text, b bytea);
--- capture
max-row: 1KiB
--- run
INSERT INTO t VALUES (1, repeat('x', 2000));
INSERT INTO t SELECT i, CASE WHEN i % 2 = 0 THEN repeat('y', 1000) ELSE 's' END FROM generate_series(2, 6) i;
UPDATE t SET v = 'small' WHERE id = 1;
UPDATE t SET b = decode(repeat('ff', 600), 'hex') WHERE id = 3;
DELETE FROM t WHERE id = 2;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"id": 1}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"id": 2}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"b": null, "v": "s", "id": 3}]}
{"op": "I", "table": "public.t", "payload": [{"id": 4}, {"b": null, "v": "s", "id": 5}, {"id": 6}], "truncated": [0,2]}
{"op": "U", "table": "public.t", "payload": [{"b": null, "v": "small", "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"id": 3}], "truncated": [0]}
{"op": "D", "table": "public.t", "payload": [{"id": 2}], "truncated": [0]}
