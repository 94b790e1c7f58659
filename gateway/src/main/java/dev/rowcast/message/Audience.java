package dev.rowcast.message;

import java.util.Locale;
import java.util.Optional;

/**
 * The four kinds of listeners a facility has, in the order in which ws4redis subscribes to them.
 */
public enum Audience {
  /** Everybody at the facility. */
  BROADCAST,
  /** The members of one group. */
  GROUP,
  /** One user, on however many sockets. */
  USER,
  /** One browser session. */
  SESSION;

  /** The audience of this exact word, if it is one. */
  public static Optional<Audience> ofWord(String word) {
    for (var audience : values()) {
      if (audience.word().equals(word)) {
        return Optional.of(audience);
      }
    }
    return Optional.empty();
  }

  /** The word in Redis names and URL parameters: {@code broadcast}, {@code group}, … */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
