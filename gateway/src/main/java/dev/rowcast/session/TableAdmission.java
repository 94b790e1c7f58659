package dev.rowcast.session;

import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.shape.Shape;
import java.util.Optional;

/**
 * What became of a wish to hear the changes of a table.
 *
 * <p>Immutable.
 */
public sealed interface TableAdmission {

  /**
   * It is granted.
   *
   * @param since where it goes on; empty: from now on
   */
  record Admitted(Shape shape, Optional<Position> since) implements TableAdmission {}

  /** It is not, for this reason. */
  record Refused(ErrorCode code, String why) implements TableAdmission {}
}
