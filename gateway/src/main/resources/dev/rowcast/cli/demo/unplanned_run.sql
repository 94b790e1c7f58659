-- Out: uuid of the oldest scheduled run that has no job yet, locked; no row when there is none.
SELECT run.uuid
FROM rodan_workflowrun run
WHERE run.status = 0
  AND NOT EXISTS (SELECT FROM rodan_runjob job WHERE job.workflow_run_id = run.uuid)
ORDER BY run.created
LIMIT 1
FOR UPDATE SKIP LOCKED
