package dev.rowcast.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The two tables of {@code docs/ARCHITECTURE.md}, as rules.
 *
 * <p>Immutable.
 *
 * @param mayUse by package: the packages it may import beside itself
 * @param onlyIn by prefix of a foreign library: the packages in which it may appear
 */
record ArchitecturePage(Map<String, Set<String>> mayUse, Map<String, Set<String>> onlyIn) {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Reads the tables by their heads; a row that does not fit its table's head is refused. */
  static ArchitecturePage parse(String markdown) {
    Map<String, Set<String>> mayUse = new LinkedHashMap<>();
    Map<String, Set<String>> onlyIn = new LinkedHashMap<>();
    var head = List.<String>of();
    for (var line : markdown.lines().toList()) {
      var cells = cells(line);
      if (cells.isEmpty()) {
        head = List.of();
      } else if (head.isEmpty()) {
        head = cells;
      } else if (!line.startsWith("|--")) {
        if (cells.size() != head.size()) {
          throw new IllegalArgumentException("not a row of its table: " + line);
        }
        if (head.equals(List.of("level", "package", "one-line rule", "may use"))) {
          add(mayUse, cells.get(1), cells.get(3));
        } else if (head.equals(List.of("library", "only in", "why"))) {
          add(onlyIn, cells.get(0), cells.get(1));
        }
      }
    }
    return new ArchitecturePage(mayUse, onlyIn);
  }

  private static void add(Map<String, Set<String>> table, String subject, String words) {
    var names = words(subject);
    if (names.size() != 1) {
      throw new IllegalArgumentException("not one name: " + subject);
    }
    if (table.put(names.iterator().next(), words(words)) != null) {
      throw new IllegalArgumentException("two rows for " + subject);
    }
  }

  private static Set<String> words(String cell) {
    var words = new TreeSet<String>();
    var matcher = CODE.matcher(cell);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private static List<String> cells(String line) {
    if (!line.startsWith("|")) {
      return List.of();
    }
    var cells = new ArrayList<String>();
    for (var cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
      cells.add(cell.strip());
    }
    return cells;
  }
}
