package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.feed.FeedException;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.rows.RowsException;
import dev.rowcast.shape.Shape;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rules and the database say to a wish for a table.
 *
 * <p>Thread-safe.
 */
public final class GrantedTables implements TableAccess {
  private static final Logger log = LoggerFactory.getLogger(GrantedTables.class);

  private final ShapeAccess shapes;
  private final Beginnings beginnings;

  /** By the shapes that are granted. */
  public GrantedTables(ShapeAccess shapes, Beginnings beginnings) {
    this.shapes = shapes;
    this.beginnings = beginnings;
  }

  @Override
  public TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish) {
    var since = wish.since().flatMap(Since::parse);
    if (wish.since().isPresent() && since.isEmpty()) {
      return new TableAdmission.Refused(
          ErrorCode.BAD_REQUEST,
          "since is not a position; it is what a message or rowcast.position() gave, snapshot, or"
              + " left out for now");
    }
    return switch (shapes.decide(who.identity(), wish.table(), wish.where(), wish.columns())) {
      case ShapeAccess.Answer.Granted(var shape) ->
          since.isEmpty()
              ? new TableAdmission.Admitted(shape, Optional.empty())
              : beginning(shape, since.get());
      case ShapeAccess.Answer.Refused(var reason, var text) ->
          new TableAdmission.Refused(code(reason), text);
    };
  }

  private TableAdmission beginning(Shape shape, Since since) {
    try {
      return new TableAdmission.Admitted(shape, Optional.of(beginnings.start(since)));
    } catch (FeedException | RowsException away) {
      log.debug("a reader of {} is refused: {}", shape.table().table(), away.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return new TableAdmission.Refused(
        ErrorCode.UNAVAILABLE, "where this goes on cannot be looked up now");
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
  public Beginnings beginnings() {
    return beginnings;
  }

  @Override
  public boolean isCurrent(Shape shape) {
    return shapes.isCurrent(shape);
  }
}
