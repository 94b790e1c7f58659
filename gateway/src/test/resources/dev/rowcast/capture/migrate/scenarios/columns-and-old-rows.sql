Chosen columns beside the key, and the whole old row on request.
--- tables
CREATE TABLE t (id int, part int, v text, secret text, PRIMARY KEY (part, id));
--- capture
columns: v
old-row: all
--- run
INSERT INTO t VALUES (1, 7, 'a', 'x');
UPDATE t SET v = 'b';
UPDATE t SET secret = 'y';
INSERT INTO t VALUES (2, 7, 'c', 'x'), (3, 7, 'd', 'x');
UPDATE t SET id = id + 10;
DELETE FROM t WHERE id = 12;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"v": "a", "id": 1, "part": 7}]}
{"op": "U", "table": "public.t", "payload": [{"v": "b", "id": 1, "part": 7}], "before": [{"v": "a", "id": 1, "part": 7}]}
{"op": "U", "table": "public.t", "payload": [{"v": "b", "id": 1, "part": 7}], "before": [{"v": "b", "id": 1, "part": 7}]}
{"op": "I", "table": "public.t", "payload": [{"v": "c", "id": 2, "part": 7}]}
{"op": "I", "table": "public.t", "payload": [{"v": "d", "id": 3, "part": 7}]}
{"op": "U", "table": "public.t", "payload": [{"v": "b", "id": 11, "part": 7}, {"v": "c", "id": 12, "part": 7}, {"v": "d", "id": 13, "part": 7}], "before": [{"v": "b", "id": 1, "part": 7}, {"v": "c", "id": 2, "part": 7}, {"v": "d", "id": 3, "part": 7}]}
{"op": "D", "table": "public.t", "payload": [{"v": "c", "id": 12, "part": 7}]}
