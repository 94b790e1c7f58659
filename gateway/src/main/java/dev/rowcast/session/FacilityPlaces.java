package dev.rowcast.session;

/**
 * How many facilities may have listeners on this node, as a conversation that changes what it
 * listens to asks.
 *
 * <p>Thread-safe.
 */
public interface FacilityPlaces {

  /** One more listener at a facility, unless it would be one facility too many. */
  boolean enter(String facility);

  /** One listener less. */
  void leave(String facility);
}
