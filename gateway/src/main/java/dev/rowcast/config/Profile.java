package dev.rowcast.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Settings made ready for an application, in the form of a configuration file. Stateless. */
final class Profile {
  /** The profiles there are. */
  static final List<String> NAMES = List.of("rodan");

  private Profile() {}

  /** The YAML of a profile. */
  static String text(String name) {
    try (var stream = Profile.class.getResourceAsStream("profile-" + name + ".yaml")) {
      if (stream == null) {
        throw new IllegalArgumentException("there is no profile '" + name + "'");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
