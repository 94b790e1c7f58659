package dev.rowcast.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The text of an event of any names and values, written in any of the ways that JSON allows: by the
 * seed.
 */
final class EventText {
  /** What columns are called, and members of values. */
  static final List<String> NAMES =
      List.of(
          "id",
          "i",
          "idx",
          "type",
          "row",
          "",
          " ",
          "größe",
          "gr",
          "日本",
          "a😀b",
          "a\"b",
          "back\\slash",
          "back\\",
          "back",
          "\t\n\r\b\f",
          "\u0001",
          "{",
          "}",
          "a,b",
          "a:b");

  private static final List<String> SCALARS =
      List.of("null", "true", "false", "0", "-1", "7.50", "1e-7", "12345678901234567890.0100");

  private static final String ESCAPED = "\"\\/\b\f\n\r\t";
  private static final String ESCAPES = "\"\\/bfnrt";

  private record Member(String name, String value) {}

  private final Random random;
  private final List<Member> members = new ArrayList<>();

  EventText(long seed) {
    random = new Random(seed);
    member("type", string(pick(List.of("insert", "update", "delete"))));
    member("table", string("public." + pick(NAMES)));
    member("tx", string(String.valueOf(random.nextInt())));
    if (random.nextInt(4) > 0) {
      member("key", object(2));
      if (random.nextBoolean()) {
        member("old_key", object(2));
      }
    }
    for (var row : List.of("row", "old")) {
      if (random.nextInt(4) > 0) {
        member(row, object(2));
      }
    }
    if (random.nextBoolean()) {
      member("unchanged", several("[", "]", distinct().stream().map(this::string).toList()));
    }
    if (random.nextBoolean()) {
      members.add(new Member("\"last\"", "true"));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      member("x".repeat(i), value(3));
    }
    Collections.shuffle(members, random);
  }

  private EventText(EventText other, String leftOut) {
    random = other.random;
    other.members.stream()
        .filter(member -> !member.name.equals('"' + leftOut + '"'))
        .forEach(members::add);
  }

  private void member(String name, String value) {
    members.add(new Member('"' + name + '"', value));
  }

  /** The same without one of its members. */
  EventText without(String name) {
    return new EventText(this, name);
  }

  /** With blanks between its pieces. */
  String whole() {
    return several("{", "}", members.stream().map(this::spaced).toList());
  }

  /** Without blanks between its pieces, nor the mark of the last one. */
  String compact() {
    return members.stream()
        .filter(member -> !member.name.equals("\"last\""))
        .map(member -> member.name + ":" + member.value)
        .collect(Collectors.joining(",", "{", "}"));
  }

  private String spaced(Member member) {
    return member.name + blank() + ":" + blank() + member.value;
  }

  private String several(String start, String end, List<String> pieces) {
    return pieces.stream()
        .collect(Collectors.joining(blank() + "," + blank(), start + blank(), blank() + end));
  }

  private String object(int depth) {
    return several(
        "{",
        "}",
        distinct().stream().map(name -> spaced(new Member(string(name), value(depth)))).toList());
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 4 : 2)) {
      case 0 -> pick(SCALARS);
      case 1 -> string(pick(NAMES) + pick(NAMES));
      case 2 -> object(depth - 1);
      default -> several("[", "]", distinct().stream().map(_ -> value(depth - 1)).toList());
    };
  }

  /** Each letter as it is, or in one of its escapes. */
  private String string(String text) {
    return text.codePoints()
        .mapToObj(Character::toString)
        .map(this::letter)
        .collect(Collectors.joining("", "\"", "\""));
  }

  private String letter(String letter) {
    var escape = ESCAPED.indexOf(letter);
    var isPlain = letter.charAt(0) >= ' ' && !letter.equals("\"") && !letter.equals("\\");
    if (isPlain && random.nextInt(8) > 0) {
      return letter;
    }
    if (escape >= 0 && random.nextBoolean()) {
      return "\\" + ESCAPES.charAt(escape);
    }
    var unit = random.nextBoolean() ? "\\u%04x" : "\\u%04X";
    return letter.chars().mapToObj(unit::formatted).collect(Collectors.joining());
  }

  private List<String> distinct() {
    var names = new ArrayList<>(NAMES);
    Collections.shuffle(names, random);
    return names.subList(0, random.nextInt(6));
  }

  private String blank() {
    return random.nextInt(3) > 0 ? "" : pick(List.of(" ", "  ", "\n", "\t", "\r\n"));
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
