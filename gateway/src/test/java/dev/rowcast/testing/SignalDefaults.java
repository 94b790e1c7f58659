package dev.rowcast.testing;

import java.io.IOException;
import java.util.List;

/**
 * The words before a command that let it hear SIGINT, whoever started these tests.
 *
 * <p>A shell starts what runs in its background with SIGINT ignored, children inherit that, and a
 * JVM leaves an ignored signal ignored: a test that interrupts its child would wait for ever.
 */
public final class SignalDefaults {
  private static final List<String> WORDS = List.of("env", "--default-signal=INT,TERM,HUP");

  private SignalDefaults() {}

  /** None where {@code env} (GNU coreutils 8.31) cannot do it. */
  public static List<String> words() throws IOException {
    try {
      var tried =
          new ProcessBuilder(WORDS.get(0), WORDS.get(1), "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return tried.waitFor() == 0 ? WORDS : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
