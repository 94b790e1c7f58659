package dev.rowcast.session;

/**
 * One thing that a conversation at {@code /live} listens to.
 *
 * <p>Confined to its event loop.
 */
sealed interface LiveSubscription permits TableSubscription, FacilitySubscription {

  /** Listens no more. */
  void close();
}
