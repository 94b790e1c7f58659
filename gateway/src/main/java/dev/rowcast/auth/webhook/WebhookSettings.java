package dev.rowcast.auth.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Whom to ask who a client is: {@code auth.webhook}.
 *
 * <p>Immutable.
 *
 * @param forward names of the headers that are passed on, in lower case; a request with none of
 *     them is not asked about
 * @param timeout how long an answer may take
 * @param cache how long an answer is kept
 */
public record WebhookSettings(URI url, List<String> forward, Duration timeout, Duration cache) {
  /** Headers that belong to one hop. Above the defaults, which are held against it. */
  private static final List<String> OURS =
      List.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  /** What the defaults are but for the address, which has none. */
  public static final WebhookSettings DEFAULTS =
      new WebhookSettings(
          URI.create("http://127.0.0.1/"),
          List.of("cookie", "authorization"),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  /** Refuses what cannot be asked. */
  public WebhookSettings {
    forward = forward.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (url.getHost() == null || !List.of("http", "https").contains(scheme)) {
      throw new IllegalArgumentException(
          "auth.webhook.url is '" + url + "', must be an address such as http://app:8080/whoami");
    }
    if (forward.isEmpty()) {
      throw new IllegalArgumentException(
          "auth.webhook.forward is empty, must name a header such as cookie");
    }
    for (var name : forward) {
      if (!name.matches("[!#$%&'*+.^_`|~0-9a-z-]+") || OURS.contains(name)) {
        throw new IllegalArgumentException(
            "auth.webhook.forward has '" + name + "', which cannot be passed on");
      }
    }
    if (timeout.compareTo(Duration.ofMillis(10)) < 0
        || timeout.compareTo(Duration.ofSeconds(30)) > 0) {
      throw new IllegalArgumentException(
          "auth.webhook.timeout is " + timeout + ", must be from 10ms to 30s");
    }
    if (cache.isNegative() || cache.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException(
          "auth.webhook.cache is " + cache + ", must be from 0s to 5m");
    }
  }
}
