package dev.rowcast.capture.triggers;

import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the batch counter's history, and so whether a number continues it.
 *
 * <p>Confined to the capture's thread. Survives reconnections: a database that was replaced by an
 * older copy of itself hands numbers out again, and that is what must be noticed.
 */
final class Lineage {
  private @Nullable String nonce;
  private long confirmed;

  /** What a batch's nonce and number say. */
  enum Verdict {
    /** Nothing is known that speaks against it. */
    CONTINUES,
    /** Another history, and it says so by its nonce. */
    REPLACED,
    /** A number that was given out before: an older copy of the same history. */
    FORKED
  }

  /** Judges a batch that has been taken and not been handed over yet. */
  Verdict judge(String batchNonce, long number) {
    if (nonce == null) {
      return Verdict.CONTINUES;
    }
    if (!nonce.equals(batchNonce)) {
      return Verdict.REPLACED;
    }
    return Long.compareUnsigned(number, confirmed) > 0 ? Verdict.CONTINUES : Verdict.FORKED;
  }

  /** A batch was committed: its number must not come again. */
  void confirm(String batchNonce, long number) {
    nonce = batchNonce;
    confirmed = number;
  }

  /** Another history begins here; nothing of it is known yet. */
  void restart() {
    nonce = null;
  }
}
