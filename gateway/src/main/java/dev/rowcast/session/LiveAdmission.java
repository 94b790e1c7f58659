package dev.rowcast.session;

import dev.rowcast.message.Position;
import dev.rowcast.protocol.LiveRequest;
import dev.rowcast.shape.ColumnChoice;

/**
 * What became of a request at {@code /live}.
 *
 * <p>Immutable.
 */
public sealed interface LiveAdmission {

  /** It is answered with the changes behind {@code place}. */
  record Admitted(LiveRequest request, ColumnChoice columns, Position place)
      implements LiveAdmission {}

  /** It is answered with this status and text. */
  record Refused(int status, String text) implements LiveAdmission {}
}
