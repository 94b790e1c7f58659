-- The rows a message named, as Rodan's REST API gives them; what no longer exists is left out.
-- In:  1 uuid[] of projects, 2 of workflows, 3 of runs, 4 of run jobs, 5 of resources,
--      6 of resource lists.
-- Out: as board.sql.
SELECT coalesce(
  jsonb_agg(jsonb_build_object(
    'model', model, 'uuid', replace(uuid::text, '-', ''), 'row', row)),
  '[]')::text
FROM (
  SELECT 'project', uuid, to_jsonb(t) FROM rodan_project t WHERE uuid = ANY (?)
  UNION ALL
  SELECT 'workflow', uuid, to_jsonb(t) FROM rodan_workflow t WHERE uuid = ANY (?)
  UNION ALL
  SELECT 'workflowrun', uuid, to_jsonb(t) FROM rodan_workflowrun t WHERE uuid = ANY (?)
  UNION ALL
  SELECT 'runjob', uuid, to_jsonb(t) FROM rodan_runjob t WHERE uuid = ANY (?)
  UNION ALL
  SELECT 'resource', uuid, to_jsonb(t) FROM rodan_resource t WHERE uuid = ANY (?)
  UNION ALL
  SELECT 'resourcelist', uuid, to_jsonb(t) FROM rodan_resourcelist t WHERE uuid = ANY (?)
) AS found (model, uuid, row)
