-- A finished run leaves a resource behind.
-- In:  1 uuid of the run.
INSERT INTO rodan_resource (name, project_id, workflow_run_id)
SELECT 'Result of ' || name, project_id, uuid FROM rodan_workflowrun WHERE uuid = ?
