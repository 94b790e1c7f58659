package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events as a library of JSON reads them, and texts that are none. */
final class RowEventTest {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  @Test
  void everyEventIsReadAsALibraryReadsIt() {
    for (int seed = 0; seed < 1_000; seed++) {
      var text = new EventText(seed).whole();
      var event = RowEvent.read(text.getBytes(UTF_8));
      var read = MAPPER.readTree(text);

      assertThat(event.kind().name().toLowerCase(Locale.ROOT)).isEqualTo(string(read, "type"));
      assertThat(event.table()).isEqualTo(string(read, "table"));
      assertThat(event.transaction()).isEqualTo(string(read, "tx"));
      assertThat(event.isLast()).isEqualTo(read.has("last"));
      assertThat(event.movesKey()).isEqualTo(read.has("old_key"));
      assertThat(event.unchanged()).isEqualTo(unchanged(read));
      assertThat(event.key().map(MAPPER::readTree)).isEqualTo(Optional.ofNullable(read.get("key")));
      for (var column : columns(read)) {
        assertThat(node(event.now(column)))
            .as("%s of %s", column, text)
            .isEqualTo(now(read, column));
        assertThat(node(event.before(column)))
            .as("former %s of %s", column, text)
            .isEqualTo(before(read, column));
      }
    }
  }

  @Test
  void everyEventIsWrittenWithTheVeryTextOfItsPieces() {
    for (int seed = 0; seed < 1_000; seed++) {
      var text = new EventText(seed);
      var event = RowEvent.read(text.whole().getBytes(UTF_8));

      assertThat(event.written((_, value) -> value, true))
          .asString(UTF_8)
          .isEqualTo(text.compact().replaceFirst("}$", ",\"last\":true}"));
      assertThat(event.written((name, value) -> name.equals("x") ? null : value, false))
          .asString(UTF_8)
          .isEqualTo(text.without("x").compact());
    }
  }

  @Test
  void aRowIsCompletedWithTheTextOfTheOldOne() {
    for (int seed = 0; seed < 1_000; seed++) {
      var text = new EventText(seed).whole();
      var event = RowEvent.read(text.getBytes(UTF_8));
      var read = MAPPER.readTree(text);
      var row = read.get("row");
      if (row == null) {
        continue;
      }

      var whole = row.deepCopy().asObject();
      var missing = new ArrayList<String>();
      for (var column : event.unchanged()) {
        var before = before(read, column);
        if (before == null) {
          missing.add(column);
        } else {
          whole.set(column, before);
        }
      }

      assertThat(node(event.completed(JsonPiece.of(row.toString())))).isEqualTo(whole);
      assertThat(node(event.missing()))
          .isEqualTo(missing.isEmpty() ? null : MAPPER.valueToTree(missing));
    }
  }

  @Test
  void anEventThatEndsBeforeItsEndIsRefused() {
    for (int seed = 0; seed < 40; seed++) {
      var event = new EventText(seed).whole().getBytes(UTF_8);
      for (int end = 0; end < event.length; end++) {
        var cut = Arrays.copyOf(event, end);
        if (isRead(cut)) {
          fail("read what ends in %s", new String(cut, UTF_8));
        }
      }
    }
  }

  @Test
  void anEventWithAnotherByteIsReadOrRefused() {
    var random = new SplittableRandom(9);
    var marks = "\"\\{}[]:, u\n\0\u00ff".getBytes(ISO_8859_1);
    for (int seed = 0; seed < 40; seed++) {
      var event = new EventText(seed).whole().getBytes(UTF_8);
      for (int at = 0; at < event.length; at++) {
        var other = event.clone();
        other[at] = marks[random.nextInt(marks.length)];
        isRead(other);
      }
    }
  }

  /** Whether all of an event can be read; anything else than a refusal is a failure. */
  private static boolean isRead(byte[] json) {
    try {
      var event = RowEvent.read(json);
      event.transaction();
      for (var column : EventText.NAMES) {
        event.now(column);
        event.before(column);
      }
      event.written((_, value) -> value, true);
      ColumnChoice.of(EventText.NAMES).of(json);
      return true;
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }

  @Test
  void whatIsNoEventIsRefused() {
    for (var text :
        new String[] {
          "",
          "[]",
          "null",
          "{}",
          "{\"type\":\"update\",\"table\":\"t\"}",
          "{\"type\":\"upset\",\"table\":\"t\",\"tx\":\"1\"}",
          "{\"type\":\"update\",\"table\":7,\"tx\":\"1\"}",
          "{\"type\":\"update\",\"table\":\"\\u12\",\"tx\":\"1\"}",
          "{\"type\":\"update\",\"table\":\"\\u+123\",\"tx\":\"1\"}",
          "{\"type\":\"update\",\"table\":\"t\",\"tx\":\"1\",}",
          "{\"type\":\"update\",\"table\":\"t\" \"tx\":\"1\"}",
          "{\"type\":\"update\",\"table\":\"t\",\"tx\":\"1\",\"row\":[]}"
        }) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> RowEvent.read(text.getBytes(UTF_8)));
    }
  }

  @Test
  void aValueMayBeAsDeepAsItLikes() {
    var deep = "[".repeat(100_000) + "]".repeat(100_000);
    var event = Orders.inserted("{\"doc\":" + deep + ",\"size\":2}");

    assertThat(event.now("size")).hasToString("2");
    assertThat(event.now("doc")).hasToString(deep);
  }

  private static @Nullable JsonNode node(@Nullable JsonPiece piece) {
    return piece == null ? null : MAPPER.readTree(piece.toString());
  }

  private static String string(JsonNode read, String name) {
    return read.get(name).stringValue();
  }

  private static List<String> unchanged(JsonNode read) {
    return read.path("unchanged").valueStream().map(JsonNode::stringValue).toList();
  }

  private static @Nullable JsonNode now(JsonNode read, String column) {
    if (read.path("row").has(column)) {
      return read.get("row").get(column);
    }
    return read.has("row") && unchanged(read).contains(column)
        ? before(read, column)
        : read.path("key").get(column);
  }

  private static @Nullable JsonNode before(JsonNode read, String column) {
    return read.path("old").has(column)
        ? read.get("old").get(column)
        : read.path(read.has("old_key") ? "old_key" : "key").get(column);
  }

  /** Those of its rows, and some that are in none. */
  private static Set<String> columns(JsonNode read) {
    var columns = new LinkedHashSet<>(EventText.NAMES);
    for (var row : List.of("key", "old_key", "row", "old")) {
      columns.addAll(read.path(row).propertyNames());
    }
    return columns;
  }
}
