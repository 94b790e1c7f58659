package dev.rowcast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Functions without state: the files that this process holds open although they have no name any
 * more, as Linux tells it.
 */
public final class NamelessFiles {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private NamelessFiles() {}

  /** How many of them were made in this folder with a name that began like this. */
  public static long count(Path folder, String beginning) throws IOException {
    var prefix = folder.toRealPath().resolve(beginning).toString();
    try (var all = Files.list(DESCRIPTORS)) {
      return all.map(NamelessFiles::target)
          .filter(target -> target.startsWith(prefix) && target.endsWith(" (deleted)"))
          .count();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
