-- In: 1 the user's primary key. Holes: users, id, name, active: the table and its columns.
-- Out: name, password, active.
SELECT {{name}}::text AS name,
       password,
       {{active}} AS active
  FROM {{users}}
 WHERE {{id}} = ?
