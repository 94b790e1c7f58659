-- Begins a run of a workflow chosen at random (of none when every workflow was deleted).
-- In:  1 name, 2 creator.
-- Out: uuid of the new run.
INSERT INTO rodan_workflowrun (name, creator, workflow_id, project_id)
SELECT ?, ?, workflow.uuid, coalesce(workflow.project_id, project.uuid)
FROM (SELECT uuid FROM rodan_project ORDER BY created LIMIT 1) AS project
LEFT JOIN (SELECT uuid, project_id FROM rodan_workflow ORDER BY random() LIMIT 1) AS workflow
       ON true
RETURNING uuid
