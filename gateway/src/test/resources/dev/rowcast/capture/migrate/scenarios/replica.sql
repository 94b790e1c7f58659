Sessions in the replica role and disabled user triggers are not captured by triggers, and are by the
log; DROP and ALTER never are.
--- tables
CREATE TABLE t (id int PRIMARY KEY);
--- run
SET session_replication_role = replica;
INSERT INTO t VALUES (1);
SET session_replication_role = origin;
INSERT INTO t VALUES (2);
--- outbox
{"op": "I", "table": "public.t", "payload": [{"id": 2}]}
--- wal
{"op": "I", "table": "public.t", "payload": [{"id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"id": 2}]}
