-- In:  1 status, 2 uuid of the job.
UPDATE rodan_runjob SET status = ?, updated = now() WHERE uuid = ?
