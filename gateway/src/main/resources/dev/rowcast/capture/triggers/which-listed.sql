-- Which rows take.sql takes: exactly those of an earlier attempt; fewer when some are not there.
-- In:  1 the numbers of the rows.
seq = ANY (?)
