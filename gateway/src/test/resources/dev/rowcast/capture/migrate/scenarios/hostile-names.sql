Quotes, dollar tags, backslashes, newlines, braces, reserved words, case and 63 bytes of umlauts.
--- tables
CREATE SCHEMA "Se""lect $rowcast$ \";
CREATE TABLE "Se""lect $rowcast$ \"."from '
DROP {{source}} ?" ("ORDER" int, "n" int, "r" text, "q'.x" text, "x" text, "a
b\" text, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü" text, "NEW" text, PRIMARY KEY ("ORDER", "q'.x"));
--- capture
match: Se*
--- run
INSERT INTO "Se""lect $rowcast$ \"."from '
DROP {{source}} ?" VALUES (1, 2, 'r', 'q', 'x', 'a', 'ü', 'new'), (2, 2, 'r', 'q', 'x', 'a', 'ü', 'new'), (3, 2, 'r', 'q', 'x', 'a', 'ü', 'new');
UPDATE "Se""lect $rowcast$ \"."from '
DROP {{source}} ?" SET "ORDER" = "ORDER" + 10 WHERE "ORDER" = 1;
DELETE FROM "Se""lect $rowcast$ \"."from '
DROP {{source}} ?" WHERE "ORDER" = 2;
TRUNCATE "Se""lect $rowcast$ \"."from '
DROP {{source}} ?";
--- outbox
{"op": "I", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": [{"n": 2, "r": "r", "x": "x", "NEW": "new", "a\nb\\": "a", "q'.x": "q", "ORDER": 1, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü": "ü"}]}
{"op": "I", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": [{"n": 2, "r": "r", "x": "x", "NEW": "new", "a\nb\\": "a", "q'.x": "q", "ORDER": 2, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü": "ü"}]}
{"op": "I", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": [{"n": 2, "r": "r", "x": "x", "NEW": "new", "a\nb\\": "a", "q'.x": "q", "ORDER": 3, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü": "ü"}]}
{"op": "U", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": [{"n": 2, "r": "r", "x": "x", "NEW": "new", "a\nb\\": "a", "q'.x": "q", "ORDER": 11, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü": "ü"}], "before": [{"q'.x": "q", "ORDER": 1}]}
{"op": "D", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": [{"n": 2, "r": "r", "x": "x", "NEW": "new", "a\nb\\": "a", "q'.x": "q", "ORDER": 2, "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü": "ü"}]}
{"op": "T", "table": "Se\"lect $rowcast$ \\.from '\nDROP {{source}} ?", "payload": []}
