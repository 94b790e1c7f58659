package dev.rowcast.change;

import java.util.List;

/**
 * What the capture yields at once and wants confirmed at once.
 *
 * <p>Immutable. The changes of one row are in the order of their commits, within a batch and from
 * batch to batch.
 *
 * @param epoch the lineage of the places in the log: changes when continuity cannot be proven
 * @param number names the batch; unsigned. Triggers: grows by one from batch to batch within an
 *     epoch. WAL: the place in the log before which everything is delivered together with it, and
 *     which is confirmed then; a batch that ends inside a large transaction does not move it
 * @param receipt which rows of the outbox the batch is made of, so that it can be made again of the
 *     same ones; empty when its changes have their places whatever batch they come in
 */
public record CapturedBatch(
    String epoch, long number, List<CommittedTransaction> transactions, String receipt) {

  /** A batch that needs no receipt. */
  public CapturedBatch(String epoch, long number, List<CommittedTransaction> transactions) {
    this(epoch, number, transactions, "");
  }

  /** Copies the transactions. */
  public CapturedBatch {
    transactions = List.copyOf(transactions);
  }
}
