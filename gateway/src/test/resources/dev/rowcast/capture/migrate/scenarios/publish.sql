Messages of the application's own, in order with the rows.
--- tables
CREATE TABLE t (id int PRIMARY KEY);
--- run
BEGIN;
SELECT rowcast.publish('jobs', '{"b": 1, "a": [1.50, null]}');
INSERT INTO t VALUES (1);
SELECT rowcast.publish('jobs', '"x"');
COMMIT;
--- outbox
{"op": "M", "channel": "jobs", "payload": {"a": [1.50, null], "b": 1}}
{"op": "I", "table": "public.t", "payload": [{"id": 1}]}
{"op": "M", "channel": "jobs", "payload": "x"}
