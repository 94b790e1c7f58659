package dev.rowcast.capture.migrate;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Glob;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a scenario file says: tables, settings, statements, and the outbox that must come of them.
 *
 * <p>Immutable. The parts begin with a line of their own: {@code --- tables}, {@code --- capture}
 * (settings as {@code key: value}), {@code --- run}, {@code --- outbox} (one JSON object a line).
 * What the log tells differently has a part {@code --- wal}, and {@code --- wal 13} where the
 * oldest PostgreSQL differs again; {@code wal: refused} says that it cannot be captured so.
 */
record ScenarioScript(
    String name,
    String tables,
    Map<String, String> capture,
    String run,
    List<String> outbox,
    Map<String, List<String>> log) {

  static ScenarioScript read(Path file) {
    try {
      var parts = new TreeMap<String, StringBuilder>();
      var part = new StringBuilder();
      for (var line : Files.readAllLines(file)) {
        if (line.startsWith("--- ")) {
          part = parts.computeIfAbsent(line.substring(4).strip(), _ -> new StringBuilder());
        } else {
          part.append(line).append('\n');
        }
      }
      var capture = new TreeMap<String, String>();
      parts
          .getOrDefault("capture", new StringBuilder())
          .toString()
          .lines()
          .filter(line -> !line.isBlank())
          .forEach(line -> {
            var colon = line.indexOf(':');
            capture.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
          });
      return new ScenarioScript(
          String.valueOf(file.getFileName()).replace(".sql", ""),
          String.valueOf(parts.get("tables")),
          capture,
          String.valueOf(parts.get("run")),
          lines(parts, "outbox"),
          parts.keySet().stream()
              .filter(title -> title.startsWith("wal"))
              .collect(Collectors.toMap(title -> title, title -> lines(parts, title))));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<String> lines(Map<String, StringBuilder> parts, String part) {
    return String.valueOf(parts.get(part)).lines().filter(line -> !line.isBlank()).toList();
  }

  /** What the log tells, where that is not what the outbox holds. */
  Optional<List<String>> log(int version) {
    return Optional.ofNullable(log.get("wal " + version))
        .or(() -> Optional.ofNullable(log.get("wal")));
  }

  /** Whether its table cannot be captured by the log. */
  boolean isRefusedByLog() {
    return capture.getOrDefault("wal", "").equals("refused");
  }

  boolean hasOldRows() {
    return capture.getOrDefault("old-row", "key").equals("all");
  }

  /** Sent one by one, because statements sent together share a transaction. */
  String[] statements() {
    var statements = new ArrayList<String>();
    var statement = new StringBuilder();
    for (var line : run.lines().toList()) {
      statement.append(line).append('\n');
      var quotes = statement.toString().split(Pattern.quote("$$"), -1).length - 1;
      if (line.endsWith(";") && quotes % 2 == 0) {
        statements.add(statement.toString());
        statement.setLength(0);
      }
    }
    return statements.toArray(String[]::new);
  }

  int oldestVersion() {
    return Integer.parseInt(capture.getOrDefault("from", "13"));
  }

  CaptureSettings settings() {
    return new CaptureSettings(
        CaptureSettings.Mode.TRIGGERS,
        CaptureSettings.DEFAULTS.migrate(),
        List.of(
            new TableRule(
                Glob.all(words("match", "public.*")),
                List.of(),
                words("key", ""),
                words("columns", ""),
                OldRow.valueOf(capture.getOrDefault("old-row", "key").toUpperCase(Locale.ROOT)))),
        DataSize.parse(capture.getOrDefault("max-row", "1MiB")),
        false);
  }

  private List<String> words(String key, String byDefault) {
    var text = capture.getOrDefault(key, byDefault);
    return text.isEmpty() ? List.of() : List.of(text.split(",\\s*"));
  }
}
