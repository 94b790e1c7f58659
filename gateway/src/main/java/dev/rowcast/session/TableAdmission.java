package dev.rowcast.session;

import dev.rowcast.message.ErrorCode;
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
   * @param start where it begins; empty: from now on
   */
  record Admitted(Shape shape, Optional<Start> start) implements TableAdmission {}

  /** It is not, for this reason. */
  record Refused(ErrorCode code, String why) implements TableAdmission {}
}
