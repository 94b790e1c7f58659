-- In: 1 the user's primary key. Holes: memberships, the table between users and groups; member,
-- its column of users.
-- Out: name, one line a group.
SELECT g.name
  FROM {{memberships}} m
  JOIN auth_group g ON g.id = m.group_id
 WHERE m.{{member}} = ?
 ORDER BY g.id
