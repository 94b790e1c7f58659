Rows that a foreign key deletes or updates are reported like any others.
--- tables
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (10, 1), (11, 1), (20, 2);
--- run
DELETE FROM parent WHERE id = 1;
UPDATE parent SET id = 3 WHERE id = 2;
--- outbox
{"op": "D", "table": "public.parent", "payload": [{"id": 1}]}
{"op": "D", "table": "public.child", "payload": [{"id": 10, "parent": 1}]}
{"op": "D", "table": "public.child", "payload": [{"id": 11, "parent": 1}]}
{"op": "U", "table": "public.parent", "payload": [{"id": 3}], "before": [{"id": 2}]}
{"op": "U", "table": "public.child", "payload": [{"id": 20, "parent": 3}]}
