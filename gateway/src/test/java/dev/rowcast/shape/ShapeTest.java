package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status=eq.open | OPEN | NO",
        "status=eq.open | open | YES",
        "status=neq.open |  | NO",
        "status=is.null |  | YES",
        "status=not.is.null |  | NO",
        "status=in.(a,open) | open | YES",
        "status=not.in.(a,b) |  | NO",
        "status=in.() | open | NO",
        "status=not.in.() |  | YES",
        "or=(status.eq.a,status.is.null) |  | YES",
        "not.and=(status.eq.a,size.eq.1) | b | YES",
        "status=like.o_e* | open | YES",
        "status=like.o | open | NO",
        "status=ilike.OP* | open | YES",
      })
  void aFilterIsTrueOrNotOfARow(String filter, String status, Match expected) {
    var row =
        "{\"id\":7,\"size\":null,\"status\":"
            + (status == null ? "null" : '"' + status + '"')
            + "}";

    assertThat(Orders.shape(filter).judge(Orders.inserted(row)))
        .isEqualTo(Verdict.ofInsert(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing=eq.1 | there is no column 'nothing'",
        "hidden=eq.1 | its values are not in the events",
        "id=eq.1.5 | '1.5' is no value for 'id'; it is int8, write a whole number",
        "id=like.1 | it is no text",
        "note=gt.a | its order is that of a collation",
        "note=ilike.ü | of letters outside ASCII",
        "turkish=ilike.i | which letters are equal depends on its collation",
        "loose=eq.a | its collation takes different texts for equal",
        "loose=like.a | its collation takes different texts for equal",
        "status=like.a\\ | ends with a backslash",
        "box=eq.1 | only PostgreSQL can compare box",
        "doc=is.null | a null of JSON",
        "id=is.true | can be is.null or is.not_null",
        "paid=is.maybe | is.true or is.false",
        "at=eq.2030-01-01T00:00:00 | with the zone",
        "at=gt.now | with the zone",
        "mood=eq.angry | one of its labels",
      })
  void whatCannotBeSaidForSureIsRefused(String filter, String why) {
    assertThat(Orders.refusal(filter)).contains(why);
  }

  @Test
  void aColumnThatIsNotThereCannotBeShown() {
    assertThat(Shape.of(Orders.TABLE, Filter.every(), List.of("id", "nothing")))
        .isEqualTo(new Shape.Made.Refused("there is no column 'nothing'"));
  }

  @Test
  void aLetterThatLibrariesDisagreeAboutCannotBeDecided() {
    var shape = Orders.shape("note=ilike.k");

    assertThat(shape.judge(Orders.inserted("{\"note\":\"K\"}"))).isEqualTo(Verdict.INSERT);
    assertThat(shape.judge(Orders.inserted("{\"note\":\"\u212A\"}"))).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void equalWishesHaveOneIdHoweverTheyAreWritten() {
    var id = Orders.shape("status=eq.open&size=eq.1.0", "status", "size").id();

    assertThat(id).hasSize(16).isEqualTo("MZ4Lr2NVVfAb48Uv");
    assertThat(Orders.shape("size=eq.1.00&status=eq.open", "size", "status", "size").id())
        .isEqualTo(id);
    assertThat(Orders.shape("and=(status.in.(open),and(size.eq.1))", "status", "size").id())
        .isEqualTo(id);
    assertThat(Orders.shape("status=eq.open&size=eq.1").id()).isNotEqualTo(id);
    assertThat(Orders.shape("status=eq.open&size=eq.2", "status", "size").id()).isNotEqualTo(id);
  }

  @Test
  void aFilterIsSqlWithParameters() {
    assertThat(
            Orders.shape("status=eq.o'pen&or=(size.gt.3,at.is.null)&mood=in.(sad,ok)").condition())
        .isEqualTo(
            new SqlCondition(
                "((status = ?::pg_catalog.text) AND ((size > ?::pg_catalog.numeric) OR (at IS"
                    + " NULL)) AND (mood IN (?::pg_catalog.mood, ?::pg_catalog.mood)))",
                List.of("o'pen", "3", "sad", "ok")));
    assertThat(Orders.shape("").condition()).isEqualTo(new SqlCondition("TRUE", List.of()));
  }

  @Test
  void aRowThatBeginsToMatchIsInserted() {
    var event = Orders.updated("{\"id\":7,\"status\":\"done\"}", "{\"id\":7,\"status\":\"open\"}");
    var shape = Orders.shape("status=eq.open");

    assertThat(shape.judge(event)).isEqualTo(Verdict.INSERT);
    assertThat(written(shape, event, Verdict.INSERT, true))
        .isEqualTo(
            "{\"type\":\"insert\",\"position\":\"e.1-0\",\"table\":\"public.orders\",\"key\":{\"id\":7},"
                + "\"row\":{\"id\":7,\"status\":\"open\"},\"committed_at\":\"now\",\"tx\":\"7\",\"last\":true}");
  }

  @Test
  void aRowThatMatchesNoLongerLeavesWithItsFormerKeyAlone() {
    var event =
        Orders.event(
            "update",
            "\"key\":{\"id\":8},\"old_key\":{\"id\":7},\"row\":{\"id\":8,\"status\":\"done\"},"
                + "\"old\":{\"id\":7,\"status\":\"open\"}");
    var shape = Orders.shape("status=eq.open");

    assertThat(shape.judge(event)).isEqualTo(Verdict.LEAVE);
    assertThat(written(shape, event, Verdict.LEAVE, false))
        .isEqualTo(
            "{\"type\":\"leave\",\"position\":\"e.1-0\",\"table\":\"public.orders\",\"key\":{\"id\":7},"
                + "\"committed_at\":\"now\",\"tx\":\"7\"}");
  }

  @Test
  void withoutTheOldRowARowThatDoesNotMatchLeaves() {
    var event = Orders.event("update", "\"key\":{\"id\":7},\"row\":{\"id\":7,\"status\":\"done\"}");

    assertThat(Orders.shape("status=eq.open").judge(event)).isEqualTo(Verdict.LEAVE);
    assertThat(Orders.shape("status=eq.done").judge(event)).isEqualTo(Verdict.UPDATE);
    assertThat(Orders.shape("id=eq.9").judge(event)).isEqualTo(Verdict.NOTHING);
    assertThat(Orders.shape("id=eq.9&status=eq.open").judge(event)).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void anOldRowIsShownWhenItIsKnownToHaveMatched() {
    var event = Orders.updated("{\"id\":7,\"size\":1}", "{\"id\":7,\"size\":2}");
    var moved =
        Orders.event(
            "update",
            "\"key\":{\"id\":8},\"old_key\":{\"id\":7},\"row\":{\"id\":8,\"size\":2},\"old\":{\"note\":\"x\"}");

    assertThat(written(Orders.shape("size=lt.9"), event, Verdict.UPDATE, false))
        .contains("\"old\":{\"id\":7,\"size\":1}");
    assertThat(written(Orders.shape("or=(size.eq.9,id.eq.8)"), moved, Verdict.UPDATE, false))
        .doesNotContain("\"old\"");
  }

  @Test
  void aDeletedRowIsNewsToWhomItMatched() {
    var event = Orders.event("delete", "\"key\":{\"id\":7},\"old\":{\"id\":7,\"status\":\"open\"}");
    var keyAlone = Orders.event("delete", "\"key\":{\"id\":7},\"old\":{\"id\":7}");

    assertThat(Orders.shape("status=eq.open").judge(event)).isEqualTo(Verdict.DELETE);
    assertThat(Orders.shape("status=eq.done").judge(event)).isEqualTo(Verdict.NOTHING);
    assertThat(Orders.shape("status=eq.done").judge(keyAlone)).isEqualTo(Verdict.DELETE);
    assertThat(written(Orders.shape("status=eq.done"), keyAlone, Verdict.DELETE, false))
        .doesNotContain("\"old\"");
  }

  @Test
  void aLargeValueThatDidNotChangeIsTakenFromTheOldRow() {
    var members = "\"key\":{\"id\":7},\"row\":{\"id\":7,\"size\":2},%s\"unchanged\":[\"status\"]";
    var known =
        Orders.event(
            "update", members.formatted("\"old\":{\"id\":7,\"size\":1,\"status\":\"open\"},"));
    var unknown = Orders.event("update", members.formatted(""));
    var shape = Orders.shape("status=eq.open&size=eq.2");

    assertThat(shape.judge(known)).isEqualTo(Verdict.INSERT);
    assertThat(written(shape, known, Verdict.INSERT, false))
        .contains("\"row\":{\"id\":7,\"size\":2,\"status\":\"open\"}")
        .doesNotContain("unchanged");
    assertThat(shape.judge(unknown)).isEqualTo(Verdict.UNDECIDED);
    assertThat(Orders.shape("status=eq.open&size=eq.3").judge(unknown)).isEqualTo(Verdict.LEAVE);
  }

  @Test
  void aRowAboveTheLimitIsDecidedByItsKeyOrNotAtAll() {
    var event = Orders.event("insert", "\"key\":{\"id\":7},\"truncated\":true");

    assertThat(Orders.shape("id=eq.7").judge(event)).isEqualTo(Verdict.INSERT);
    assertThat(Orders.shape("id=eq.8").judge(event)).isEqualTo(Verdict.NOTHING);
    assertThat(Orders.shape("size=eq.8").judge(event)).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void onlyTheChosenColumnsAreWritten() {
    var event =
        Orders.updated(
            "{\"id\":7,\"status\":\"open\",\"size\":1}",
            "{\"id\":7,\"status\":\"open\",\"size\":2}");

    assertThat(written(Orders.shape("status=eq.open", "size"), event, Verdict.UPDATE, false))
        .contains("\"key\":{\"id\":7},\"row\":{\"size\":2},\"old\":{\"size\":1}");
  }

  private static String written(Shape shape, RowEvent event, Verdict verdict, boolean last) {
    return new String(shape.write(event, verdict, last), UTF_8);
  }
}
