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
   * This node leads from now on, and another may have delivered since it last did. Called by
   * captures that do not call {@link #resume}.
   */
  default void lead() {}

  /**
   * Delivers a batch. Returning normally means: everything in it is acknowledged where it belongs.
   *
   * @throws RuntimeException when it could not be delivered; the batch will be brought again
   */
  void handle(CapturedBatch batch) throws InterruptedException;
}
