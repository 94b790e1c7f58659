package dev.rowcast.session;

import dev.rowcast.protocol.LiveRequest;
import dev.rowcast.shape.ColumnChoice;
import dev.rowcast.shape.Shape;
import java.time.Duration;
import java.util.Optional;

/**
 * What became of a request at {@code /live}.
 *
 * <p>Immutable.
 */
public sealed interface LiveAdmission {

  /**
   * It is answered.
   *
   * @param shape which rows, and what is told of them; empty: every row, with these columns
   * @param user whom it counts for
   * @param stay when it ends at the latest, so that its reader comes back and is looked at again;
   *     empty: whoever reads has shown nothing that could end
   */
  record Admitted(
      LiveRequest request,
      ColumnChoice columns,
      Optional<Shape> shape,
      Start start,
      Optional<String> user,
      Optional<Duration> stay)
      implements LiveAdmission {}

  /** It is answered with this status and text. */
  record Refused(int status, String text) implements LiveAdmission {}

  /** Nobody can tell now who the client is. */
  record Unavailable() implements LiveAdmission {}
}
