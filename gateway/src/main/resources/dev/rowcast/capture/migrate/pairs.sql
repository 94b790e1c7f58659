-- {{table}}: the rows of one UPDATE statement beside their old ones.
-- PostgreSQL hands old and new rows over in the same order, though its manual does not promise it:
-- rows are paired by number only when there are as many of both. When there are not (a row trigger
-- let a row vanish on its way to another partition), or when a key is given up by one row and taken
-- by another in the same statement (SET id = id + 1), no order of moves would be right: then keys
-- are compared, and what is written are deletes, updates and inserts.
#variable_conflict use_variable
DECLARE
{{declare}}  total pg_catalog.int8;
  bytes pg_catalog.int8;
  step  pg_catalog.int8;
  written pg_catalog.int8;
BEGIN
{{try}}{{pairs}}
  RETURN NULL;
{{catch}}END
