-- Chooses what goes on next: the first unfinished job of some unfinished run, locked.
-- Out: 1 uuid, 2 status and 3 interactive of the job, 4 uuid of its run, 5 status of the run,
--      6 whether it is the run's last job; no row when nothing is to be done.
SELECT job.uuid, job.status, job.interactive, run.uuid, run.status,
       NOT EXISTS (SELECT FROM rodan_runjob later
                   WHERE later.workflow_run_id = run.uuid AND later.step > job.step)
FROM rodan_workflowrun run
JOIN rodan_runjob job ON job.workflow_run_id = run.uuid
WHERE run.status IN (0, 1, 2)
  AND job.status IN (0, 1, 2)
  AND NOT EXISTS (SELECT FROM rodan_runjob earlier
                  WHERE earlier.workflow_run_id = run.uuid
                    AND earlier.step < job.step
                    AND earlier.status IN (0, 1, 2))
ORDER BY random()
LIMIT 1
FOR UPDATE SKIP LOCKED
