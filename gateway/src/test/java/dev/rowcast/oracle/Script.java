package dev.rowcast.oracle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One conversation as its file says: with which settings, against which oracles, step by step.
 *
 * <p>Immutable. The words of a step are explained in {@code src/test/resources/oracle/README.md}.
 */
record Script(
    String name, ServerUnderTest.Settings settings, Set<Oracle.Kind> oracles, List<Step> steps) {

  /** One line of the file, cut into words. */
  record Step(int line, String text, List<String> words) {
    String word(int index) {
      if (index >= words.size()) {
        throw new IllegalArgumentException("line " + line + " is too short: " + text);
      }
      return words.get(index);
    }

    List<String> from(int index) {
      return words.subList(Math.min(index, words.size()), words.size());
    }
  }

  Script {
    oracles = Set.copyOf(oracles);
    steps = List.copyOf(steps);
  }

  /** All conversations below a folder, in the order of their names. */
  static List<Script> allIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      var scripts = new ArrayList<Script>();
      for (Path file : files.filter(path -> path.toString().endsWith(".txt")).sorted().toList()) {
        String name = file.getFileName().toString();
        scripts.add(
            parse(name.substring(0, name.length() - ".txt".length()), Files.readAllLines(file)));
      }
      return scripts;
    }
  }

  static Script parse(String name, List<String> lines) {
    var settings = ServerUnderTest.Settings.DEFAULTS;
    Set<Oracle.Kind> oracles = EnumSet.allOf(Oracle.Kind.class);
    var steps = new ArrayList<Step>();
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i).strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      List<String> words = words(text);
      switch (words.getFirst()) {
        case "server" -> settings = settings(words.subList(1, words.size()));
        case "oracles" -> {
          oracles = EnumSet.noneOf(Oracle.Kind.class);
          for (String word : words.subList(1, words.size())) {
            oracles.add(Oracle.Kind.valueOf(word.toUpperCase(Locale.ROOT)));
          }
        }
        default -> steps.add(new Step(i + 1, text, words));
      }
    }
    return new Script(name, settings, oracles, steps);
  }

  private static ServerUnderTest.Settings settings(List<String> words) {
    var settings = ServerUnderTest.Settings.DEFAULTS;
    String url = settings.url();
    Optional<String> prefix = settings.prefix();
    Duration expire = settings.expire();
    Optional<String> heartbeat = settings.heartbeat();
    Optional<String> allowed = settings.allowed();
    for (String word : words) {
      int equals = word.indexOf('=');
      String value = word.substring(equals + 1);
      switch (word.substring(0, Math.max(equals, 0))) {
        case "url" -> url = value;
        case "prefix" -> prefix = Optional.of(value);
        case "expire" -> expire = Duration.ofSeconds(Long.parseLong(value));
        case "heartbeat" ->
            heartbeat = value.equals("none") ? Optional.empty() : Optional.of(value);
        case "allowed" -> allowed = Optional.of(value);
        default -> throw new IllegalArgumentException("no server setting " + word);
      }
    }
    return new ServerUnderTest.Settings(url, prefix, expire, heartbeat, allowed);
  }

  /** Cuts at spaces, except between double quotes; the quotes are kept for {@link #bytes}. */
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted) {
        word.append(c).append(text.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
        word.append(c);
      } else if (c == ' ' && !quoted) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        word.append(c);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * The bytes that a word stands for: {@code "text"} with {@code \n}, {@code \"}, {@code \\} and
   * {@code \xHH}, or {@code "text"*1000} for many of it.
   */
  static byte[] bytes(String word) {
    int close = word.lastIndexOf('"');
    if (!word.startsWith("\"") || close == 0) {
      return word.getBytes(StandardCharsets.UTF_8);
    }
    var once = new ByteArrayOutputStream();
    for (int i = 1; i < close; i++) {
      char c = word.charAt(i);
      if (c != '\\') {
        int point = word.codePointAt(i);
        i += Character.charCount(point) - 1;
        once.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      char escaped = word.charAt(++i);
      switch (escaped) {
        case 'n' -> once.write('\n');
        case 'x' -> {
          once.write(Integer.parseInt(word.substring(i + 1, i + 3), 16));
          i += 2;
        }
        default -> once.write(escaped);
      }
    }
    int times = word.startsWith("*", close + 1) ? Integer.parseInt(word.substring(close + 2)) : 1;
    var all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.writeBytes(once.toByteArray());
    }
    return all.toByteArray();
  }

  /** As {@link #bytes}, for a word that is text. */
  static String string(String word) {
    return new String(bytes(word), StandardCharsets.UTF_8);
  }
}
