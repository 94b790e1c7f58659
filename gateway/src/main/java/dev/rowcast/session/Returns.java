package dev.rowcast.session;

import dev.rowcast.message.CloseReason;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Draws when a client that is sent away is to come back.
 *
 * <p>Thread-safe if its source of chance is.
 *
 * <p>Only the server knows how many others were sent away with it: clients that choose by
 * themselves come back within one moment, whatever their number. So the times are spread over as
 * long as it takes to let everybody who is open now come back at the configured rate.
 */
final class Returns {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LATER = Duration.ofSeconds(1);

  private final int perSecond;
  private final RandomGenerator random;

  /** Lets so many come back in a second. */
  Returns(int perSecond, RandomGenerator random) {
    this.perSecond = perSecond;
    this.random = random;
  }

  /** When to come back after this end, while so many connections are open. */
  Duration draw(CloseReason reason, long open) {
    var earliest = isAtOnce(reason) ? Duration.ZERO : LATER;
    var spread = Math.max(SOON.toMillis(), open * 1000 / perSecond);
    return earliest.plusMillis(random.nextLong(spread));
  }

  /** Somebody is there for them at once: another node, or this one as soon as it has a token. */
  private static boolean isAtOnce(CloseReason reason) {
    return switch (reason) {
      case GOING_AWAY, SERVICE_RESTART, TOKEN_EXPIRED, UNRECOGNISED, RECONFIGURED -> true;
      case NORMAL,
          PROTOCOL_ERROR,
          INVALID_UTF8,
          POLICY_VIOLATION,
          MESSAGE_TOO_BIG,
          INTERNAL_ERROR,
          TRY_AGAIN_LATER,
          MALFORMED,
          REVOKED,
          UNKNOWN_PROTOCOL,
          SLOW,
          TOO_FAST,
          UNAVAILABLE,
          LOST ->
          false;
    };
  }
}
