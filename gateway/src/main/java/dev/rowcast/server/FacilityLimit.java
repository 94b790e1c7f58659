package dev.rowcast.server;

import dev.rowcast.base.Glob;
import java.util.List;

/**
 * How many facilities of one pattern may have listeners on this node: one entry of {@code
 * limits.facilities}.
 *
 * <p>Immutable. Each facility with a listener is a subscription at Redis and a place in this
 * process's memory, and its name comes from the client.
 */
public record FacilityLimit(List<Glob> match, int atMost) {

  /** Refuses a limit under which nobody could listen to anything. */
  public FacilityLimit {
    match = List.copyOf(match);
    if (atMost < 1) {
      throw new IllegalArgumentException("at-most is " + atMost + ", must be at least 1");
    }
  }
}
