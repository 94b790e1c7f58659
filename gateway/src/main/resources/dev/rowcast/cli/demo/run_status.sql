-- In:  1 status, 2 uuid of the run.
UPDATE rodan_workflowrun SET status = ?, updated = now() WHERE uuid = ?
