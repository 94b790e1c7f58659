The application's AFTER ROW trigger writes the row again: its UPDATE ends before the INSERT that
caused it, and must come after it all the same. A BEFORE ROW trigger that makes room by deleting
comes before it.
--- tables
CREATE TABLE t (id int PRIMARY KEY, w int);
CREATE FUNCTION nested() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN UPDATE t SET w = 1 WHERE id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER nested AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nested();
CREATE TABLE r (id int PRIMARY KEY, w int);
CREATE FUNCTION room() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN DELETE FROM r WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER room BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION room();
CREATE TABLE u (id int PRIMARY KEY, depth int);
CREATE FUNCTION deeper() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN UPDATE u SET depth = depth + 1 WHERE id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER deeper AFTER UPDATE ON u FOR EACH ROW WHEN (NEW.depth < 3) EXECUTE FUNCTION deeper();
CREATE TABLE s (id int PRIMARY KEY, w int);
CREATE FUNCTION by_statement() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN UPDATE s SET w = 1 WHERE w = 0; RETURN NULL; END $$;
CREATE TRIGGER by_statement AFTER INSERT ON s FOR EACH STATEMENT EXECUTE FUNCTION by_statement();
INSERT INTO u VALUES (1, 9);
--- run
INSERT INTO t VALUES (1, 0), (2, 0);
BEGIN;
INSERT INTO t VALUES (3, 0);
SAVEPOINT a;
INSERT INTO t VALUES (4, 0);
ROLLBACK TO a;
INSERT INTO t VALUES (5, 0);
COMMIT;
INSERT INTO r VALUES (1, 0);
INSERT INTO r VALUES (1, 1);
UPDATE u SET depth = 1;
INSERT INTO s VALUES (1, 0), (2, 0);
--- outbox
{"op": "I", "table": "public.t", "payload": [{"w": 0, "id": 1}, {"w": 0, "id": 2}]}
{"op": "U", "table": "public.t", "payload": [{"w": 1, "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"w": 1, "id": 2}]}
{"op": "I", "table": "public.t", "payload": [{"w": 0, "id": 3}]}
{"op": "U", "table": "public.t", "payload": [{"w": 1, "id": 3}]}
{"op": "I", "table": "public.t", "payload": [{"w": 0, "id": 5}]}
{"op": "U", "table": "public.t", "payload": [{"w": 1, "id": 5}]}
{"op": "I", "table": "public.r", "payload": [{"w": 0, "id": 1}]}
{"op": "D", "table": "public.r", "payload": [{"w": 0, "id": 1}]}
{"op": "I", "table": "public.r", "payload": [{"w": 1, "id": 1}]}
{"op": "U", "table": "public.u", "payload": [{"id": 1, "depth": 1}]}
{"op": "U", "table": "public.u", "payload": [{"id": 1, "depth": 2}]}
{"op": "U", "table": "public.u", "payload": [{"id": 1, "depth": 3}]}
{"op": "I", "table": "public.s", "payload": [{"w": 0, "id": 1}]}
{"op": "I", "table": "public.s", "payload": [{"w": 0, "id": 2}]}
{"op": "U", "table": "public.s", "payload": [{"w": 1, "id": 1}]}
{"op": "U", "table": "public.s", "payload": [{"w": 1, "id": 2}]}
