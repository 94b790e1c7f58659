package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ColumnChoiceTest {

  @Test
  void onlyChosenColumnsAreLeftOfRowsAndTheKeyStays() {
    assertThat(
            cut(
                "{\"type\":\"update\",\"key\":{\"id\":7},\"row\":{\"id\": 7, \"a\": 1.50, \"b\":"
                    + " [1, {\"x\": \"}\"}], \"c\": null},\"old\":{\"id\": 7, \"c\": \"\\\"\"},"
                    + "\"unchanged\":[\"a\",\"d\"],\"last\":true}",
                "a",
                "b"))
        .isEqualTo(
            "{\"type\":\"update\",\"key\":{\"id\":7},\"row\":{\"a\":1.50,\"b\":[1, {\"x\":"
                + " \"}\"}]},\"old\":{},\"unchanged\":[\"a\"],\"last\":true}");
  }

  @Test
  void namesAreComparedUnescaped() {
    assertThat(cut("{\"row\":{\"a\\\"b\": 1, \"\\u00e4\": 2, \"x\": 3}}", "a\"b", "ä"))
        .isEqualTo("{\"row\":{\"a\\\"b\":1,\"\\u00e4\":2}}");
  }

  @Test
  void noChoiceLeavesTheVeryBytes() {
    var event = "{\"row\":{}}".getBytes(UTF_8);

    assertThat(ColumnChoice.ALL.of(event)).isSameAs(event);
    assertThat(ColumnChoice.of(List.of())).isSameAs(ColumnChoice.ALL);
  }

  @Test
  void whatIsNotJsonIsRefused() {
    for (var broken : List.of("", "[]", "{", "{\"row\":{\"a\":}}", "{\"row\":\"x\"}", "{\"row\"")) {
      assertThatThrownBy(() -> cut(broken, "a"))
          .as(broken)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aChoiceIsWithinAnotherThatShowsAllOfIt() {
    var two = ColumnChoice.of(List.of("a", "b"));

    assertThat(ColumnChoice.of(List.of("a")).isWithin(two)).isTrue();
    assertThat(two.isWithin(ColumnChoice.ALL)).isTrue();
    assertThat(ColumnChoice.ALL.isWithin(two)).isFalse();
    assertThat(ColumnChoice.of(List.of("a", "c")).isWithin(two)).isFalse();
  }

  private static String cut(String event, String... columns) {
    return new String(ColumnChoice.of(List.of(columns)).of(event.getBytes(UTF_8)), UTF_8);
  }
}
