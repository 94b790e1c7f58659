package dev.rowcast.capture.wal;

import dev.rowcast.change.CommittedTransaction;

/**
 * A committed transaction or a part of a large one, on its way to who delivers it.
 *
 * <p>Immutable.
 *
 * @param size about how much memory its changes take
 * @param endLsn what may be confirmed once this and everything before it is delivered; {@link
 *     Lsn#NONE}: more of the same transaction follows
 */
record TransactionPart(CommittedTransaction transaction, long size, long endLsn) {}
