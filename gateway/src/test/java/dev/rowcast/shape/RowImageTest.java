package dev.rowcast.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class RowImageTest {

  @Test
  void aColumnsValueIsTheTextThatStandsThere() {
    var row =
        RowImage.of(
            "{\"id\": 7.50, \"a\":null ,\"b\": {\"id\": [1, \"}\"]}, \"text\": \"x, y\","
                + " \"t\":true}");

    assertThat(row.value("id")).isEqualTo("7.50");
    assertThat(row.value("a")).isEqualTo("null");
    assertThat(row.value("b")).isEqualTo("{\"id\": [1, \"}\"]}");
    assertThat(row.value("text")).isEqualTo("\"x, y\"");
    assertThat(row.value("t")).isEqualTo("true");
    assertThat(row.value("x")).isNull();
    assertThat(RowImage.of("{}").value("id")).isNull();
  }

  @Test
  void namesAndTextsWithEscapesAreRead() {
    var row =
        RowImage.of(
            "{\"a\\\"b\": 1, \"back\\\\\": 2, \"p\": \"\\\\\", \"q\": \"\\\\\\\"\", \"gr\\u00f6\":"
                + " 3}");

    assertThat(row.value("a\"b")).isEqualTo("1");
    assertThat(row.value("back\\")).isEqualTo("2");
    assertThat(row.value("p")).isEqualTo("\"\\\\\"");
    assertThat(row.value("q")).isEqualTo("\"\\\\\\\"\"");
    assertThat(row.value("gr\u00f6")).isEqualTo("3");
  }

  @Test
  void aWideRowIsReadToItsEnd() {
    var object = new StringBuilder("{\"c0\": 0");
    for (int i = 1; i < 100; i++) {
      object.append(", \"c").append(i).append("\": ").append(i);
    }
    var row = RowImage.of(object.append('}').toString());

    assertThat(row.value("c0")).isEqualTo("0");
    assertThat(row.value("c99")).isEqualTo("99");
  }

  @Test
  void whatEndsInAStringIsRefused() {
    for (var text :
        new String[] {"{\"a", "{\"a\": \"b", "{\"a\": \"b\\\"", "{\"a\\", "{", "{1: 2}"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> RowImage.of(text));
    }
  }
}
