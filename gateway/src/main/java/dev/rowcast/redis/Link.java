package dev.rowcast.redis;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one of our connections is there; says so once per change, not once per attempt.
 *
 * <p>Thread-safe.
 */
public final class Link {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  private final String what;
  private final RedisTarget target;
  private final LongAdder reconnects;
  private final Runnable changed;

  private boolean wasUp;
  private @Nullable String trouble = "not connected yet";
  private boolean told;

  /** With what is counted and called when the connection comes or goes. */
  public Link(String what, RedisTarget target, LongAdder reconnects, Runnable changed) {
    this.what = what;
    this.target = target;
    this.reconnects = reconnects;
    this.changed = changed;
  }

  /** The connection is there and has been found in order. */
  public void up() {
    synchronized (this) {
      if (trouble == null) {
        return;
      }
      trouble = null;
      told = false;
      if (wasUp) {
        reconnects.increment();
      }
      LOG.info("{} of {}: {}", what, target, wasUp ? "connected again" : "connected");
      wasUp = true;
    }
    changed.run();
  }

  /** The log hears of the first reason only, the health page of each. */
  public void away(String reason) {
    synchronized (this) {
      if (told && reason.equals(trouble)) {
        return;
      }
      trouble = reason;
      if (!told) {
        LOG.warn("{} of {}: away, trying again: {}", what, target, reason);
      }
      told = true;
    }
    changed.run();
  }

  /** What is wrong, if anything. */
  public synchronized Optional<String> trouble() {
    return Optional.ofNullable(trouble).map(why -> what + ": " + why);
  }
}
