-- Keeps the table small: removes the oldest ended runs, with their jobs and results.
-- In:  1 how many ended runs to keep, 2 how many to remove at most.
DELETE FROM rodan_workflowrun
WHERE uuid IN (
  SELECT uuid FROM (
    SELECT uuid, created FROM rodan_workflowrun
    WHERE status NOT IN (0, 1, 2)
    ORDER BY created DESC, uuid
    OFFSET ?
  ) AS surplus
  ORDER BY created
  LIMIT ?)
