package dev.rowcast.session;

import dev.rowcast.auth.Recognition;
import dev.rowcast.protocol.ClientMessage;
import dev.rowcast.shape.Shape;

/** Decides what of a table a client may hear. Thread-safe. */
public interface TableAccess {

  /** Decides; may block, hence on a virtual thread. What fails outside is an answer as well. */
  TableAdmission decide(Recognition.Known who, ClientMessage.SubscribeTable wish);

  /** Gives the rows of what is granted. */
  Beginnings beginnings();

  /** Whether the table is still what the shape was made of; never blocks. */
  boolean isCurrent(Shape shape);
}
