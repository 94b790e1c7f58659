The first two rows of a statement go alone, because nearly every statement has one; the rest together.
--- tables
CREATE TABLE t (id int PRIMARY KEY, n int);
--- run
INSERT INTO t SELECT i, i FROM generate_series(1, 5) i;
UPDATE t SET n = n + 10 WHERE id <= 3;
DELETE FROM t WHERE id > 1;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"n": 1, "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"n": 2, "id": 2}]}
{"op": "I", "table": "public.t", "payload": [{"n": 3, "id": 3}, {"n": 4, "id": 4}, {"n": 5, "id": 5}]}
{"op": "U", "table": "public.t", "payload": [{"n": 11, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"n": 12, "id": 2}]}
{"op": "U", "table": "public.t", "payload": [{"n": 13, "id": 3}]}
{"op": "D", "table": "public.t", "payload": [{"n": 12, "id": 2}]}
{"op": "D", "table": "public.t", "payload": [{"n": 13, "id": 3}]}
{"op": "D", "table": "public.t", "payload": [{"n": 4, "id": 4}, {"n": 5, "id": 5}]}
