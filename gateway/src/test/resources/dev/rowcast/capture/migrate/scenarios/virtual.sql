Triggers do not see virtual columns: they are left out rather than reported as null.
--- tables
CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL);
--- capture
from: 18
--- run
INSERT INTO t (id, a) VALUES (1, 1);
--- outbox
{"op": "I", "table": "public.t", "payload": [{"a": 1, "id": 1}]}
