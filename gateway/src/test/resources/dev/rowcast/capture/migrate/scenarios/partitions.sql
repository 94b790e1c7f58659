The root's name, whichever way a row came; a move is an update; TRUNCATE of the root is one event, of
a partition the deletes of its rows. The log tells a move as a delete and an insert, and TRUNCATE of
a partition not at all.
--- tables
CREATE TABLE p (id int, region text, n int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE p_a PARTITION OF p FOR VALUES IN ('a');
CREATE TABLE p_rest PARTITION OF p FOR VALUES IN ('b', 'c') PARTITION BY LIST (region);
CREATE TABLE p_b PARTITION OF p_rest FOR VALUES IN ('b');
CREATE TABLE p_c (n int, region text NOT NULL, id int NOT NULL);
ALTER TABLE p_rest ATTACH PARTITION p_c FOR VALUES IN ('c');
--- run
INSERT INTO p VALUES (1, 'a', 0), (2, 'b', 0);
INSERT INTO p_b VALUES (3, 'b', 0);
INSERT INTO p_c VALUES (0, 'c', 4);
UPDATE p SET n = 1 WHERE id = 1;
UPDATE p_c SET n = 1;
UPDATE p SET region = 'b' WHERE id = 1;
DELETE FROM p_b WHERE id = 1;
TRUNCATE p_b, p_a;
TRUNCATE p_rest;
INSERT INTO p VALUES (5, 'a', 0);
TRUNCATE p;
--- outbox
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 1, "region": "a"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 2, "region": "b"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 3, "region": "b"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 4, "region": "c"}]}
{"op": "U", "table": "public.p", "payload": [{"n": 1, "id": 1, "region": "a"}]}
{"op": "U", "table": "public.p", "payload": [{"n": 1, "id": 4, "region": "c"}]}
{"op": "U", "table": "public.p", "payload": [{"n": 1, "id": 1, "region": "b"}], "before": [{"id": 1, "region": "a"}]}
{"op": "D", "table": "public.p", "payload": [{"n": 1, "id": 1, "region": "b"}]}
{"op": "D", "table": "public.p", "payload": [{"n": 0, "id": 2, "region": "b"}, {"n": 0, "id": 3, "region": "b"}]}
{"op": "D", "table": "public.p", "payload": [{"n": 1, "id": 4, "region": "c"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 5, "region": "a"}]}
{"op": "T", "table": "public.p", "payload": []}
--- wal
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 1, "region": "a"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 2, "region": "b"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 3, "region": "b"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 4, "region": "c"}]}
{"op": "U", "table": "public.p", "payload": [{"n": 1, "id": 1, "region": "a"}]}
{"op": "U", "table": "public.p", "payload": [{"n": 1, "id": 4, "region": "c"}]}
{"op": "D", "table": "public.p", "payload": [{"id": 1, "region": "a"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 1, "id": 1, "region": "b"}]}
{"op": "D", "table": "public.p", "payload": [{"id": 1, "region": "b"}]}
{"op": "I", "table": "public.p", "payload": [{"n": 0, "id": 5, "region": "a"}]}
{"op": "T", "table": "public.p", "payload": []}
