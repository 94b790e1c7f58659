-- Gives a run the jobs of its workflow; a run without workflow (typed by hand) gets the shortest one.
-- In:  1 uuid of the run.
INSERT INTO rodan_runjob (workflow_run_id, job_name, interactive, step)
SELECT run.uuid, job.name, job.interactive, planned.step
FROM rodan_workflowrun run
JOIN rodan_workflowjob planned
  ON planned.workflow_id = coalesce(
       run.workflow_id,
       (SELECT workflow_id FROM rodan_workflowjob GROUP BY workflow_id
        ORDER BY count(*), workflow_id LIMIT 1))
JOIN rodan_job job ON job.uuid = planned.job_id
WHERE run.uuid = ?
ORDER BY planned.step
