package dev.rowcast.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.ObjectMapper;

final class JsonTextTest {

  @Test
  void elementsAreTheVeryTextsBetweenTheCommas() {
    var array =
        "[{\"a\": 1.10, \"b\": [1, 2]}, \n {\"a\": \"],}\\\"\"},null, 12345678901234567890.50]";

    assertThat(JsonText.elements(array))
        .containsExactly(
            "{\"a\": 1.10, \"b\": [1, 2]}",
            "{\"a\": \"],}\\\"\"}",
            "null",
            "12345678901234567890.50");
  }

  @Test
  void anEmptyArrayHasNoElements() {
    assertThat(JsonText.elements("[]")).isEmpty();
    assertThat(JsonText.elements(" [ \n ] ")).isEmpty();
  }

  @Test
  void memberIsFoundByItsNameAndNotByATextLikeIt() {
    var object = "{\"x\": {\"id\": 1}, \"t\": \"\\\"id\\\": 2\", \"id\" : 3e400, \"i\": true}";

    assertThat(JsonText.member(object, "id")).isEqualTo("3e400");
    assertThat(JsonText.member(object, "i")).isEqualTo("true");
    assertThat(JsonText.member(object, "x")).isEqualTo("{\"id\": 1}");
    assertThat(JsonText.member(object, "none")).isNull();
    assertThat(JsonText.member("{}", "id")).isNull();
  }

  @Test
  void memberWithAHostileNameIsFound() {
    var name = "a\"b\\c\n\u0001\u001f\ud83d\ude00";
    var object = "{\"z\":1," + JsonText.quote(name) + ":2}";

    assertThat(JsonText.member(object, name)).isEqualTo("2");
  }

  @Test
  void quotedTextReadsBackInAnyJsonReader() {
    for (char c = 0; c < 300; c++) {
      var text = "x" + c + "y";

      assertThat(new ObjectMapper().readValue(JsonText.quote(text), String.class)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[",
        "[1",
        "[1,",
        "[1 2]",
        "{",
        "[\"a",
        "[\"a\\",
        "[{\"a\":1]",
        "x",
        "[,]"
      })
  void otherTextIsRefusedAndNeverLoops(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> JsonText.elements(text));
  }
}
