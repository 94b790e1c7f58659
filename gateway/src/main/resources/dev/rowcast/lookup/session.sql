-- In: 1 the session key. Holes: sessions, the table.
-- Out: data, what the engine wrote; expires, in milliseconds of the epoch.
SELECT session_data AS data,
       (extract(epoch FROM expire_date) * 1000)::bigint AS expires
  FROM {{sessions}}
 WHERE session_key = ?
