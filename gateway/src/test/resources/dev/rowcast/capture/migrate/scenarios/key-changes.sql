The old key stands beside a row whose key changed. When one row takes the key that another gives up,
no order of moves is right: then it is told by keys, as deletes, updates and inserts.
--- tables
CREATE TABLE t (id int PRIMARY KEY DEFERRABLE, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');
--- capture
wal: refused
--- run
UPDATE t SET id = 10 WHERE id = 1;
UPDATE t SET id = id, v = 'B' WHERE id = 2;
UPDATE t SET id = CASE id WHEN 10 THEN 1 ELSE id END, v = v || '!';
UPDATE t SET id = id + 1;
UPDATE t SET id = CASE id WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE id END WHERE id < 4;
UPDATE t SET id = id + 100 WHERE id = 77;
--- outbox
{"op": "U", "table": "public.t", "payload": [{"v": "a", "id": 10}], "before": [{"id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"v": "B", "id": 2}]}
{"op": "U", "table": "public.t", "payload": [{"v": "c!", "id": 3}, {"v": "a!", "id": 1}, {"v": "B!", "id": 2}], "before": [null, {"id": 10}, null]}
{"op": "D", "table": "public.t", "payload": [{"v": "a!", "id": 1}]}
{"op": "U", "table": "public.t", "payload": [{"v": "a!", "id": 2}, {"v": "B!", "id": 3}]}
{"op": "I", "table": "public.t", "payload": [{"v": "c!", "id": 4}]}
{"op": "U", "table": "public.t", "payload": [{"v": "a!", "id": 3}, {"v": "B!", "id": 2}]}
