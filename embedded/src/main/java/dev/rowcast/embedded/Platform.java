package dev.rowcast.embedded;

import java.util.Locale;

/**
 * The operating system and processor of this machine, in the words of the binaries' jars.
 *
 * <p>Immutable.
 */
record Platform(String system, String processor) {

  static Platform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Platform of(String name, String arch) {
    var lower = name.toLowerCase(Locale.ROOT);
    var system = lower.startsWith("linux") ? "linux" : lower.startsWith("mac") ? "darwin" : lower;
    var processor =
        switch (arch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> arch;
        };
    return new Platform(system, processor);
  }

  /** {@code postgres-linux-x86_64.txz}: the archive inside the jar of PostgreSQL's binaries. */
  String postgresArchive() {
    return "postgres-" + system + "-" + processor + ".txz";
  }

  /** {@code redis-server-7.0.15-linux-amd64}: the program inside the jar of Redis's binaries. */
  String redisProgram(String version) {
    var word =
        processor.equals("x86_64") ? "amd64" : processor.equals("arm_64") ? "arm64" : processor;
    return "redis-server-" + version + "-" + system + "-" + word;
  }

  @Override
  public String toString() {
    return system + " on " + processor;
  }
}
