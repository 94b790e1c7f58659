package dev.rowcast.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class RowImageTest {

  @Test
  void aColumnsValueIsTheTextThatStandsThere() {
    var row =
        row(
            "{\"id\": 7.50, \"a\":null ,\"b\": {\"id\": [1, \"}\"]}, \"text\": \"x, y\","
                + " \"t\":true}");

    assertThat(row.value("id")).hasToString("7.50");
    assertThat(row.value("a")).hasToString("null");
    assertThat(row.value("b")).hasToString("{\"id\": [1, \"}\"]}");
    assertThat(row.value("text")).hasToString("\"x, y\"");
    assertThat(row.value("t")).hasToString("true");
    assertThat(row.value("x")).isNull();
    assertThat(row("{}").value("id")).isNull();
  }

  @Test
  void namesAndTextsWithEscapesAreRead() {
    var row =
        row(
            "{\"a\\\"b\": 1, \"back\\\\\": 2, \"p\": \"\\\\\", \"q\": \"\\\\\\\"\", \"gr\\u00f6\":"
                + " 3}");

    assertThat(row.value("a\"b")).hasToString("1");
    assertThat(row.value("back\\")).hasToString("2");
    assertThat(row.value("p")).hasToString("\"\\\\\"");
    assertThat(row.value("q")).hasToString("\"\\\\\\\"\"");
    assertThat(row.value("gr\u00f6")).hasToString("3");
  }

  @Test
  void aWideRowIsReadToItsEnd() {
    var object = new StringBuilder("{\"c0\": 0");
    for (int i = 1; i < 100; i++) {
      object.append(", \"c").append(i).append("\": ").append(i);
    }
    var row = row(object.append('}').toString());

    assertThat(row.value("c0")).hasToString("0");
    assertThat(row.value("c99")).hasToString("99");
  }

  @Test
  void whatEndsInAStringIsRefused() {
    for (var text :
        new String[] {"{\"a", "{\"a\": \"b", "{\"a\": \"b\\\"", "{\"a\\", "{", "{1: 2}"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> row(text));
    }
  }

  private static RowImage row(String object) {
    return RowImage.read(JsonPiece.of(object).scanner());
  }
}
