A BEFORE trigger changes the key although the UPDATE does not name it.
--- tables
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
CREATE FUNCTION rekey() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN IF NEW.v = 'move' THEN NEW.id := NEW.id + 100; END IF; RETURN NEW; END $$;
CREATE TRIGGER rekey BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION rekey();
--- run
UPDATE t SET v = 'stay' WHERE id = 1;
UPDATE t SET v = 'move' WHERE id = 1;
UPDATE t SET v = 'move';
--- outbox
{"op": "U", "table": "public.t", "payload": [{"v": "stay", "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"v": "move", "id": 101}], "before": [{"id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"v": "move", "id": 102}, {"v": "move", "id": 201}], "before": [{"id": 2}, {"id": 101}]}
