package dev.rowcast.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL kept as a resource file beside a class's package, with named holes: <code>{{name}}</code>.
 *
 * <p>Immutable. What fills a hole is not searched for holes again, so a table called <code>{{key}}
 * </code> does no harm.
 */
public record SqlResource(String text) {
  private static final Pattern HOLE = Pattern.compile("\\{\\{([a-z-]+)}}");

  /** Reads the file {@code name} beside {@code owner}. */
  public static SqlResource of(Class<?> owner, String name) {
    try (var stream = owner.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing beside " + owner.getName());
      }
      return new SqlResource(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * The text with every hole filled.
   *
   * @throws IllegalArgumentException when a hole is left over
   */
  public String with(Map<String, String> fillings) {
    return HOLE.matcher(text)
        .replaceAll(hole -> {
          var filling = fillings.get(hole.group(1));
          if (filling == null) {
            throw new IllegalArgumentException("nothing fills {{" + hole.group(1) + "}}");
          }
          return Matcher.quoteReplacement(filling);
        });
  }
}
