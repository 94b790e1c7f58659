package dev.rowcast.hub;

import org.jspecify.annotations.Nullable;

/**
 * One connection as its loop's shard sees it.
 *
 * <p>Confined to that loop. A class and not an interface, so that the place in the shard needs no
 * object of its own: there are thousands of these and most are idle.
 */
public abstract class Subscriber {
  @Nullable Group group;
  int index;

  /**
   * Takes everything a drain has for this connection: writes it and flushes once. May end the
   * connection and thereby unsubscribe itself, but no other.
   */
  protected abstract void deliver(Burst burst);

  /**
   * Takes the last value of its {@code index}th topic, or null when there is none or it could not
   * be read. Called once for each topic after {@link LoopShard#subscribe}, unless the subscriber
   * has gone.
   */
  protected abstract void lastValue(int index, @Nullable Message message);

  /** A message of one of its topics was lost in this process; nothing later must hide that. */
  protected abstract void missed();

  /** Whether it listens to anything. */
  protected final boolean isSubscribed() {
    return group != null;
  }
}
