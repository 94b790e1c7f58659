package dev.rowcast.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.message.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EventFormatTest {
  private static final TableName ORDERS = new TableName("public", "orders");
  private static final List<String> KEY = List.of("id");
  private static final CommittedTransaction TRANSACTION =
      new CommittedTransaction("812", Instant.parse("2030-01-02T03:04:05.678Z"), 7, 0, List.of());
  private final EventFormat format = new EventFormat();
  private static final String HEAD = "\"position\":\"e.7-0\",\"table\":\"public.orders\",";
  private static final String TAIL = "\"committed_at\":\"2030-01-02T03:04:05.678Z\",\"tx\":\"812\"";

  @Test
  void insertHasTheRowAsPostgresWroteIt() {
    assertThat(
            event(
                new RowChange.Inserted(
                    ORDERS, KEY, new Row("{\"id\": 7, \"total\": 1.50}"), false)))
        .isEqualTo(
            "{\"type\":\"insert\","
                + HEAD
                + "\"key\":{\"id\":7},\"row\":{\"id\": 7, \"total\": 1.50},"
                + TAIL
                + ",\"last\":true}");
  }

  @Test
  void typeAndTableAreThoseThatStandInTheEvent() {
    var odd = new TableName("pub\"lic", "größe");

    event(new RowChange.Inserted(odd, KEY, new Row("{\"id\": 7}"), false));
    assertThat(format.type()).isEqualTo("insert");
    assertThat(format.table()).isEqualTo("pub\"lic.größe");
    event(new RowChange.Truncated(ORDERS));
    assertThat(format.type()).isEqualTo("truncate");
    assertThat(format.table()).isEqualTo("public.orders");
  }

  @Test
  void updateHasTheOldRowWhereItIsKnown() {
    assertThat(update("{\"id\": 7, \"a\": 1}", "{\"id\": 7, \"a\": 2}"))
        .contains("\"key\":{\"id\":7},\"row\":{\"id\": 7, \"a\": 2},\"old\":{\"id\": 7, \"a\": 1}");
  }

  @Test
  void updateThatChangesTheKeyNamesTheOldOne() {
    assertThat(update("{\"id\": 6}", "{\"id\": 7, \"a\": 2}"))
        .contains("\"key\":{\"id\":7},\"old_key\":{\"id\":6},\"row\":{\"id\": 7, \"a\": 2},\"comm");
    assertThat(update("{\"id\": 6, \"a\": 1}", "{\"id\": 7, \"a\": 2}"))
        .contains("\"old_key\":{\"id\":6},\"row\":{\"id\": 7, \"a\": 2},\"old\":{\"id\": 6,");
  }

  @Test
  void unchangedLargeValuesAreListed() {
    assertThat(
            event(
                new RowChange.Updated(
                    ORDERS, KEY, Optional.empty(), new Row("{\"id\": 7}"), List.of("body"), false)))
        .contains("\"row\":{\"id\": 7},\"unchanged\":[\"body\"],");
  }

  @Test
  void deleteHasTheOldRowAndTruncateOnlyTheTable() {
    assertThat(event(new RowChange.Deleted(ORDERS, KEY, new Row("{\"id\": 7, \"a\": 2}"), false)))
        .startsWith("{\"type\":\"delete\"," + HEAD + "\"key\":{\"id\":7},\"old\":{\"id\": 7,");
    assertThat(event(new RowChange.Truncated(ORDERS)))
        .isEqualTo("{\"type\":\"truncate\"," + HEAD + TAIL + ",\"last\":true}");
  }

  @Test
  void aRowTooLargeKeepsItsKey() {
    assertThat(event(new RowChange.Inserted(ORDERS, KEY, new Row("{\"id\": 7}"), true)))
        .contains("\"key\":{\"id\":7},\"truncated\":true,");
  }

  @Test
  void aMessageIsNoEvent() {
    assertThat(
            format.write(
                new RowChange.Published("c", "{}"), new Position("e", 7, 0), TRANSACTION, true))
        .isEmpty();
  }

  private String update(String before, String after) {
    return event(
        new RowChange.Updated(ORDERS, KEY, Optional.of(new Row(before)), new Row(after), false));
  }

  private String event(RowChange change) {
    return new String(
        format.write(change, new Position("e", 7, 0), TRANSACTION, true).orElseThrow(), UTF_8);
  }
}
