Generated columns have their values.
--- tables
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED);
--- run
INSERT INTO t (a) VALUES (1);
UPDATE t SET a = 2;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"a": 1, "b": 2, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"a": 2, "b": 4, "id": 1}]}
--- wal 13
{"op": "I", "table": "public.t", "payload": [{"a": 1, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"a": 2, "id": 1}]}
