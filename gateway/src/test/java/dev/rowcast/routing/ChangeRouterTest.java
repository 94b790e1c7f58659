package dev.rowcast.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Glob;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.message.Topic;
import dev.rowcast.routing.RouteSettings.Format;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChangeRouterTest {
  private static final TableName RUN = new TableName("public", "rodan_workflowrun");
  private static final TableName ORDERS = new TableName("public", "orders");
  private static final List<String> UUID = List.of("uuid");
  private static final List<String> ID = List.of("id");
  private static final String RUN_ROW =
      "{\"uuid\": \"0F0E0D0C-0b0a-0908-0706-050403020100\", \"name\": \"x\", "
          + "\"project_id\": \"11111111-2222-3333-4444-55555555abCD\"}";

  @Test
  void rodanMessageOfATableWithProject() {
    var inserted = new RowChange.Inserted(RUN, UUID, new Row(RUN_ROW), false);

    assertThat(rodan(inserted))
        .containsExactly(
            "{\"status\": \"created\", \"project\": \"11111111-2222-3333-4444-55555555abcd\", "
                + "\"model\": \"workflowrun\", \"uuid\": \"0f0e0d0c0b0a09080706050403020100\"}");
  }

  @Test
  void rodanMessageOfATableWithoutProject() {
    var table = new TableName("public", "rodan_runjob");
    var row = new Row("{\"uuid\": \"0f0e0d0c-0b0a-0908-0706-050403020100\"}");

    assertThat(rodan(new RowChange.Deleted(table, UUID, row, false)))
        .containsExactly(
            "{\"status\": \"deleted\", \"model\": \"runjob\", "
                + "\"uuid\": \"0f0e0d0c0b0a09080706050403020100\"}");
  }

  @Test
  void rodanMessageOfARowThatMovesNamesOnlyTheNewProject() {
    var before = Optional.of(new Row(RUN_ROW.replace("1111", "9999")));
    var updated = new RowChange.Updated(RUN, UUID, before, new Row(RUN_ROW), false);

    assertThat(rodan(updated))
        .containsExactly(
            "{\"status\": \"updated\", \"project\": \"11111111-2222-3333-4444-55555555abcd\", "
                + "\"model\": \"workflowrun\", \"uuid\": \"0f0e0d0c0b0a09080706050403020100\"}");
  }

  @Test
  void rodanMessageOfARowWithoutAProjectKeepsTheShape() {
    var row = new Row("{\"uuid\": \"0f0e0d0c-0b0a-0908-0706-050403020100\", \"project_id\": null}");

    assertThat(rodan(new RowChange.Inserted(RUN, UUID, row, false)))
        .containsExactly(
            "{\"status\": \"created\", \"project\": null, \"model\": \"workflowrun\", "
                + "\"uuid\": \"0f0e0d0c0b0a09080706050403020100\"}");
  }

  @Test
  void rodanRemovesEveryPrefixFromTheModel() {
    var table = new TableName("public", "rodan_rodan_thing");
    var row = new Row("{\"uuid\": \"ab\"}");

    assertThat(rodan(new RowChange.Inserted(table, UUID, row, false)))
        .containsExactly("{\"status\": \"created\", \"model\": \"thing\", \"uuid\": \"ab\"}");
  }

  @Test
  void rodanSaysNothingOfTruncateAndOfRowsWithoutUuid() {
    assertThat(rodan(new RowChange.Truncated(RUN))).isEmpty();
    assertThat(rodan(new RowChange.Inserted(RUN, ID, new Row("{\"id\": 1}"), false))).isEmpty();
  }

  @Test
  void jsonKeepsEveryDigit() {
    var row = "{\"id\": 12345678901234567890123, \"price\": 0.10, \"rate\": 1.0E-400}";

    assertThat(json(new RowChange.Inserted(ORDERS, ID, new Row(row), false)))
        .containsExactly(
            "{\"type\":\"insert\",\"table\":\"public.orders\","
                + "\"key\":{\"id\":12345678901234567890123},\"row\":"
                + row
                + "}");
  }

  @Test
  void jsonCarriesTheOldRowWhereItIsKnown() {
    var now = new Row("{\"id\": 2, \"a\": \"new\"}");

    assertThat(json(new RowChange.Updated(ORDERS, ID, Optional.empty(), now, false)))
        .containsExactly(
            "{\"type\":\"update\",\"table\":\"public.orders\",\"key\":{\"id\":2},"
                + "\"row\":{\"id\": 2, \"a\": \"new\"}}");
    assertThat(
            json(
                new RowChange.Updated(ORDERS, ID, Optional.of(new Row("{\"id\": 1}")), now, false)))
        .containsExactly(
            "{\"type\":\"update\",\"table\":\"public.orders\",\"key\":{\"id\":2},"
                + "\"row\":{\"id\": 2, \"a\": \"new\"},\"old\":{\"id\": 1}}");
    assertThat(json(new RowChange.Deleted(ORDERS, ID, now, false)))
        .containsExactly(
            "{\"type\":\"delete\",\"table\":\"public.orders\",\"key\":{\"id\":2},"
                + "\"old\":{\"id\": 2, \"a\": \"new\"}}");
  }

  @Test
  void jsonListsColumnsThatWereNotSentBecauseTheyDidNotChange() {
    var now = new Row("{\"id\": 2}");
    var unchanged = List.of("body", "a \"b\"");

    assertThat(json(new RowChange.Updated(ORDERS, ID, Optional.empty(), now, unchanged, false)))
        .containsExactly(
            "{\"type\":\"update\",\"table\":\"public.orders\",\"key\":{\"id\":2},"
                + "\"row\":{\"id\": 2},\"unchanged\":[\"body\",\"a \\\"b\\\"\"]}");
  }

  @Test
  void jsonOfARowThatWasTooLargeHasItsKeyOnly() {
    var key = new Row("{\"a\": 1, \"b\": \"x\"}");

    assertThat(json(new RowChange.Inserted(ORDERS, List.of("b", "a"), key, true)))
        .containsExactly(
            "{\"type\":\"insert\",\"table\":\"public.orders\",\"key\":{\"b\":\"x\",\"a\":1},"
                + "\"truncated\":true}");
  }

  @Test
  void jsonOfTruncateNamesTheTable() {
    assertThat(json(new RowChange.Truncated(new TableName("public", "orders"))))
        .containsExactly("{\"type\":\"truncate\",\"table\":\"public.orders\"}");
  }

  @Test
  void publishedMessageGoesVerbatimToTheFacilityOfItsChannel() {
    var messages = new ArrayList<FacilityMessage>();

    new ChangeRouter(List.of())
        .route(new RowChange.Published("news/ä", "{\"a\": 1.0}"), messages::add);

    assertThat(messages)
        .singleElement()
        .satisfies(message -> {
          assertThat(message.topic()).isEqualTo(Topic.broadcast("news/ä"));
          assertThat(text(message)).isEqualTo("{\"a\": 1.0}");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "public, rodan_job, true",
    "public, rodan_tempauthtoken, false",
    "public, orders, false",
    "other, rodan_job, false",
    "public, Rodan_job, false"
  })
  void aTableIsRoutedByPatternAndExclusionWins(String schema, String name, boolean routed) {
    var router =
        new ChangeRouter(
            List.of(
                new RouteSettings(
                    Glob.all(List.of("public.rodan_*")),
                    Glob.all(List.of("*.rodan_tempauthtoken")),
                    Topic.broadcast("rodan"),
                    Format.JSON)));

    var messages = routed(router, new RowChange.Truncated(new TableName(schema, name)));

    assertThat(messages).hasSize(routed ? 1 : 0);
  }

  @Test
  void everyRouteThatFitsContributesOnce() {
    var all = Glob.all(List.of("*"));
    var router =
        new ChangeRouter(
            List.of(
                new RouteSettings(all, List.of(), Topic.broadcast("a"), Format.JSON),
                new RouteSettings(all, List.of(), Topic.broadcast("b"), Format.RODAN),
                new RouteSettings(all, List.of(), Topic.broadcast("a"), Format.JSON),
                new RouteSettings(all, List.of(), Topic.broadcast("b"), Format.JSON)));

    var messages =
        routed(router, new RowChange.Inserted(RUN, UUID, new Row("{\"uuid\": \"1\"}"), false));

    assertThat(messages)
        .extracting(message -> message.topic().name())
        .containsExactly("broadcast:a", "broadcast:b", "broadcast:b");
  }

  private static List<String> rodan(RowChange change) {
    return texts(Format.RODAN, change);
  }

  private static List<String> json(RowChange change) {
    return texts(Format.JSON, change);
  }

  private static List<String> texts(Format format, RowChange change) {
    var route =
        new RouteSettings(Glob.all(List.of("*")), List.of(), Topic.broadcast("rodan"), format);
    return routed(new ChangeRouter(List.of(route)), change).stream()
        .map(ChangeRouterTest::text)
        .toList();
  }

  private static List<FacilityMessage> routed(ChangeRouter router, RowChange change) {
    var messages = new ArrayList<FacilityMessage>();
    router.route(change, messages::add);
    return messages;
  }

  private static String text(FacilityMessage message) {
    return new String(message.payload(), StandardCharsets.UTF_8);
  }
}
