-- The table of the benchmark of /live: clients ask for the rows of one topic; the stamp says which
-- row of which run this is, and when it was due.
CREATE TABLE bench (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic integer NOT NULL,
  stamp uuid NOT NULL,
  note text NOT NULL DEFAULT 'a few words, so that a row is about as large as rows are'
);
