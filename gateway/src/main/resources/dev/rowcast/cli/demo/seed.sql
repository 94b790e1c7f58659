-- What must be there for a workflow to be run: two projects, eight jobs, three workflows.
-- Idempotent; fixed uuids, so that a deleted seed row comes back at the next start.

INSERT INTO rodan_project (uuid, name, description) VALUES
  ('5a7d0c1e-0000-4000-8000-000000000001', 'Salzinnes Antiphonal', 'Square notation, 1554'),
  ('5a7d0c1e-0000-4000-8000-000000000002', 'Liber Usualis', 'Printed neumes, 1961')
ON CONFLICT DO NOTHING;

INSERT INTO rodan_job (uuid, name, category, interactive) VALUES
  ('5a7d0c1e-0000-4000-8001-000000000001', 'Convert to greyscale', 'Image', false),
  ('5a7d0c1e-0000-4000-8001-000000000002', 'Binarise',             'Image', false),
  ('5a7d0c1e-0000-4000-8001-000000000003', 'Deskew',               'Image', false),
  ('5a7d0c1e-0000-4000-8001-000000000004', 'Find staves',          'Layout', false),
  ('5a7d0c1e-0000-4000-8001-000000000005', 'Remove staves',        'Layout', false),
  ('5a7d0c1e-0000-4000-8001-000000000006', 'Correct by hand',      'Layout', true),
  ('5a7d0c1e-0000-4000-8001-000000000007', 'Classify neumes',      'Recognition', false),
  ('5a7d0c1e-0000-4000-8001-000000000008', 'Encode as MEI',        'Encoding', false)
ON CONFLICT DO NOTHING;

INSERT INTO rodan_workflow (uuid, name, project_id) VALUES
  ('5a7d0c1e-0000-4000-8002-000000000001', 'Optical music recognition',
   '5a7d0c1e-0000-4000-8000-000000000001'),
  ('5a7d0c1e-0000-4000-8002-000000000002', 'Clean page images',
   '5a7d0c1e-0000-4000-8000-000000000001'),
  ('5a7d0c1e-0000-4000-8002-000000000003', 'Staff detection',
   '5a7d0c1e-0000-4000-8000-000000000002')
ON CONFLICT DO NOTHING;

INSERT INTO rodan_workflowjob (uuid, workflow_id, job_id, step)
SELECT md5(format('%s %s', workflow, step))::uuid,
       ('5a7d0c1e-0000-4000-8002-00000000000' || workflow)::uuid,
       ('5a7d0c1e-0000-4000-8001-00000000000' || job)::uuid,
       step
FROM (VALUES
  (1, 1, 1), (1, 2, 2), (1, 3, 4), (1, 4, 5), (1, 5, 6), (1, 6, 7), (1, 7, 8),
  (2, 1, 1), (2, 2, 3), (2, 3, 2),
  (3, 1, 2), (3, 2, 4), (3, 3, 6), (3, 4, 8)
) AS plan (workflow, step, job)
ON CONFLICT DO NOTHING;
