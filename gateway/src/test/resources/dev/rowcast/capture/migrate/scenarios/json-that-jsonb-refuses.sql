A json value that is no jsonb must not fail the writer: the rows of its statement keep their keys.
--- tables
CREATE TABLE t (id int PRIMARY KEY, v json);
--- run
INSERT INTO t VALUES (1, '{"a": 1}');
INSERT INTO t VALUES (2, '"\u0000"');
INSERT INTO t VALUES (3, '1'), (4, '"\u0000"'), (5, '1e999999');
UPDATE t SET v = '2' WHERE id = 1;
UPDATE t SET v = '"\u0000"' WHERE id = 1;
DELETE FROM t WHERE id = 2;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"v": {"a": 1}, "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"id": 2}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"id": 3}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"id": 4}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"id": 5}], "truncated": [0]}
{"op": "U", "table": "public.t", "payload": [{"v": 2, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"id": 1}], "truncated": [0]}
{"op": "D", "table": "public.t", "payload": [{"id": 2}], "truncated": [0]}
--- wal
{"op": "I", "table": "public.t", "payload": [{"v": {"a": 1}, "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"id": 2}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"v": 1, "id": 3}]}
{"op": "I", "table": "public.t", "payload": [{"id": 4}], "truncated": [0]}
{"op": "I", "table": "public.t", "payload": [{"id": 5}], "truncated": [0]}
{"op": "U", "table": "public.t", "payload": [{"v": 2, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"id": 1}], "truncated": [0]}
{"op": "D", "table": "public.t", "payload": [{"id": 2}]}
