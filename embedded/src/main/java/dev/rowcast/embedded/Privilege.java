package dev.rowcast.embedded;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The words before a server's command: apart from our terminal, and as root in spite of a refusal.
 *
 * <p>PostgreSQL refuses the effective user number 0. A user namespace of its own without a mapping
 * shows the program another number while the kernel still knows root, so that no file needs another
 * owner (user_namespaces(7)).
 */
final class Privilege {
  private static final List<String> NAMESPACE = List.of("unshare", "--user");

  private static final List<String> SESSION = List.of("setsid");

  private Privilege() {}

  /**
   * The words that keep a terminal's Ctrl-C from a server, which we stop ourselves when we have
   * drained; none where the system has no such program.
   */
  static List<String> ownSession() {
    return works(SESSION) ? SESSION : List.of();
  }

  /** The words to put before a command; none for an ordinary user. */
  static List<String> drop() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return List.of();
    }
    if (!works(NAMESPACE)) {
      throw new EmbeddedException(
          "PostgreSQL refuses to run as root and this system allows no user namespaces"
              + " (unshare --user); start again as an ordinary user.");
    }
    return NAMESPACE;
  }

  private static boolean works(List<String> words) {
    try {
      var process =
          new ProcessBuilder(
                  java.util.stream.Stream.concat(words.stream(), java.util.stream.Stream.of("true"))
                      .toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
