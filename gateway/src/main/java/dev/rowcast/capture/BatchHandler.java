package dev.rowcast.capture;

import dev.rowcast.change.CapturedBatch;
import java.util.Optional;

/** What becomes of a captured batch. Called on the capture's thread and may block. */
@FunctionalInterface
public interface BatchHandler {

  /**
   * This node leads from now on, or still leads after a batch that was not confirmed. Called before
   * the next batch is taken, by captures whose batches are numbered one by one.
   *
   * @param epoch the lineage of the batches to come
   * @param next the number of the next batch
   * @return the receipt of an earlier attempt at that very batch, some of which was delivered and
   *     must keep its place: the batch has to be made of the same again. Empty when nothing was
   * @throws RuntimeException when that cannot be learnt now; it is asked again
   */
  default Optional<String> resume(String epoch, long next) throws InterruptedException {
    return Optional.empty();
  }

  /**
   * This node leads from now on, and another may have delivered since it last did. Called before
   * the first batch is handed over, by captures that read a log of PostgreSQL's own, instead of
   * {@link #resume}.
   *
   * @param epoch the lineage of the batches to come
   * @param confirmed everything before this place was delivered, by whomever, and will not be
   *     brought again; what comes may have been delivered as well
   * @param end how far the log goes: no place behind it has been given out yet
   * @throws RuntimeException when it cannot be judged now whether what was delivered is still
   *     there; it is asked again
   */
  default void lead(String epoch, long confirmed, long end) throws InterruptedException {}

  /**
   * Delivers a batch. Returning normally means: everything in it is acknowledged where it belongs.
   * A batch without transactions only moves the confirmed place on; that, too, has to be kept.
   *
   * @throws RuntimeException when it could not be delivered; the batch will be brought again
   */
  void handle(CapturedBatch batch) throws InterruptedException;
}
