package dev.rowcast.session;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import java.time.Duration;
import java.util.List;

/**
 * How much may wait for a client that reads slowly: {@code websocket.outbox}.
 *
 * <p>Immutable.
 *
 * @param maxBytes what may wait in this process for one connection, beyond what the kernel holds
 * @param maxAge how long nothing of what waits may move before the client counts as too slow
 * @param whenFull what happens past {@code maxBytes}
 * @param latest facilities for which {@link WhenFull#LATEST} holds whatever {@code whenFull} says
 */
public record OutboxSettings(
    DataSize maxBytes, Duration maxAge, WhenFull whenFull, List<Glob> latest) {

  /** What becomes of a client that is too slow. */
  public enum WhenFull {
    /** It is closed with {@link dev.rowcast.message.CloseReason#SLOW}. */
    CLOSE,
    /**
     * It gets the latest message of each topic once it has caught up; those between are left out.
     */
    LATEST
  }

  /** 1 MiB or half a minute, then the connection ends. */
  public static final OutboxSettings DEFAULTS =
      new OutboxSettings(
          DataSize.ofMebibytes(1), Duration.ofSeconds(30), WhenFull.CLOSE, List.of());

  /** Refuses bounds under which no message would ever pass. */
  public OutboxSettings {
    latest = List.copyOf(latest);
    if (maxBytes.bytes() < 1024 || maxBytes.bytes() > 1 << 30) {
      throw new IllegalArgumentException(
          "websocket.outbox.max-bytes is " + maxBytes + ", must be from 1KiB to 1GiB");
    }
    if (maxAge.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "websocket.outbox.max-age is " + maxAge + ", must be at least 1s");
    }
  }
}
