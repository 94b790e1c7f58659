TRUNCATE says so once for each table, also when it cascades.
--- tables
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY REFERENCES a);
INSERT INTO a VALUES (1);
--- run
TRUNCATE a CASCADE;
BEGIN; TRUNCATE b; ROLLBACK;
--- outbox
{"op": "T", "table": "public.a", "payload": []}
{"op": "T", "table": "public.b", "payload": []}
