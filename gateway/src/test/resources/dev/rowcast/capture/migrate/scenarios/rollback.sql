Nothing leaks from a rollback, a savepoint rolled back, or an exception that was caught.
--- tables
CREATE TABLE t (id int PRIMARY KEY);
--- run
BEGIN; INSERT INTO t VALUES (1); ROLLBACK;
BEGIN; INSERT INTO t VALUES (2); SAVEPOINT a; INSERT INTO t VALUES (3); ROLLBACK TO a; INSERT INTO t VALUES (4); COMMIT;
DO $$ BEGIN
  INSERT INTO t VALUES (5);
  BEGIN INSERT INTO t VALUES (6); RAISE 'no'; EXCEPTION WHEN OTHERS THEN NULL; END;
END $$;
--- outbox
{"op": "I", "table": "public.t", "payload": [{"id": 2}]}
{"op": "I", "table": "public.t", "payload": [{"id": 4}]}
{"op": "I", "table": "public.t", "payload": [{"id": 5}]}
