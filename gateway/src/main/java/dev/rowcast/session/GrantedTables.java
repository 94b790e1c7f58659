package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.shape.Shape;

/**
 * What the rules and the database say to a wish for a table.
 *
 * <p>Thread-safe.
 */
public final class GrantedTables implements TableAccess {
  private final ShapeAccess shapes;

  /** By the shapes that are granted. */
  public GrantedTables(ShapeAccess shapes) {
    this.shapes = shapes;
  }

  @Override
  public TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish) {
    var since = wish.since().flatMap(Position::parse);
    if (wish.since().isPresent() && since.isEmpty()) {
      return new TableAdmission.Refused(
          ErrorCode.BAD_REQUEST,
          "on a WebSocket since is a position that a message gave, or left out for now");
    }
    return switch (shapes.decide(who.identity(), wish.table(), wish.where(), wish.columns())) {
      case ShapeAccess.Answer.Granted(var shape) -> new TableAdmission.Admitted(shape, since);
      case ShapeAccess.Answer.Refused(var reason, var text) ->
          new TableAdmission.Refused(code(reason), text);
    };
  }

  private static ErrorCode code(ShapeAccess.Reason reason) {
    return switch (reason) {
      case UNKNOWN -> ErrorCode.NOT_FOUND;
      case UNRECOGNISED -> ErrorCode.UNRECOGNISED;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case MALFORMED -> ErrorCode.BAD_REQUEST;
      case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
    };
  }

  @Override
  public boolean isCurrent(Shape shape) {
    return shapes.isCurrent(shape);
  }
}
