package dev.rowcast.fold;

import dev.rowcast.message.Position;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.SplittableRandom;

/** Where clients live. Thread-safe. */
interface Scene {
  Answers answers();

  Progress progress();

  Tally tally();

  /** Where everything has been told that was written; empty while it is written. */
  Optional<Position> end();

  /**
   * A connection to one of the gateways.
   *
   * @param isNarrow with hardly any room for what is not read yet
   * @throws IOException when there is none, or it does not answer
   */
  Socket connect(SplittableRandom random, boolean isNarrow) throws IOException;
}
