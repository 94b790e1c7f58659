package dev.rowcast.capture.triggers;

import dev.rowcast.change.CapturedBatch;
import java.time.Duration;

/**
 * The head of the outbox, taken in a transaction that is still open.
 *
 * <p>Immutable.
 *
 * @param rows how many outbox rows this is; zero: the outbox was empty and nothing was written
 * @param changes how many changes these rows are
 * @param full whether a bound ended the batch, so that more is likely to wait
 * @param age of the oldest row, by PostgreSQL's clock
 */
record OutboxBatch(CapturedBatch batch, int rows, int changes, boolean full, Duration age) {

  boolean isEmpty() {
    return rows == 0;
  }
}
