-- Written by oracle/people_sql.py from what Django 2.2.28 stored; see there.
CREATE TABLE auth_user (
  id int PRIMARY KEY, username text NOT NULL, password text NOT NULL, is_active boolean NOT NULL);
CREATE TABLE auth_group (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE auth_user_groups (user_id int NOT NULL, group_id int NOT NULL);
CREATE TABLE django_session (
  session_key text PRIMARY KEY, session_data text NOT NULL,
  expire_date timestamptz NOT NULL DEFAULT '2100-01-01');
INSERT INTO auth_user (id, username, password, is_active) VALUES (1, 'alice', '', true);
INSERT INTO auth_user (id, username, password, is_active) VALUES (2, 'bob', '', true);
INSERT INTO auth_user (id, username, password, is_active) VALUES (3, 'carol', '', true);
INSERT INTO auth_group (id, name) VALUES (1, 'staff');
INSERT INTO auth_group (id, name) VALUES (2, 'night shift');
INSERT INTO auth_user_groups (user_id, group_id) VALUES (1, 1);
INSERT INTO auth_user_groups (user_id, group_id) VALUES (1, 2);
INSERT INTO auth_user_groups (user_id, group_id) VALUES (2, 1);
INSERT INTO django_session (session_key, session_data) VALUES ('alicealicealicealicealicealiceal', 'ZjBlMWNkYmI5MzFjYzk2NDdlOTY4NjkxZGVhYjcwNWEwZTBlOGFhMTp7Il9hdXRoX3VzZXJfaWQiOiIxIiwiX2F1dGhfdXNlcl9iYWNrZW5kIjoiZGphbmdvLmNvbnRyaWIuYXV0aC5iYWNrZW5kcy5Nb2RlbEJhY2tlbmQiLCJfYXV0aF91c2VyX2hhc2giOiI1YTJkMDMxMWNlMWNlN2E0MjJmMTg5ODNiN2ZlOWU1NTY5NDFmNzVlIiwid3M0cmVkaXM6bWVtYmVyb2YiOlsic3RhZmYiLCJuaWdodCBzaGlmdCJdfQ==');
INSERT INTO django_session (session_key, session_data) VALUES ('bobbobbobbobbobbobbobbobbobbobbo', 'MTk2ZTczMDk2NjJiZjYzNDJmMzE1NTc0MmZiNDY1MGVmMzBmMDA0Mjp7Il9hdXRoX3VzZXJfaWQiOiIyIiwiX2F1dGhfdXNlcl9iYWNrZW5kIjoiZGphbmdvLmNvbnRyaWIuYXV0aC5iYWNrZW5kcy5Nb2RlbEJhY2tlbmQiLCJfYXV0aF91c2VyX2hhc2giOiI1YTJkMDMxMWNlMWNlN2E0MjJmMTg5ODNiN2ZlOWU1NTY5NDFmNzVlIiwid3M0cmVkaXM6bWVtYmVyb2YiOlsic3RhZmYiXX0=');
INSERT INTO django_session (session_key, session_data) VALUES ('carolcarolcarolcarolcarolcarolca', 'NTc0Nzc2ZmU2MTY0NzE3NGEwNzk0ODM5Mjc4NjBmMDZjY2Q3MmZmNjp7Il9hdXRoX3VzZXJfaWQiOiIzIiwiX2F1dGhfdXNlcl9iYWNrZW5kIjoiZGphbmdvLmNvbnRyaWIuYXV0aC5iYWNrZW5kcy5Nb2RlbEJhY2tlbmQiLCJfYXV0aF91c2VyX2hhc2giOiI1YTJkMDMxMWNlMWNlN2E0MjJmMTg5ODNiN2ZlOWU1NTY5NDFmNzVlIiwid3M0cmVkaXM6bWVtYmVyb2YiOltdfQ==');
INSERT INTO django_session (session_key, session_data) VALUES ('ni4kln0c93c9rcnvuxvid3x1wvezszz1', 'ZjRhZTg4OGQzMTAwZjdlZGIzYzJmNThiZTU0NTU0OWJiNjgzY2IwMjp7fQ==');
INSERT INTO django_session (session_key, session_data) VALUES ('oohozj6apar587vi190hzixfv6rd1icl', 'ZjRhZTg4OGQzMTAwZjdlZGIzYzJmNThiZTU0NTU0OWJiNjgzY2IwMjp7fQ==');
INSERT INTO django_session (session_key, session_data) VALUES ('qxhq2x2u6ui2s38ojkllsli16yj556cs', 'ZjRhZTg4OGQzMTAwZjdlZGIzYzJmNThiZTU0NTU0OWJiNjgzY2IwMjp7fQ==');
INSERT INTO django_session (session_key, session_data) VALUES ('visitorvisitorvisitorvisitorvisi', 'MjA5MGE2MjE3NzNlNGNhYWZlZDA0NGE2ZmRiN2ViYjUyZDg2MjI3MDp7InZpc2l0cyI6MX0=');
