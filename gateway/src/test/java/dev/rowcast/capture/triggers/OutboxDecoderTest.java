package dev.rowcast.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.rowcast.capture.CaptureException;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OutboxDecoderTest {
  private static final TableName ORDERS = new TableName("public", "orders");
  private static final List<String> ID = List.of("id");
  private final OutboxDecoder decoder = new OutboxDecoder();
  private long seq;

  @Test
  void oneRowBecomesAChangeForEachElement() {
    add("1", 'I', "[{\"id\": 1}, {\"id\": 2}]", Optional.empty(), Set.of(1));
    add("1", 'U', "[{\"id\": 3}, {\"id\": 5}]", Optional.of("[null, {\"id\": 4}]"), Set.of());
    add("1", 'D', "[{\"id\": 6}]", Optional.empty(), Set.of());

    assertThat(changes())
        .containsExactly(
            new RowChange.Inserted(ORDERS, ID, new Row("{\"id\": 1}"), false),
            new RowChange.Inserted(ORDERS, ID, new Row("{\"id\": 2}"), true),
            new RowChange.Updated(ORDERS, ID, Optional.empty(), new Row("{\"id\": 3}"), false),
            new RowChange.Updated(
                ORDERS, ID, Optional.of(new Row("{\"id\": 4}")), new Row("{\"id\": 5}"), false),
            new RowChange.Deleted(ORDERS, ID, new Row("{\"id\": 6}"), false));
    assertThat(decoder.count()).isEqualTo(5);
  }

  @Test
  void aRowAloneIsWrittenWithoutItsArray() {
    add("1", 'U', "{\"id\": 1, \"body\": \"[!\"}");
    add("1", 'D', "!{\"id\": 2}");

    assertThat(changes())
        .containsExactly(
            new RowChange.Updated(
                ORDERS, ID, Optional.empty(), new Row("{\"id\": 1, \"body\": \"[!\"}"), false),
            new RowChange.Deleted(ORDERS, ID, new Row("{\"id\": 2}"), true));
  }

  @Test
  void onlyNeighboursOfOneTransactionAreGathered() {
    add("1", 'I', "[{\"id\": 1}]");
    add("2", 'I', "[{\"id\": 2}]");
    add("1", 'U', "[{\"id\": 2}]");
    add("1", 'U', "[{\"id\": 3}]");

    assertThat(decoder.transactions(7))
        .extracting(CommittedTransaction::xid, transaction -> transaction.changes().size())
        .containsExactly(tuple("1", 1), tuple("2", 1), tuple("1", 2));
  }

  @Test
  void aChangesPlaceIsTheBatchAndItsIndexInIt() {
    add("1", 'I', "[{\"id\": 1}, {\"id\": 2}]");
    add("2", 'I', "[{\"id\": 3}]");
    add("1", 'U', "[{\"id\": 2}]");

    assertThat(decoder.transactions(7))
        .extracting(CommittedTransaction::major, CommittedTransaction::firstMinor)
        .containsExactly(tuple(7L, 0L), tuple(7L, 2L), tuple(7L, 3L));
  }

  @Test
  void truncateOfAllPartitionsIsReportedOnce() {
    add("1", 'T', "[]");
    add("1", 'T', "[]");
    add("1", 'I', "[{\"id\": 1}]");
    add("1", 'T', "[]");
    add("2", 'T', "[]");

    assertThat(changes())
        .containsExactly(
            new RowChange.Truncated(ORDERS),
            new RowChange.Inserted(ORDERS, ID, new Row("{\"id\": 1}"), false),
            new RowChange.Truncated(ORDERS),
            new RowChange.Truncated(ORDERS));
  }

  @Test
  void rowsOfATableNoLongerCapturedAreNothing() {
    decoder.add(
        new OutboxRow(
            1,
            "1",
            Instant.EPOCH,
            'I',
            Optional.empty(),
            Optional.empty(),
            "[{}]",
            Optional.empty(),
            Set.of()));

    assertThat(decoder.transactions(7)).isEmpty();
  }

  @Test
  void aRowThatIsNotOursIsNamedWithItsNumber() {
    assertThatThrownBy(() -> add("1", 'X', "[]"))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("row 1 of rowcast.outbox cannot be read")
        .hasMessageContaining("rowcast migrate apply");
    assertThatThrownBy(() -> add("1", 'I', "[{"))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("row 2 of rowcast.outbox");
    assertThatThrownBy(() -> add("1", 'U', "[{},{}]", Optional.of("[null]"), Set.of()))
        .isInstanceOf(CaptureException.class);
  }

  private List<RowChange> changes() {
    return decoder.transactions(7).stream()
        .flatMap(transaction -> transaction.changes().stream())
        .toList();
  }

  private void add(String xid, char op, String payload) {
    add(xid, op, payload, Optional.empty(), Set.of());
  }

  private void add(
      String xid, char op, String payload, Optional<String> before, Set<Integer> truncated) {
    decoder.add(
        new OutboxRow(
            ++seq,
            xid,
            Instant.EPOCH,
            op,
            Optional.of(new SourceTable(ORDERS, ID)),
            Optional.empty(),
            payload,
            before,
            truncated));
  }
}
