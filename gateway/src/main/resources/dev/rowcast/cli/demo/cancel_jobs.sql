-- What follows a failed or cancelled job is cancelled with it.
-- In:  1 uuid of the run.
UPDATE rodan_runjob SET status = 9, updated = now()
WHERE workflow_run_id = ? AND status IN (0, 1, 2)
