"""Prints, as SQL for PostgreSQL, the people that `serve.py prepare` made in $ORACLE_DATA.

    ORACLE_DATA=… people_sql.py > gateway/src/test/resources/oracle/people.sql

The rows are what this Django stored, so that the conversations of people with a session are held
with Rowcast where no Python is. Only the expiry is put off.
"""

import os
import sqlite3

TABLES = {
    "auth_user": ["id", "username", "password", "is_active"],
    "auth_group": ["id", "name"],
    "auth_user_groups": ["user_id", "group_id"],
    "django_session": ["session_key", "session_data"],
}

print("-- Written by oracle/people_sql.py from what Django 2.2.28 stored; see there.")
print(
    """CREATE TABLE auth_user (
  id int PRIMARY KEY, username text NOT NULL, password text NOT NULL, is_active boolean NOT NULL);
CREATE TABLE auth_group (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE auth_user_groups (user_id int NOT NULL, group_id int NOT NULL);
CREATE TABLE django_session (
  session_key text PRIMARY KEY, session_data text NOT NULL,
  expire_date timestamptz NOT NULL DEFAULT '2100-01-01');"""
)
database = sqlite3.connect(os.path.join(os.environ["ORACLE_DATA"], "oracle.sqlite3"))
for table, columns in TABLES.items():
    names = ", ".join(columns)
    for row in database.execute("SELECT %s FROM %s ORDER BY 1, 2" % (names, table)):
        values = dict(zip(columns, row))
        if "is_active" in values:
            values["is_active"] = bool(values["is_active"])
        texts = [
            "'%s'" % value.replace("'", "''") if isinstance(value, str) else str(value).lower()
            for value in values.values()
        ]
        print("INSERT INTO %s (%s) VALUES (%s);" % (table, names, ", ".join(texts)))
