package dev.rowcast.fold;

import dev.rowcast.message.Position;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection to {@code /live} about one {@link Wish}.
 *
 * <p>Confined to its client's thread.
 */
interface Subscription extends Closeable {
  /**
   * The next that is told, if something is in about this time.
   *
   * @throws IOException when the connection is gone
   */
  Optional<Told> next(Duration within) throws IOException;

  /** Asks to be told when everything up to there was told, where the transport has such a word. */
  void sync(Position end) throws IOException;
}
