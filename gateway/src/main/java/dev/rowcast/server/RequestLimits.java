package dev.rowcast.server;

import dev.rowcast.base.DataSize;
import java.time.Duration;

/**
 * What one HTTP request may take: part of {@code limits}.
 *
 * <p>Immutable.
 *
 * @param timeout from the accepted connection to the end of the handshake or of the request's body
 * @param head request line and headers together; beyond it 431
 * @param headers number of header lines; beyond it 431
 * @param url path and query; beyond it 414
 * @param body of a request that has one; beyond it 413
 */
public record RequestLimits(
    Duration timeout, DataSize head, int headers, DataSize url, DataSize body) {
  /** Ten seconds, 8 KiB of head, 4 KiB of it the URL. */
  public static final RequestLimits DEFAULTS =
      new RequestLimits(
          Duration.ofSeconds(10),
          DataSize.ofKibibytes(8),
          100,
          DataSize.ofKibibytes(4),
          DataSize.ofMebibytes(1));

  /** Refuses limits under which no request would pass. */
  public RequestLimits {
    if (timeout.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "limits.handshake-timeout is " + timeout + ", must be at least 100ms");
    }
    within("limits.request-head", head, 1024, 1 << 20);
    LimitSettings.atLeastOne("limits.headers", headers);
    within("limits.url", url, 64, 1 << 20);
    within("limits.request-body", body, 0, 64 << 20);
  }

  private static void within(String key, DataSize size, long least, long most) {
    if (size.bytes() < least || size.bytes() > most) {
      throw new IllegalArgumentException(
          key
              + " is "
              + size
              + ", must be from "
              + new DataSize(least)
              + " to "
              + new DataSize(most));
    }
  }
}
