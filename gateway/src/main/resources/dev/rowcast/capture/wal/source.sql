-- How one table is captured. In: 1 schema, 2 name. Out: one row, or none when it is not.
SELECT key, columns FROM rowcast.source WHERE schema_name = ? AND table_name = ?
