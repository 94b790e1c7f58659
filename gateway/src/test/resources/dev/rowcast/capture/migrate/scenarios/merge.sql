MERGE calls the triggers of each action that occurs in it, with rows or without.
--- tables
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 0), (2, 0);
--- capture
from: 15
--- run
MERGE INTO t USING (VALUES (1, 5), (2, NULL), (3, 7)) v (id, n) ON t.id = v.id
  WHEN MATCHED AND v.n IS NULL THEN DELETE
  WHEN MATCHED THEN UPDATE SET n = v.n
  WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.n);
MERGE INTO t USING (VALUES (1, 6)) v (id, n) ON t.id = v.id
  WHEN MATCHED AND v.n IS NULL THEN DELETE
  WHEN MATCHED THEN UPDATE SET n = v.n
  WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.n);
--- outbox
{"op": "D", "table": "public.t", "payload": [{"n": 0, "id": 2}]}
{"op": "U", "table": "public.t", "payload": [{"n": 5, "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"n": 7, "id": 3}]}
{"op": "U", "table": "public.t", "payload": [{"n": 6, "id": 1}]}
--- wal
{"op": "U", "table": "public.t", "payload": [{"n": 5, "id": 1}]}
{"op": "D", "table": "public.t", "payload": [{"id": 2}]}
{"op": "I", "table": "public.t", "payload": [{"n": 7, "id": 3}]}
{"op": "U", "table": "public.t", "payload": [{"n": 6, "id": 1}]}
