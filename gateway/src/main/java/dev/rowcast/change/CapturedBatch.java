package dev.rowcast.change;

import java.util.List;

/**
 * What the capture yields at once and wants confirmed at once.
 *
 * <p>Immutable. The changes of one row are in the order of their commits, within a batch and from
 * batch to batch.
 *
 * @param epoch the lineage of {@code number}: changes when the counter's history is not ours
 * @param number grows by one from batch to batch within an epoch; unsigned
 */
public record CapturedBatch(String epoch, long number, List<CommittedTransaction> transactions) {

  /** Copies the transactions. */
  public CapturedBatch {
    transactions = List.copyOf(transactions);
  }
}
