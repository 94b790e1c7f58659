INSERT … ON CONFLICT DO UPDATE: PostgreSQL fires the UPDATE trigger first, each with its own rows.
--- tables
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 0);
--- run
INSERT INTO t VALUES (1, 5), (2, 5) ON CONFLICT (id) DO UPDATE SET n = excluded.n;
INSERT INTO t VALUES (1, 6) ON CONFLICT DO NOTHING;
--- outbox
{"op": "U", "table": "public.t", "payload": [{"n": 5, "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"n": 5, "id": 2}]}
