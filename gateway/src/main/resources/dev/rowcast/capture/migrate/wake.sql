-- Wakes the leader, which sleeps. Always null, so that it can stand in an INSERT's column.
-- A transaction that will be prepared cannot NOTIFY (rowcast.notify = off says so), and a queue
-- that is half full is left alone: a full one would fail the application's commit. Without the
-- wake-up the leader finds the rows when it polls.
BEGIN
  IF COALESCE(current_setting('rowcast.notify', true), '') <> 'off'
     AND pg_notification_queue_usage() < 0.5 THEN
    PERFORM pg_notify('rowcast', '');
  END IF;
  RETURN NULL;
END
