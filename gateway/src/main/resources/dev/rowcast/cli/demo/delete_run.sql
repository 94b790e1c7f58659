-- In:  1 uuid of the run.
DELETE FROM rodan_workflowrun WHERE uuid = ?
