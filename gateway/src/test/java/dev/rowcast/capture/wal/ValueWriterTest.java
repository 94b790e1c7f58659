package dev.rowcast.capture.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What to_jsonb gives is taken from PostgreSQL 18; ParityIT asks it again. */
final class ValueWriterTest {
  private final ValueWriter values =
      new ValueWriter((type, text) -> text.equals("bad") ? null : "{\"" + type + "\": 1}");

  @Test
  void numbersKeepEveryDigitAndLoseTheirExponent() {
    assertThat(json(JsonType.NUMBER, "12345678901234567890.1234567890"))
        .isEqualTo("12345678901234567890.1234567890");
    assertThat(json(JsonType.NUMBER, "1e+20")).isEqualTo("100000000000000000000");
    assertThat(json(JsonType.NUMBER, "1.5e-07")).isEqualTo("0.00000015");
    assertThat(json(JsonType.NUMBER, "-0")).isEqualTo("0");
    assertThat(json(JsonType.NUMBER, "-0.5")).isEqualTo("-0.5");
    assertThat(json(JsonType.NUMBER, "NaN")).isEqualTo("\"NaN\"");
    assertThat(json(JsonType.NUMBER, "-Infinity")).isEqualTo("\"-Infinity\"");
  }

  @Test
  void timesAreWrittenAsIsoWantsThem() {
    assertThat(json(JsonType.TIMESTAMP, "2026-11-23 20:00:00.5"))
        .isEqualTo("\"2026-11-23T20:00:00.5\"");
    assertThat(json(JsonType.TIMESTAMP, "infinity")).isEqualTo("\"infinity\"");
    assertThat(json(JsonType.TIMESTAMP, "0044-03-15 12:00:00 BC"))
        .isEqualTo("\"0044-03-15T12:00:00 BC\"");
    assertThat(json(JsonType.TIMESTAMP_WITH_ZONE, "2026-11-23 20:00:00+00"))
        .isEqualTo("\"2026-11-23T20:00:00+00:00\"");
    assertThat(json(JsonType.TIMESTAMP_WITH_ZONE, "0044-03-15 12:00:00+00 BC"))
        .isEqualTo("\"0044-03-15T12:00:00+00:00 BC\"");
    assertThat(json(JsonType.TIMESTAMP_WITH_ZONE, "-infinity")).isEqualTo("\"-infinity\"");
  }

  @Test
  void arraysOfAnyDimensionAreNested() {
    var numbers = new JsonType.Array(JsonType.NUMBER, ',');
    var texts = new JsonType.Array(JsonType.TEXT, ',');

    assertThat(json(numbers, "{1,NULL,3}")).isEqualTo("[1, null, 3]");
    assertThat(json(numbers, "{}")).isEqualTo("[]");
    assertThat(json(numbers, "[0:1][2:3]={{1,2},{3,4}}")).isEqualTo("[[1, 2], [3, 4]]");
    assertThat(json(texts, "{a,\"b \\\"c\\\\\",\"\",\"NULL\",NULL,\"{,}\"}"))
        .isEqualTo("[\"a\", \"b \\\"c\\\\\", \"\", \"NULL\", null, \"{,}\"]");
    assertThat(json(new JsonType.Array(JsonType.TEXT, ';'), "{(1,1),(0,0);(2,2),(1,1)}"))
        .isEqualTo("[\"(1,1),(0,0)\", \"(2,2),(1,1)\"]");
    assertThat(json(new JsonType.Vector(JsonType.NUMBER), "1 2 3")).isEqualTo("[1, 2, 3]");
  }

  @Test
  void compositesAreObjectsInJsonbsOrder() {
    var type =
        new JsonType.Composite(
            List.of(
                new JsonType.Field("name", JsonType.TEXT),
                new JsonType.Field("n", JsonType.NUMBER),
                new JsonType.Field("tags", new JsonType.Array(JsonType.TEXT, ','))));

    assertThat(json(type, "(\"a \"\"b\"\" \\\\\",,\"{x,\"\"y z\"\"}\")"))
        .isEqualTo("{\"n\": null, \"name\": \"a \\\"b\\\" \\\\\", \"tags\": [\"x\", \"y z\"]}");
    assertThat(json(type, "(a,1)")).isEqualTo("\"(a,1)\"");
    assertThat(json(new JsonType.Composite(List.of()), "()")).isEqualTo("{}");
  }

  @Test
  void hstoreIsAnObjectOfStrings() {
    assertThat(json(JsonType.HSTORE, "\"a\"=>\"1\", \"b \\\"\"=>NULL, \"c\"=>\"\""))
        .isEqualTo("{\"a\": \"1\", \"b \\\"\": null, \"c\": \"\"}");
    assertThat(json(JsonType.HSTORE, "")).isEqualTo("{}");
  }

  @Test
  void jsonTakesJsonbsForm() {
    assertThat(json(JsonType.JSON, " {\"bb\":1 , \"a\": [1.50,1e2,-0], \"bb\":{\"x\":null}} "))
        .isEqualTo("{\"a\": [1.50, 100, 0], \"bb\": {\"x\": null}}");
    assertThat(json(JsonType.JSON, "\"\\u00fc\\ud83d\\ude00\\/\\u001f\""))
        .isEqualTo("\"ü😀/\\u001f\"");
    assertThat(json(JsonType.JSON, "[]")).isEqualTo("[]");
    assertThat(json(JsonType.JSON, "{}")).isEqualTo("{}");
  }

  @Test
  void jsonThatJsonbRefusesIsRefused() {
    assertThat(json(JsonType.JSON, "\"\\u0000\"")).isNull();
    assertThat(json(JsonType.JSON, "\"\\ud83d\"")).isNull();
    assertThat(json(JsonType.JSON, "[1e999999]")).isNull();
    assertThat(json(JsonType.JSON, "1e-16384")).isNull();
    assertThat(json(JsonType.JSON, "[".repeat(20_000))).isNull();
  }

  @Test
  void castsOfTheApplicationAreAskedFor() {
    assertThat(json(new JsonType.Cast("app.mood"), "x")).isEqualTo("{\"app.mood\": 1}");
    assertThat(json(new JsonType.Cast("app.mood"), "bad")).isNull();
  }

  private @Nullable String json(JsonType type, String text) {
    var out = new StringBuilder();
    return values.append(type, text, out) ? out.toString() : null;
  }
}
