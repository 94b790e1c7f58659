package dev.rowcast.capture;

import dev.rowcast.change.CapturedBatch;

/** What becomes of a captured batch. Called on the capture's thread and may block. */
@FunctionalInterface
public interface BatchHandler {

  /**
   * Delivers a batch. Returning normally means: everything in it is acknowledged where it belongs.
   *
   * @throws RuntimeException when it could not be delivered; the batch will be brought again
   */
  void handle(CapturedBatch batch) throws InterruptedException;
}
