-- Out: the number of runs that are not at an end.
SELECT count(*) FROM rodan_workflowrun WHERE status IN (0, 1, 2)
