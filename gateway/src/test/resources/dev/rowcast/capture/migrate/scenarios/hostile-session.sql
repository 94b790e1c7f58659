A writer whose search_path puts its own operators and functions before PostgreSQL's.
--- tables
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE SCHEMA evil;
CREATE FUNCTION evil.refuse(int8, int4) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil'; END $$;
CREATE OPERATOR evil.= (LEFTARG = int8, RIGHTARG = int4, FUNCTION = evil.refuse);
CREATE OPERATOR evil.< (LEFTARG = int8, RIGHTARG = int4, FUNCTION = evil.refuse);
CREATE FUNCTION evil.join_texts(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil'; END $$;
CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.join_texts);
CREATE FUNCTION evil.to_jsonb(anyelement) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil'; END $$;
CREATE FUNCTION evil.same_text(text, text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'evil'; END $$;
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same_text);
--- run
SET search_path = evil, public, pg_catalog;
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');
UPDATE t SET id = id OPERATOR(pg_catalog.+) 10;
DELETE FROM t;
TRUNCATE t;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"v": "a", "id": 1}]}
{"op": "I", "table": "public.t", "payload": [{"v": "b", "id": 2}]}
{"op": "I", "table": "public.t", "payload": [{"v": "c", "id": 3}]}
{"op": "U", "table": "public.t", "payload": [{"v": "a", "id": 11}, {"v": "b", "id": 12}, {"v": "c", "id": 13}], "before": [{"id": 1}, {"id": 2}, {"id": 3}]}
{"op": "D", "table": "public.t", "payload": [{"v": "a", "id": 11}]}
{"op": "D", "table": "public.t", "payload": [{"v": "b", "id": 12}]}
{"op": "D", "table": "public.t", "payload": [{"v": "c", "id": 13}]}
{"op": "T", "table": "public.t", "payload": []}
