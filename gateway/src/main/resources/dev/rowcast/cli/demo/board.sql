-- Everything the page shows when it opens: projects, workflows, the newest runs and their jobs.
-- In:  1 how many runs at most.
-- Out: one JSON text, [{"model": …, "uuid": 32 hex, "row": {…}}, …].
WITH run AS (
  SELECT * FROM rodan_workflowrun ORDER BY created DESC, uuid LIMIT ?
), listed (model, uuid, row) AS (
  SELECT 'project', uuid, to_jsonb(project) FROM
    (SELECT * FROM rodan_project ORDER BY created LIMIT 200) AS project
  UNION ALL
  SELECT 'workflow', uuid, to_jsonb(workflow) FROM
    (SELECT * FROM rodan_workflow ORDER BY created LIMIT 200) AS workflow
  UNION ALL
  SELECT 'workflowrun', uuid, to_jsonb(run) FROM run
  UNION ALL
  SELECT 'runjob', uuid, to_jsonb(job) FROM
    (SELECT job.* FROM rodan_runjob job JOIN run ON job.workflow_run_id = run.uuid
     ORDER BY job.step LIMIT 2000) AS job
)
SELECT coalesce(
  jsonb_agg(jsonb_build_object(
    'model', model, 'uuid', replace(uuid::text, '-', ''), 'row', row)),
  '[]')::text
FROM listed
