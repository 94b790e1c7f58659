One statement, one entry for its row; statements that touch no row leave nothing.
--- tables
CREATE TABLE t (id int PRIMARY KEY, name text, n numeric(10, 2), at timestamptz, ok bool);
--- run
SET TimeZone = 'UTC';
INSERT INTO t VALUES (1, 'a "b" \ ü', 1.50, '2026-11-23 20:00:00+00', true);
INSERT INTO t SELECT 9 WHERE false;
UPDATE t SET name = 'b' WHERE id = 1;
UPDATE t SET name = name WHERE id = 1;
UPDATE t SET name = 'c' WHERE id = 77;
DELETE FROM t WHERE id = 77;
DELETE FROM t WHERE id = 1;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"n": 1.50, "at": "2026-11-23T20:00:00+00:00", "id": 1, "ok": true, "name": "a \"b\" \\ ü"}]}
{"op": "U", "table": "public.t", "payload": [{"n": 1.50, "at": "2026-11-23T20:00:00+00:00", "id": 1, "ok": true, "name": "b"}]}
{"op": "U", "table": "public.t", "payload": [{"n": 1.50, "at": "2026-11-23T20:00:00+00:00", "id": 1, "ok": true, "name": "b"}]}
{"op": "D", "table": "public.t", "payload": [{"n": 1.50, "at": "2026-11-23T20:00:00+00:00", "id": 1, "ok": true, "name": "b"}]}
