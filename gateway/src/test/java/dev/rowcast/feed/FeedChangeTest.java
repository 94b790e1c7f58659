package dev.rowcast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FeedChangeTest {

  @Test
  void typeAndTableAreReadFromTheHead() {
    var change =
        read("{\"type\":\"insert\",\"position\":\"e.1-2\",\"table\":\"public.t\",\"row\":{}}");

    assertThat(change.type()).isEqualTo("insert");
    assertThat(change.table()).isEqualTo("public.t");
    assertThat(change.minor()).isEqualTo(7);
  }

  @Test
  void namesAreUnescapedAndMayBeOfAnyLetters() {
    assertThat(read(with("größe.\\\"a\\\\b\\\"")).table()).isEqualTo("größe.\"a\\b\"");
    assertThat(read(with("tab\\tline\\n\\u0001größe")).table()).isEqualTo("tab\tline\n\u0001größe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"table\":\"t\"}",
        "{\"type\":\"insert\"}",
        "{\"type\":\"insert\",\"table\":\"t",
        "{\"type\":\"insert\",\"table\":\"t\\"
      })
  void whatIsNoEventIsRefused(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IllegalArgumentException.class);
  }

  private static String with(String table) {
    return "{\"type\":\"update\",\"position\":\"e.1-2\",\"table\":\"" + table + "\",\"key\":{}}";
  }

  private static FeedChange read(String json) {
    return FeedChange.read(7, json.getBytes(UTF_8));
  }
}
